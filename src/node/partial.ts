/** Files that are not whole yet, each written by one process. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { temporaryName } from './cache.ts';

/** A partial file that this process alone writes. */
export interface Partial {
  readonly path: string;
  readonly unlock: () => void;
}

/**
 * Claims `path` for this process through a lock file beside it. While another living process holds it, a private name is
 * given instead: the file is then downloaded twice, but never written by two.
 */
export function lockPartial(path: string): Partial {
  const lock = `${path}.lock`;
  for (const attempt of [1, 2]) {
    try {
      const handle = openSync(lock, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return { path, unlock: () => rmSync(lock, { force: true }) };
    } catch {
      if (attempt === 1 && !isHeld(lock)) rmSync(lock, { force: true });
    }
  }
  const own = temporaryName(path);
  return { path: own, unlock: () => rmSync(own, { force: true }) };
}

/** False when the process that made the lock is gone. */
function isHeld(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')) || process.pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // alive, another user's
  }
}
