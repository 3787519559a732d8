/** Writes BMP files: Microsoft's BITMAPFILEHEADER and BITMAPINFOHEADER. */

/** What a file has beside 3×2 plain pixels. */
export interface BmpParts {
  readonly width?: number;
  readonly height?: number;
  readonly compression?: number;
  readonly palette?: readonly number[];
  readonly masks?: readonly number[];
  /** Bytes between the header and the pixels. */
  readonly gap?: number;
}

/** A BMP file of these bytes of pixels, true or not. */
export function encodeBmp(bits: number, pixels: readonly number[], parts: BmpParts = {}): Uint8Array {
  const { width = 3, height = 2, compression = 0, palette = [], masks = [], gap = 0 } = parts;
  const offset = 54 + masks.length * 4 + palette.length + gap;
  const file = Buffer.alloc(offset + pixels.length);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(offset, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  file.writeUInt32LE(compression, 30);
  file.writeUInt32LE(palette.length / 4, 46);
  masks.forEach((m, i) => file.writeUInt32LE(m, 54 + 4 * i));
  file.set(palette, 54 + masks.length * 4);
  file.set(pixels, offset);
  return file;
}
