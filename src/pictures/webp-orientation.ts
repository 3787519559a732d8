/** WebP pictures upright: browsers disagree on whether their EXIF orientation counts, so they are not asked. */
import { InputError } from '../core/errors.ts';

/** Where the picture's x and y go, for orientations 2 to 8: the columns of a canvas transform, without its offset. */
const TURNS: Readonly<Record<number, readonly [number, number, number, number]>> = {
  2: [-1, 0, 0, 1],
  3: [-1, 0, 0, -1],
  4: [1, 0, 0, -1],
  5: [0, 1, 1, 0],
  6: [0, 1, -1, 0],
  7: [0, -1, -1, 0],
  8: [0, -1, 1, 0],
};

/** The bitmap as the orientation says; the one given is closed when it is another. */
export function turned(bitmap: ImageBitmap, orientation: number): ImageBitmap {
  const turn = TURNS[orientation];
  if (!turn) return bitmap;
  const { width, height } = bitmap;
  const [a, b, c, d] = turn;
  const canvas = a === 0 ? new OffscreenCanvas(height, width) : new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new InputError(`no canvas of ${canvas.width}x${canvas.height} pixels could be made`);
  // What would come to lie left of or above the canvas is moved back into it.
  context.setTransform(a, b, c, d, a + c < 0 ? canvas.width : 0, b + d < 0 ? canvas.height : 0);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas.transferToImageBitmap();
}

/** The EXIF orientation of a WebP file, 1 where it has none, which is then set to 1. */
export function takeOrientation(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const exif = exifChunk(view);
    const at = exif === undefined ? undefined : orientationEntry(view, exif);
    if (at === undefined) return 1;
    const orientation = view.getUint16(at.offset, at.little);
    view.setUint16(at.offset, 1, at.little);
    return orientation;
  } catch (error) {
    if (error instanceof RangeError) return 1; // Its metadata is cut short; the picture need not be.
    throw error;
  }
}

/** Where the TIFF structure begins that holds the EXIF data. */
function exifChunk(view: DataView): number | undefined {
  for (let at = 12; at + 8 <= view.byteLength;) {
    const size = view.getUint32(at + 4, true);
    // "EXIF"; some writers put the marker of JPEG's segment before the data, "Exif" and two zeros.
    if (view.getUint32(at) === 0x45584946) return view.getUint32(at + 8) === 0x45786966 ? at + 14 : at + 8;
    at += 8 + size + (size % 2);
  }
  return undefined;
}

function orientationEntry(view: DataView, tiff: number): { offset: number; little: boolean } | undefined {
  const little = view.getUint16(tiff) === 0x4949;
  const directory = tiff + view.getUint32(tiff + 4, little);
  const count = view.getUint16(directory, little);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + 12 * i;
    if (view.getUint16(entry, little) === 0x0112) return { offset: entry + 8, little };
  }
  return undefined;
}
