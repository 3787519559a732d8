/** Files and their checksums: read where they are there, refused where they are others; and how an address is called as a file. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { LoadError } from '../core/errors.ts';

/** The bytes of a file, if they are those expected. Throws LoadError for another SHA-256. */
export function requireSha256(file: string, bytes: Uint8Array, expected: string): Uint8Array {
  const actual = sha256(bytes);
  if (actual === expected) return bytes;
  throw wrongChecksum(file, expected, actual);
}

/** The error for another SHA-256. */
export function wrongChecksum(file: string, expected: string, actual: string): LoadError {
  return new LoadError(`its SHA-256 is ${actual}, expected ${expected}`, {
    file,
    hint: 'The file was changed or damaged on the way; it is not used',
  });
}

/** The last part of the path, safe as a file name. */
export function fileName(url: URL): string {
  return basename(decoded(url.pathname)).replace(/[^\w.-]/g, '_') || 'index';
}

/** A path with its escapes read; as it is where they stand for no text. */
export function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The bytes of a file; undefined where there is none. Throws LoadError for one that cannot be read. */
export async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (cause) {
    if (
      cause instanceof Error &&
      'code' in cause &&
      (cause.code === 'ENOENT' || cause.code === 'EISDIR' || cause.code === 'ENOTDIR')
    )
      return undefined;
    throw new LoadError(`cannot be read: ${String(cause)}`, { file, cause });
  }
}

/** 64 lower-case hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
