/** What bytes are, by how they begin: the kind of a picture, or what was given instead of one. */
import { InputError } from '../core/errors.ts';

/** Pictures that are recognised; which of them can be decoded depends on the decoder. */
export type PictureKind = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'bmp' | 'tiff' | 'heic' | 'jxl' | 'ico';

/** What decoders everywhere read. */
export const COMMON_KINDS = 'JPEG, PNG, WebP, GIF, AVIF and BMP';

/** True for what decoders everywhere read. */
export function isCommonKind(kind: PictureKind): boolean {
  return COMMON_KINDS.toLowerCase().includes(kind);
}

/** The kind of picture that a file holds. Throws InputError, which says what else it is, for a file that holds none. */
export function pictureKind(bytes: Uint8Array, name: string | undefined): PictureKind {
  const found = KINDS.find(([, recognise]) => recognise(bytes));
  if (found) return found[0];
  throw notAPicture(bytes, name);
}

/** What is thrown for a file that holds no picture. */
function notAPicture(bytes: Uint8Array, name: string | undefined): InputError {
  if (bytes.length === 0)
    return new InputError('the file is empty', { file: name, hint: 'It was kept or sent without its content' });
  const what = OTHERS.find(([, recognise]) => recognise(bytes))?.[0];
  return new InputError(`not a picture${what === undefined ? '' : ` but ${what}`}`, { file: name, hint: HINT });
}

const HINT = `${COMMON_KINDS} files are pictures; pixels without a file are given as { width, height, data }`;

type Test = (bytes: Uint8Array) => boolean;

/** True for bytes that have this text at a place; characters are bytes. */
const has =
  (text: string, at = 0): Test =>
  (bytes) =>
    Array.from(text).every((character, i) => bytes[at + i] === character.charCodeAt(0));

/** Files of the ISO family begin with the brands they can be read as. */
const ofBrand =
  (brands: RegExp): Test =>
  (bytes) =>
    has('ftyp', 4)(bytes) && brands.test(textOf(bytes.subarray(8, Math.min(256, bytes[3] ?? 0))));

const KINDS: readonly (readonly [PictureKind, Test])[] = [
  ['jpeg', has('\xff\xd8\xff')],
  ['png', has('\x89PNG\r\n\x1a\n')],
  ['webp', (bytes) => has('RIFF')(bytes) && has('WEBP', 8)(bytes)],
  ['gif', (bytes) => has('GIF87a')(bytes) || has('GIF89a')(bytes)],
  // "BM" alone begins many texts; the header's size at offset 14 is small and the byte after it zero in every BMP.
  ['bmp', (bytes) => has('BM')(bytes) && has('\0\0\0', 15)(bytes)],
  ['tiff', (bytes) => has('II*\0')(bytes) || has('MM\0*')(bytes)],
  ['avif', ofBrand(/avi[fs]/)],
  ['heic', ofBrand(/he[iv][cfmsx]|mif1|msf1/)],
  ['jxl', (bytes) => has('\xff\x0a')(bytes) || has('JXL \r\n\x87\n', 4)(bytes)],
  ['ico', (bytes) => has('\0\0\x01\0')(bytes) && has('\0', 5)(bytes) && (bytes[4] ?? 0) > 0],
];

const OTHERS: readonly (readonly [string, Test])[] = [
  ['a web page', (bytes) => /^(<!doctype html|<html)/i.test(beginning(bytes))],
  [
    'an SVG drawing, which has no pixels: draw it to a canvas first',
    (bytes) => /^<(\?xml[^]*?<)?svg/i.test(beginning(bytes)),
  ],
  ['XML', (bytes) => beginning(bytes).startsWith('<')],
  ['JSON, as models of TensorFlow.js are', (bytes) => /^[[{]/.test(beginning(bytes))],
  // The version of the format, then the next field of a model.
  ['an ONNX model', ([a, b = 0, c = 0]) => a === 8 && b < 32 && [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(c)],
  ['a TensorFlow Lite model', has('TFL3', 4)],
  ['a PDF document', has('%PDF')],
  ['a ZIP archive', has('PK\x03\x04')],
  ['a video', (bytes) => has('ftyp', 4)(bytes) || has('\x1a\x45\xdf\xa3')(bytes)],
];

/** Text as it begins, without what may stand before it. */
function beginning(bytes: Uint8Array): string {
  return textOf(bytes.subarray(0, 1024)).replace(/^(\xef\xbb\xbf)?\s*/, '');
}

/** A character for each byte. */
function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
