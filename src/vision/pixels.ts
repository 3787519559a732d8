/** A picture in host memory. */
import { InputError } from '../core/errors.ts';

/** RGBA bytes, four a pixel, rows from the top, not premultiplied. A page's `ImageData` is one. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** width × height × 4 bytes. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Largest picture that is decoded, in pixels: RGBA of 400 MB. */
export const MAX_PIXELS = 100_000_000;

/** Pictures up to this size are decoded whatever the size of their file: RGBA of 67 MB. */
const SMALL_PIXELS = 4096 * 4096;

/**
 * Pixels that each byte of a file may hold beyond that. The densest that encoders make of photographs and drawings is
 * below it; a file made to take memory, of one colour, is above.
 */
const MAX_PIXELS_PER_BYTE = 256;

/** Throws InputError on extents that `checkExtent` refuses, or that are out of proportion to a file of so many bytes. */
export function checkFileExtent(
  width: number,
  height: number,
  { bytes, name }: { bytes: number; name: string | undefined },
): void {
  checkExtent(width, height, name);
  if (width * height <= Math.max(SMALL_PIXELS, bytes * MAX_PIXELS_PER_BYTE)) return;
  throw new InputError(`${width}x${height} pixels in a file of ${bytes} bytes are too many`, {
    file: name,
    hint: `Beyond ${(SMALL_PIXELS / 1e6).toFixed(1)} million pixels a file may hold ${MAX_PIXELS_PER_BYTE} a byte; scale it down first`,
  });
}

/** Throws InputError when the extents are no picture or the bytes do not fit them. `name` is the file, for the message. */
export function checkPixels({ width, height, data }: Pixels, name?: string): void {
  checkExtent(width, height, name);
  const count = width * height * 4;
  // Of other elements than bytes, which callers without types pass, the GPU and the CPU would see different pictures.
  if (data?.length === count && data.byteLength === count) return;
  throw new InputError(`a ${width}x${height} picture has ${count} bytes of RGBA, not ${data?.byteLength ?? 'others'}`, {
    file: name,
  });
}

/** Throws InputError on extents that are not positive integers, or more than MAX_PIXELS together. */
export function checkExtent(width: number, height: number, name?: string): void {
  if (!Number.isSafeInteger(width) || !Number.isSafeInteger(height) || width < 1 || height < 1) {
    throw new InputError(`${width}x${height} is not the size of a picture`, { file: name });
  }
  if (width * height > MAX_PIXELS) {
    throw new InputError(`a picture of ${width}x${height} pixels is too large`, {
      file: name,
      hint: `The limit is ${MAX_PIXELS / 1e6} million pixels; scale it down first`,
    });
  }
}
