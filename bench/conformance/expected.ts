/** Which tests of the suite pass, by backend, as last committed. The lists only grow. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the suite runs. */
export type BackendName = 'webgpu' | 'wasm' | 'cpu';

/** How what passes differs from what was expected. */
export interface Changes {
  /** Listed, and failed. */
  readonly lost: readonly string[];
  /** Not listed, and passed. */
  readonly gained: readonly string[];
}

const fileOf = (backend: BackendName): string => fileURLToPath(new URL(`./passing/${backend}.txt`, import.meta.url));

/** Names of the tests that passed when the list was last written. */
export function expectedToPass(backend: BackendName): ReadonlySet<string> {
  return new Set(readFileSync(fileOf(backend), 'utf8').split('\n').filter(Boolean));
}

/** Compares what passed and failed with the list; tests that were not run count as neither. */
export function changes(backend: BackendName, passed: readonly string[], failed: readonly string[]): Changes {
  const expected = expectedToPass(backend);
  return {
    lost: failed.filter((name) => expected.has(name)),
    gained: passed.filter((name) => !expected.has(name)),
  };
}

/** Adds tests to the list. */
export function addToExpected(backend: BackendName, names: readonly string[]): void {
  const all = [...new Set([...expectedToPass(backend), ...names])].sort();
  writeFileSync(fileOf(backend), all.map((name) => `${name}\n`).join(''));
}
