/** Inputs that a fault was found with, kept in a folder a target, and run by the tests ever since. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetName } from './targets/index.ts';

/** The committed ones. */
const KEPT = join(import.meta.dirname, 'regressions');

/** Names of a target's inputs, in order. */
export function regressionsOf(target: TargetName, kept = KEPT): string[] {
  const folder = join(kept, target);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** The bytes of one, by its place in the order. */
export function bytesOfRegression(target: TargetName, index: number, kept = KEPT): Uint8Array {
  return new Uint8Array(readFileSync(join(kept, target, regressionsOf(target, kept)[index] ?? '')));
}

/** Keeps an input under what happened and a digest; gives its path. */
export function keepRegression(target: TargetName, kind: string, bytes: Uint8Array, kept = KEPT): string {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const path = join(kept, target, `${kind}-${digest}.bin`);
  mkdirSync(join(kept, target), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}
