/**
 * Operators by name: only the folders that define, lower, rewrite or read and write them may name one. Whatever else wants to
 * know something of an operator asks its definition (`src/ops/definition.ts`) or the sets of `src/ir/facts.ts`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { OPS } from './helpers/every-operator.ts';

const root = join(import.meta.dirname, '..');

/** Where an operator's name is at home. */
const HOMES = /^src\/(ir|ops|kernels|simd|passes|formats|compress|heads)\//;

const names = Object.keys(OPS).join('|');
/** A name as a string (compared, listed, a case, a type's argument), as the key of a table, or as its field. */
const NAMED = new RegExp(`['"\`](${names})['"\`]|(^|[{,(])\\s*(${names})\\??:|\\b[A-Z]\\w*\\.(${names})\\b`, 'm');

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

function code(path: string): string {
  return readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

it('names no operator outside the folders that are about operators', () => {
  const strangers = ['src', 'demo/src'].flatMap(filesUnder).filter((path) => !HOMES.test(path));
  expect(strangers.length).toBeGreaterThan(100);
  expect(strangers.filter((path) => NAMED.test(code(path)))).toEqual([]);
});

it('would see a name in any of its spellings', () => {
  for (const text of [
    "if (node.op === 'Conv') return;",
    "    case 'MaxPool':",
    "new Set<OpKind>(['Gemm', 'MatMul'])",
    "['LRN'].includes(op)",
    'const terms = { Conv: 1 };',
    '  Conv: (node) => 1,',
    'OPS.Conv.infer(node)',
  ]) {
    expect(text).toMatch(NAMED);
  }
  expect('const convolution = { strides: [1, 1] };').not.toMatch(NAMED);
});
