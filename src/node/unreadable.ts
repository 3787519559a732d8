/** What is said of a file that cannot be read. */
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { LoadError } from '../core/errors.ts';
import { nearest } from '../util/nearest-name.ts';

/** The error for a file that could not be opened or read, with what lies beside it where it is not there. */
export async function unreadableFile(file: string, cause: unknown, shown = file): Promise<LoadError> {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) {
    // The system's words end with the path, which is named already.
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/, \w+ '.*'$/s, '');
    return new LoadError(`cannot be read: ${reason}`, { file: shown, cause });
  }
  const guess = nearest(basename(file), await readdir(dirname(file)).catch(() => []));
  return new LoadError('there is no such file', {
    file: shown,
    hint: guess === undefined ? undefined : `Beside it lies ${guess}`,
    cause,
  });
}
