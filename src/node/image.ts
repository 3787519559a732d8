/** Picture files to pixels: through `sharp`, BMP by `bmp.ts`. Recognised by content, never by name. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type sharp from 'sharp';
import { InputError, LoadError, TilewiseError } from '../core/errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { checkOptions } from '../core/options.ts';
import {
  checkFileSize,
  pictureBytes,
  shownName,
  type PictureBytes,
  type PictureFile,
} from '../pictures/picture-file.ts';
import { COMMON_KINDS, isCommonKind, pictureKind, type PictureKind } from '../pictures/signatures.ts';
import { checkFileExtent, checkPixels, MAX_PIXELS, type Pixels } from '../vision/pixels.ts';
import { decodeBmp } from './bmp.ts';
import { filePath } from './file-address.ts';
import { howToLoad } from './packages.ts';
import { unreadableFile } from './unreadable.ts';

/** Options of `decodeImage`. */
export interface DecodeImageOptions {
  /** What errors call the picture, in place of its path, address or file name. */
  readonly name?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const IMAGE_OPTIONS: OptionRules<DecodeImageOptions> = { name: 'text', signal: 'signal' };

/**
 * Decodes a picture file to RGBA bytes in sRGB, upright: an EXIF orientation is applied, and of an animation the first frame
 * taken. The file is a path, a URL, a Blob or bytes: JPEG, PNG, WebP, GIF, AVIF, TIFF or BMP.
 * Rejects with InputError for what is no picture, damaged, larger than 100 million pixels, or, beyond 4096 × 4096, of more
 * than 256 pixels a byte of the file, before anything is allocated for it; with LoadError for what cannot be read or fetched, or when
 * the optional package `sharp` is missing.
 */
export async function decodeImage(file: PictureFile, options: DecodeImageOptions | string = {}): Promise<Pixels> {
  const given: DecodeImageOptions = typeof options === 'string' ? { name: options } : options;
  const { name: called, signal } = await checkOptions('decodeImage', given, IMAGE_OPTIONS);
  const { bytes, name: found } = await readPictureFile(file, signal);
  const name = called ?? found;
  const kind = pictureKind(bytes, name);
  const pixels = kind === 'bmp' ? decodeBmp(bytes, name) : await decodeWithSharp(bytes, name, kind);
  signal?.throwIfAborted();
  checkPixels(pixels, name);
  return pixels;
}

/** Strings are paths but for these. */
const ADDRESS = /^(https?|data|blob|file):/i;

async function readPictureFile(file: PictureFile, signal: AbortSignal | undefined): Promise<PictureBytes> {
  if (file instanceof URL || (typeof file === 'string' && ADDRESS.test(file))) {
    const address = String(file);
    return /^file:/i.test(address) ? readPath(filePath(address), signal) : pictureBytes(address, signal);
  }
  return typeof file === 'string' ? readPath(file, signal) : pictureBytes(file, signal);
}

/** Reads a plain file: a folder is none, and a device or a pipe may never end. */
async function readPath(path: string, signal: AbortSignal | undefined): Promise<PictureBytes> {
  try {
    // Opening a pipe otherwise waits for who writes into it.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const kind = await handle.stat();
      if (!kind.isFile()) {
        throw new LoadError(`this is a ${kind.isDirectory() ? 'folder' : 'device or pipe'}, not a file`, {
          file: path,
        });
      }
      checkFileSize(kind.size, path);
      return { bytes: await handle.readFile({ signal }), name: path };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw cause instanceof TilewiseError ? cause : await unreadableFile(path, cause, shownName(path));
  }
}

async function decodeWithSharp(bytes: Uint8Array, name: string | undefined, kind: PictureKind): Promise<Pixels> {
  const open = await loadSharp();
  try {
    const image = open(asStill(bytes, kind), { limitInputPixels: MAX_PIXELS, failOn: 'error' });
    const { width, height, space, hasProfile } = await image.metadata();
    checkFileExtent(width, height, { bytes: bytes.length, name });
    image.rotate(); // without an angle: upright, as EXIF says
    const inks = space === 'cmyk' && !hasProfile;
    if (inks) image.pipelineColourspace('cmyk').toColourspace('cmyk');
    else image.toColourspace('srgb').ensureAlpha();
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    if (inks) inksToColours(data);
    return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw undecodable(cause, name, kind);
  }
}

/** An AVIF sequence under the brand of the still picture that it begins with: libvips does not know its own. */
function asStill(bytes: Uint8Array, kind: PictureKind): Uint8Array {
  if (kind !== 'avif' || bytes[11] !== 0x73) return bytes;
  const still = Uint8Array.from(bytes);
  still[11] = 0x66; // "avif" instead of "avis"
  return still;
}

/** CMYK without a profile to RGBA, in place: as browsers see it, and what trained networks. libvips would print it on paper. */
function inksToColours(data: Uint8Array): void {
  for (let at = 0; at < data.length; at += 4) {
    const light = 255 - (data[at + 3] ?? 0);
    for (let i = at; i < at + 3; i++) data[i] = Math.round(((255 - (data[i] ?? 0)) * light) / 255);
    data[at + 3] = 255;
  }
}

function undecodable(cause: unknown, name: string | undefined, kind: PictureKind): InputError {
  const text = cause instanceof Error ? cause.message.replace(/\s+/g, ' ').trim() : String(cause);
  if (text.includes('pixel limit')) {
    const hint = `The limit is ${MAX_PIXELS / 1e6} million pixels; scale it down first`;
    return new InputError('the picture is too large', { file: name, hint, cause });
  }
  return new InputError(`the ${kind.toUpperCase()} picture cannot be decoded: ${text}`, {
    file: name,
    hint:
      isCommonKind(kind) || kind === 'tiff'
        ? 'The file is damaged or incomplete'
        : `${COMMON_KINDS} are read everywhere, TIFF in Node, too; convert it to one of these`,
    cause,
  });
}

/** The optional package `sharp`. Rejects with LoadError where it does not load. */
export async function loadSharp(): Promise<typeof sharp> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new LoadError('pictures other than BMP need the package "sharp", which does not load', {
      hint: howToLoad('sharp', cause),
      cause,
    });
  }
}
