/** Picture files, decoded for one use: by the page's own decoders, or by what the caller brings. Loaded on demand. */
import { InputError } from '../core/errors.ts';
import { pictureBytes, type PictureFile } from './picture-file.ts';
import { COMMON_KINDS, isCommonKind, pictureKind } from './signatures.ts';
import { pictureSize, unreadable, type PictureSource } from './source.ts';
import { takeOrientation, turned } from './webp-orientation.ts';

/** Makes a picture of a file. What it gives is closed after use, if it can be. */
export type PictureDecoder = (
  file: PictureFile,
  settings: { readonly signal?: AbortSignal | undefined },
) => Promise<PictureSource>;

/** What holds a picture that is to be decoded. */
export type EncodedPicture = PictureFile | HTMLImageElement;

/**
 * Hands `work` the picture in a file or an image element, and frees it afterwards. Rejects as the decoder does, and as `work`, and
 * with InputError for an element whose picture is not there or cannot be read.
 */
export async function withDecoded<T>(
  file: EncodedPicture,
  {
    decode = decodeInPage,
    signal,
  }: { readonly decode?: PictureDecoder | undefined; readonly signal?: AbortSignal | undefined },
  work: (picture: PictureSource) => Promise<T>,
): Promise<T> {
  const picture = isImage(file) ? await bitmapOf(file) : await decode(file, { signal });
  try {
    signal?.throwIfAborted();
    return await work(picture);
  } finally {
    if ('close' in picture) picture.close();
  }
}

function isImage(file: EncodedPicture): file is HTMLImageElement {
  return 'naturalWidth' in Object(file);
}

/** All pixels of the file: the extents of an element whose picture is dense (`srcset`, EXIF) are those of a part of it. */
async function bitmapOf(image: HTMLImageElement): Promise<ImageBitmap> {
  pictureSize(image);
  try {
    return await createImageBitmap(image, { premultiplyAlpha: 'none' });
  } catch (cause) {
    throw unreadable(cause);
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
