/**
 * BMP pictures: 1, 4, 8, 16, 24 and 32 bits a pixel, palettes, bit fields, run-length coding, either row order.
 *
 * Written here because the small decoders on npm misread common files (odd widths at 4 bits, run lengths, pixel data
 * that does not follow the header directly). Layout: Microsoft's BITMAPFILEHEADER and BITMAPINFOHEADER.
 */
import { InputError } from '../core/errors.ts';
import { checkExtent, checkFileExtent, type Pixels } from '../vision/pixels.ts';

interface Header {
  readonly width: number;
  readonly height: number;
  /** The first row of the file is the picture's first. */
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Byte offset of the pixels. */
  readonly pixels: number;
  /** RGBA of each palette entry. */
  readonly palette: readonly (readonly [number, number, number])[];
  /** Bit masks of red, green, blue, alpha; 0 where absent. */
  readonly masks: readonly [number, number, number, number];
}

const RGB = 0;
const RLE8 = 1;
const RLE4 = 2;
const BIT_FIELDS = 3;
const ALPHA_BIT_FIELDS = 6;

/** Decodes a BMP file. Throws InputError on what is damaged, cut short, or a variant nobody uses (JPEG inside). */
export function decodeBmp(bytes: Uint8Array, name: string | undefined): Pixels {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const header = readHeader(view, name);
    const data = new Uint8Array(header.width * header.height * 4);
    if (header.compression === RLE8 || header.compression === RLE4) readRuns(view, header, data);
    else readRows(view, header, data);
    return { width: header.width, height: header.height, data };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError('the picture is cut short', {
      file: name,
      hint: 'The BMP file is damaged or incomplete',
      cause: error,
    });
  }
}

function readHeader(view: DataView, name: string | undefined): Header {
  const size = view.getUint32(14, true);
  const core = size === 12; // OS/2 1.x: 16-bit extents, palette of three bytes
  const signedHeight = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const height = Math.abs(signedHeight);
  checkExtent(width, height, name);
  const bits = view.getUint16(core ? 24 : 28, true);
  const compression = core ? RGB : view.getUint32(30, true);
  const supported =
    (compression === RGB && [1, 4, 8, 16, 24, 32].includes(bits)) ||
    (compression === RLE8 && bits === 8) ||
    (compression === RLE4 && bits === 4) ||
    ((compression === BIT_FIELDS || compression === ALPHA_BIT_FIELDS) && (bits === 16 || bits === 32));
  if (!supported || (size < 40 && !core)) {
    throw new InputError(`BMP with ${bits} bits a pixel and compression ${compression} is not supported`, {
      file: name,
      hint: 'Convert it to PNG or JPEG',
    });
  }
  const pixels = view.getUint32(10, true);
  checkLength(view, { width, height, bits, compression, pixels }, name);
  const masks = readMasks(view, size, bits, compression);
  const separateMasks = size === 40 ? (compression === BIT_FIELDS ? 12 : compression === ALPHA_BIT_FIELDS ? 16 : 0) : 0;
  const declared = core ? 0 : view.getUint32(46, true);
  const colours = bits <= 8 ? Math.min(declared || 1 << bits, 1 << bits) : 0;
  const palette = Array.from({ length: colours }, (_, i) => {
    const at = 14 + size + separateMasks + i * (core ? 3 : 4);
    return [view.getUint8(at + 2), view.getUint8(at + 1), view.getUint8(at)] as const;
  });
  return { width, height, topDown: signedHeight < 0, bits, compression, pixels, palette, masks };
}

/** Refuses a short file before anything is allocated for the size it claims. Run-length rows may take no bytes at all. */
function checkLength(
  view: DataView,
  h: Pick<Header, 'width' | 'height' | 'bits' | 'compression' | 'pixels'>,
  name: string | undefined,
): void {
  const runs = h.compression === RLE8 || h.compression === RLE4;
  if (runs) checkFileExtent(h.width, h.height, { bytes: view.byteLength, name });
  const needed = runs ? 2 : rowBytes(h.width, h.bits) * h.height;
  if (h.pixels + needed > view.byteLength)
    throw new RangeError(`${h.pixels + needed} bytes needed, ${view.byteLength} there`);
}

function rowBytes(width: number, bits: number): number {
  return Math.ceil((width * bits) / 32) * 4;
}

function readMasks(view: DataView, size: number, bits: number, compression: number): Header['masks'] {
  if (compression === BIT_FIELDS || compression === ALPHA_BIT_FIELDS) {
    const alpha = size >= 56 || compression === ALPHA_BIT_FIELDS ? view.getUint32(66, true) : 0;
    return [view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true), alpha];
  }
  // The fourth byte of plain 32-bit pixels is reserved; most writers leave it 0, so it is no alpha.
  return bits === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0x00ff00, 0x0000ff, 0];
}

function readRows(view: DataView, header: Header, data: Uint8Array): void {
  const { width, height, topDown, bits, pixels } = header;
  const stride = rowBytes(width, bits);
  for (let row = 0; row < height; row++) {
    const at = pixels + row * stride;
    let o = (topDown ? row : height - 1 - row) * width * 4;
    for (let x = 0; x < width; x++, o += 4) {
      if (bits <= 8) {
        const bit = x * bits;
        const shift = 8 - bits - (bit & 7);
        putIndexed(data, o, header, (view.getUint8(at + (bit >> 3)) >> shift) & ((1 << bits) - 1));
      } else if (bits === 24) {
        const p = at + 3 * x;
        put(data, o, [view.getUint8(p + 2), view.getUint8(p + 1), view.getUint8(p)]);
      } else {
        const value = bits === 16 ? view.getUint16(at + 2 * x, true) : view.getUint32(at + 4 * x, true);
        const [r, g, b, a] = header.masks;
        put(data, o, [channel(value, r), channel(value, g), channel(value, b)], a === 0 ? 255 : channel(value, a));
      }
    }
  }
}

/** The bits under `mask`, scaled to 0…255. */
function channel(value: number, mask: number): number {
  if (mask === 0) return 0;
  const shift = Math.log2((mask & -mask) >>> 0);
  return Math.round((((value & mask) >>> shift) * 255) / (mask >>> shift));
}

function put(data: Uint8Array, o: number, rgb: readonly [number, number, number], a = 255): void {
  data.set(rgb, o);
  data[o + 3] = a;
}

/** An index past the palette is black, as other decoders have it. */
function putIndexed(data: Uint8Array, o: number, { palette }: Header, index: number): void {
  put(data, o, palette[index] ?? [0, 0, 0]);
}

/** Run-length codes: (count, value), or 0 and an escape: 0 end of row, 1 end of picture, 2 jump, else literal indices. */
function readRuns(view: DataView, header: Header, data: Uint8Array): void {
  const { width, height, topDown, pixels } = header;
  const nibbles = header.compression === RLE4;
  putIndexed(data, 0, header, 0); // what the runs skip
  for (let o = 4; o < data.length; o *= 2) data.copyWithin(o, 0, Math.min(o, data.length - o));
  let at = pixels;
  let [x, row] = [0, 0];
  const write = (index: number): void => {
    if (x < width && row < height)
      putIndexed(data, ((topDown ? row : height - 1 - row) * width + x) * 4, header, index);
    x++;
  };
  const indexAt = (byte: number, i: number): number => (nibbles ? (i % 2 === 0 ? byte >> 4 : byte & 15) : byte);
  while (row < height) {
    const [count, value] = [view.getUint8(at), view.getUint8(at + 1)];
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) write(indexAt(value, i));
    } else if (value === 0) {
      [x, row] = [0, row + 1];
    } else if (value === 1) {
      return;
    } else if (value === 2) {
      [x, row] = [x + view.getUint8(at), row + view.getUint8(at + 1)];
      at += 2;
    } else {
      for (let i = 0; i < value; i++) write(indexAt(view.getUint8(at + (nibbles ? i >> 1 : i)), i));
      const length = nibbles ? Math.ceil(value / 2) : value;
      at += length + (length % 2);
    }
  }
}
