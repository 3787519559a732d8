/** Cutting pictures. */
import type { Pixels } from './pixels.ts';

/** A part of a picture, which lies within it. */
export function partOf(
  { width, data }: Pixels,
  part: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): Pixels {
  // A word a pixel, wherever the bytes lie in their buffer.
  const from = new Uint32Array(new Uint8Array(data).buffer);
  const to = new Uint32Array(part.width * part.height);
  for (let row = 0; row < part.height; row++) {
    const start = (part.y + row) * width + part.x;
    to.set(from.subarray(start, start + part.width), row * part.width);
  }
  return { width: part.width, height: part.height, data: new Uint8Array(to.buffer) };
}
