/** Picture files, decoded for one use: by the page's own decoders, or by what the caller brings. Loaded on demand. */
import { InputError } from '../core/errors.ts';
import { pictureBytes, type PictureFile } from './picture-file.ts';
import { COMMON_KINDS, isCommonKind, pictureKind } from './signatures.ts';
import type { PictureSource } from './source.ts';
import { takeOrientation, turned } from './webp-orientation.ts';

/** Makes a picture of a file. What it gives is closed after use, if it can be. */
export type PictureDecoder = (
  file: PictureFile,
  settings: { readonly signal?: AbortSignal | undefined },
) => Promise<PictureSource>;

/** Hands `work` the picture in a file, and frees it afterwards. Rejects as the decoder does, and as `work`. */
export async function withDecoded<T>(
  file: PictureFile,
  {
    decode = decodeInPage,
    signal,
  }: { readonly decode?: PictureDecoder | undefined; readonly signal?: AbortSignal | undefined },
  work: (picture: PictureSource) => Promise<T>,
): Promise<T> {
  const picture = await decode(file, { signal });
  try {
    signal?.throwIfAborted();
    return await work(picture);
  } finally {
    if ('close' in picture) picture.close();
  }
}

/**
 * Decodes a picture file as this page can: upright, as its EXIF orientation says, in sRGB. Rejects as `pictureBytes` does, and
 * with InputError for what is no picture, damaged, or of a kind that the browser does not read.
 */
async function decodeInPage(
  file: PictureFile,
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<ImageBitmap> {
  const { bytes, name } = await pictureBytes(file, signal);
  const kind = pictureKind(bytes, name);
  if (typeof createImageBitmap === 'undefined') {
    throw new InputError('there is no decoder of picture files here', {
      file: name,
      hint: 'In Node take openSession, createClassifier or decodeImage of tilewise/node, which have one',
    });
  }
  const copy = new Uint8Array(bytes);
  const orientation = kind === 'webp' ? takeOrientation(copy) : 1;
  try {
    // Its type is for browsers that do not look at the bytes.
    const blob = new Blob([copy], { type: `image/${kind}` });
    const bitmap = await createImageBitmap(blob, { imageOrientation: 'from-image', premultiplyAlpha: 'none' });
    return turned(bitmap, orientation);
  } catch (cause) {
    throw new InputError(`the ${kind.toUpperCase()} picture cannot be decoded`, {
      file: name,
      hint: isCommonKind(kind)
        ? 'The file is damaged or incomplete'
        : `Browsers read ${COMMON_KINDS} everywhere; convert it to one of these`,
      cause,
    });
  }
}
