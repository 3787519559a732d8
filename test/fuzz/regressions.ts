/** Inputs that a fault was found with, kept in a folder a target, and run by the tests ever since. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetName } from './targets/index.ts';

const folderOf = (target: TargetName): string => join(import.meta.dirname, 'regressions', target);

/** Names of a target's inputs, in order. */
export function regressionsOf(target: TargetName): string[] {
  const folder = folderOf(target);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** The bytes of one, by its place in the order. */
export function bytesOfRegression(target: TargetName, index: number): Uint8Array {
  return new Uint8Array(readFileSync(join(folderOf(target), regressionsOf(target)[index] ?? '')));
}

/** Keeps an input under what happened and a digest; gives its path. */
export function keepRegression(target: TargetName, kind: string, bytes: Uint8Array): string {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const path = join(folderOf(target), `${kind}-${digest}.bin`);
  mkdirSync(folderOf(target), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}
