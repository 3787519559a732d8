/** Addresses of files: `file:` URLs. */
import { fileURLToPath } from 'node:url';
import { InputError } from '../core/errors.ts';

/** The path that a `file:` URL names. Throws InputError for one that names none here, as of another host. */
export function filePath(address: string): string {
  try {
    return fileURLToPath(address);
  } catch (cause) {
    throw new InputError(`"${address}" is not the address of a file here`, {
      hint: 'Write the path itself, or file:///absolute/path',
      cause,
    });
  }
}
