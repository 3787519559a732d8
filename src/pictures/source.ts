/** What a caller may hand over as a picture: its size, and its pixels in host memory. */
import { InputError } from '../core/errors.ts';
import { checkExtent, checkPixels, type Pixels } from '../vision/pixels.ts';
import type { PictureSize } from '../vision/picture-spec.ts';

/**
 * A picture: what a page draws with, a video frame, RGBA bytes, or a texture of the session's own device (`rgba8unorm`,
 * usage TEXTURE_BINDING). A VideoFrame stays the caller's to close, once the run is done.
 */
export type PictureSource =
  | ImageBitmap
  | ImageData
  | Pixels
  | HTMLImageElement
  | HTMLVideoElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | VideoFrame
  | GPUTexture;

/** RGBA bytes in host memory. */
export function isPixels(picture: PictureSource): picture is Pixels {
  return 'data' in picture;
}

/** True of a texture, which is on the GPU already. */
export function isTexture(picture: PictureSource): picture is GPUTexture {
  return 'createView' in picture;
}

/** A frame that the GPU can read where the decoder left it. */
export function isVideo(picture: PictureSource): picture is HTMLVideoElement | VideoFrame {
  return 'videoWidth' in picture || 'displayWidth' in picture;
}

/** True for anything `PictureSource` names. */
export function isPicture(value: unknown): value is PictureSource {
  return typeof value === 'object' && value !== null && ('width' in value || 'displayWidth' in value);
}

/**
 * Extents in pixels. Throws InputError for what has none yet, or no longer (a video without a frame, a closed bitmap), and
 * for bytes that do not fit their extents.
 */
export function pictureSize(picture: PictureSource): PictureSize {
  if (!isPicture(picture)) throw new InputError('what was given is no picture');
  if (isPixels(picture)) checkPixels(picture);
  const { width, height } = extents(picture);
  if (width === 0 || height === 0) {
    throw new InputError('the picture has no pixels', {
      hint: 'Wait until the image or the video has loaded, and close frames and bitmaps only after the run',
    });
  }
  checkExtent(width, height);
  return { width, height };
}

function extents(picture: PictureSource): PictureSize {
  if ('videoWidth' in picture) return { width: picture.videoWidth, height: picture.videoHeight };
  if ('displayWidth' in picture) return { width: picture.displayWidth, height: picture.displayHeight };
  if ('naturalWidth' in picture) return { width: picture.naturalWidth, height: picture.naturalHeight };
  return { width: picture.width, height: picture.height };
}

/** What is thrown when a browser does not let the picture be read. */
export function unreadable(cause: unknown): InputError {
  return new InputError(`the picture cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
    hint: 'A picture of another origin must be loaded with crossOrigin and allowed by its server',
    cause,
  });
}
