/** The tuner's cache in a page or Worker: one object store of IndexedDB, text by key. */
import type { TuningCache } from './tuning-key.ts';

const DATABASE = 'tilewise';
const STORE = 'tuning';

/** The cache of this origin; undefined where there is no IndexedDB. Its methods reject where the page may not use it. */
export function databaseCache(): TuningCache | undefined {
  if (typeof indexedDB === 'undefined') return undefined;
  const factory = indexedDB;
  return {
    get: async (key) => {
      const value: unknown = await within(factory, 'readonly', (store) => store.get(key));
      return typeof value === 'string' ? value : undefined;
    },
    set: async (key, value) => {
      await within(factory, 'readwrite', (store) => store.put(value, key));
    },
  };
}

/** Opens the database for one request: a connection that stays open would block other tabs from upgrading it. */
async function within<T>(
  factory: IDBFactory,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = factory.open(DATABASE, 1);
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(STORE));
  const database = await settled(opening);
  try {
    return await settled(ask(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new DOMException('the request failed')));
    request.addEventListener('blocked', () => reject(new DOMException('another page holds the database')));
  });
}
