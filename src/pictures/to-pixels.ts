/** The pixels of a picture in host memory: for who computes with them there. */
import { InputError } from '../core/errors.ts';
import type { Pixels } from '../vision/pixels.ts';
import { isPixels, isTexture, pictureSize, unreadable, type PictureSource } from './source.ts';

/**
 * The pixels in host memory, for the CPU reference. Throws InputError for a texture, a picture of another origin, and
 * outside a browser for all but RGBA bytes.
 */
export function toPixels(picture: PictureSource): Pixels {
  if (isPixels(picture)) return picture;
  if (isTexture(picture)) throw new InputError('a GPUTexture is in GPU memory: it takes a session with backend webgpu');
  const { width, height } = pictureSize(picture);
  if (typeof OffscreenCanvas === 'undefined') throw new InputError('there is no canvas here to read the picture with');
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new InputError(`no canvas of ${width}x${height} pixels could be made`);
  try {
    context.drawImage(picture, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  } catch (cause) {
    throw unreadable(cause);
  }
}
