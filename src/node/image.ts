/** Picture files to pixels: JPEG, PNG and WebP through `sharp`, BMP by `bmp.ts`. Recognised by content, never by name. */
import type sharp from 'sharp';
import { InputError, LoadError } from '../core/errors.ts';
import { checkFileExtent, checkPixels, MAX_PIXELS, type Pixels } from '../vision/pixels.ts';
import { decodeBmp } from './bmp.ts';

const SUPPORTED = 'JPEG, PNG, WebP and BMP pictures are supported';

type Kind = 'jpeg' | 'png' | 'webp' | 'bmp';

/**
 * Decodes a picture file to RGBA bytes in sRGB, upright: an EXIF orientation is applied. `name` is for messages.
 * Rejects with InputError for what is no picture, damaged, larger than 100 million pixels, or, beyond 4096 × 4096, of more
 * than 256 pixels a byte of the file, before anything is allocated for it; with LoadError when the optional package `sharp`
 * is missing.
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<Pixels> {
  if (!(bytes instanceof Uint8Array)) throw new InputError('the bytes of a picture must be a Uint8Array');
  const kind = recognise(bytes);
  if (kind === undefined) {
    throw new InputError(bytes.length === 0 ? 'the file is empty' : 'not a picture', { file: name, hint: SUPPORTED });
  }
  const pixels = kind === 'bmp' ? decodeBmp(bytes, name) : await decodeWithSharp(bytes, name, kind);
  checkPixels(pixels, name);
  return pixels;
}

function recognise(bytes: Uint8Array): Kind | undefined {
  const starts = (offset: number, signature: readonly number[]): boolean =>
    signature.every((b, i) => bytes[offset + i] === b);
  if (starts(0, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (starts(0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
  if (starts(0, [0x52, 0x49, 0x46, 0x46]) && starts(8, [0x57, 0x45, 0x42, 0x50])) return 'webp';
  // "BM" alone begins many texts; the header's size at offset 14 is small and the byte after it zero in every BMP.
  return starts(0, [0x42, 0x4d]) && starts(15, [0, 0, 0]) ? 'bmp' : undefined;
}

async function decodeWithSharp(bytes: Uint8Array, name: string, kind: Kind): Promise<Pixels> {
  const open = await loadSharp();
  try {
    const image = open(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' });
    const { width, height } = await image.metadata();
    checkFileExtent(width, height, { bytes: bytes.length, name });
    const { data, info } = await image
      .rotate() // without an angle: upright, as EXIF says
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const text = cause instanceof Error ? cause.message.replace(/\s+/g, ' ').trim() : String(cause);
    const large = text.includes('pixel limit');
    throw new InputError(
      large ? 'the picture is too large' : `the ${kind.toUpperCase()} picture cannot be decoded: ${text}`,
      {
        file: name,
        hint: large
          ? `The limit is ${MAX_PIXELS / 1e6} million pixels; scale it down first`
          : 'The file is damaged or incomplete',
        cause,
      },
    );
  }
}

/** The optional package `sharp`. Rejects with LoadError where it does not load. */
export async function loadSharp(): Promise<typeof sharp> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new LoadError('JPEG, PNG and WebP pictures need the package "sharp", which does not load', {
      hint: 'Install it: npm install sharp',
      cause,
    });
  }
}
