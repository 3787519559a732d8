/** The tuner's cache in Node: one file an adapter in the cache folder. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LoadError } from '../core/errors.ts';
import { requireOptions } from '../core/option-errors.ts';
import type { TuningCache } from '../measure/tuning-key.ts';
import { cachedPath, cacheFolder, writeAtomically } from './cache.ts';

/** Options of `fileTuningCache`. */
export interface FileTuningCacheOptions {
  /** Default: the folder that downloads are kept in, too. */
  readonly folder?: string | undefined;
}

/**
 * Keeps what the tuner found in `tuning/` of the cache folder. `get` rejects with LoadError when a file is there and
 * cannot be read, `set` when it cannot be written.
 */
export function fileTuningCache(options: FileTuningCacheOptions = {}): TuningCache {
  const { folder } = requireOptions<FileTuningCacheOptions>('fileTuningCache', options, { folder: 'text' });
  return {
    get: async (key) => {
      const file = folder === undefined ? cachedPath(nameOf(key)) : join(folder, nameOf(key));
      if (file === undefined) return undefined;
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
    set: async (key, value) => writeAtomically(join(folder ?? cacheFolder(), nameOf(key)), value),
  };
}

/** Where an adapter's file lies in the folder. */
function nameOf(key: string): string {
  return join('tuning', `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`);
}
