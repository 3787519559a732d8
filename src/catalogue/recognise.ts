/** Models of the catalogue that are opened by their files. */
import { CATALOGUE } from './catalogue.ts';
import type { CatalogueEntry } from './entry.ts';

/** No main file of the catalogue has more bytes, so that larger ones need not be looked at. */
export const LARGEST_MAIN_FILE = 2 ** 23;

/**
 * The entry whose main file these bytes are, by their SHA-256. Undefined for all others, and in a page that has no
 * `crypto.subtle`, which has no WebGPU either.
 */
export async function recogniseEntry(bytes: Uint8Array): Promise<CatalogueEntry | undefined> {
  if (bytes.length > LARGEST_MAIN_FILE || !globalThis.crypto?.subtle) return undefined;
  const found = await sha256Of(bytes);
  return CATALOGUE.find(({ source }) => {
    const sums = source.kind === 'npm' ? [source.sha256, source.unwrapped] : [source.sha256];
    return sums.includes(found);
  });
}

/** SHA-256, 64 lower-case hexadecimal digits. There must be a `crypto.subtle`. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
