/** The tuner's cache in Node: one file an adapter in the cache folder. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LoadError } from '../core/errors.ts';
import type { TuningCache } from '../measure/tuning-key.ts';
import { cacheFolder, writeAtomically } from './cache.ts';

/** Options of `fileTuningCache`. */
export interface FileTuningCacheOptions {
  /** Default: the folder that downloads are kept in, too. */
  readonly folder?: string | undefined;
}

/**
 * Keeps what the tuner found in `tuning/` of the cache folder. `get` rejects with LoadError when a file is there and
 * cannot be read, `set` when it cannot be written; both when no cache folder can be.
 */
export function fileTuningCache({ folder }: FileTuningCacheOptions = {}): TuningCache {
  const pathOf = (key: string): string => {
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
    return join(folder ?? cacheFolder(), 'tuning', `${name}.json`);
  };
  return {
    get: async (key) => {
      const file = pathOf(key);
      try {
        return await readFile(file, 'utf8');
      } catch (cause) {
        if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
        throw new LoadError('cannot be read', {
          file,
          cause,
          hint: cause instanceof Error ? cause.message : undefined,
        });
      }
    },
    set: (key, value) => writeAtomically(pathOf(key), value),
  };
}
