/** Models of the catalogue that are opened by their files. */
import { CATALOGUE } from './catalogue.ts';
import type { CatalogueEntry } from './entry.ts';

/** No main file of the catalogue has more bytes, so that larger ones need not be looked at. */
export const LARGEST_MAIN_FILE = 2 ** 25;

/**
 * The entry whose main file these bytes are, by their SHA-256, taken out of what it was wrapped in or joined with or, if
 * it was wrapped, as it is. Undefined for all others, and in a page that has no
 * `crypto.subtle`, which has no WebGPU either.
 */
export async function recogniseEntry(bytes: Uint8Array): Promise<CatalogueEntry | undefined> {
  if (bytes.length > LARGEST_MAIN_FILE || !globalThis.crypto?.subtle) return undefined;
  const found = await sha256Of(bytes);
  return CATALOGUE.find(({ source }) => {
    if (source.kind === 'url') return source.sha256 === found;
    // A file of several models is none itself.
    return [source.part?.sha256 ?? source.sha256, source.unwrapped].includes(found);
  });
}

/** SHA-256, 64 lower-case hexadecimal digits. There must be a `crypto.subtle`. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
