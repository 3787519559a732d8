/** Every case table of test/ops/cases, found by looking: a new table is covered by being there. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OpKind } from '../../src/ir/ops.ts';
import { KERNELS } from './every-operator.ts';
import type { OpCase } from './op-case.ts';

/** One exported table. */
export interface CaseTable {
  /** `conv/conv.ts: convCases`. */
  readonly name: string;
  readonly cases: readonly OpCase[];
}

/** All tables, in the order of their files. */
export async function caseTables(): Promise<readonly CaseTable[]> {
  const folder = join(import.meta.dirname, '../ops/cases');
  const tables: CaseTable[] = [];
  for (const file of filesIn(folder)) {
    const exported: Record<string, unknown> = await import(pathToFileURL(join(folder, file)).href);
    for (const [name, value] of Object.entries(exported)) {
      if (isTable(value)) tables.push({ name: `${file}: ${name}`, cases: value });
    }
  }
  return tables;
}

/** Files of all families, by their path below the folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort();
}

function isTable(value: unknown): value is readonly OpCase[] {
  return Array.isArray(value) && value.length > 0 && value.every((c) => typeof c === 'object' && c && 'op' in c);
}

/** Operators of the first of the two GPU test files, which run side by side; all others are in the second. */
const FIRST: ReadonlySet<OpKind> = new Set<OpKind>([
  'Activation',
  'Conv',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'Gemm',
  'MatMul',
  'BatchNormalization',
  'LRN',
  'Softmax',
  'Resize',
  'PRelu',
  'ChannelShuffle',
]);

/** The tables that a GPU test file runs: not those of operators that only the host evaluates, nor those of volumes. */
export async function gpuTables(part: 'first' | 'second'): Promise<readonly (CaseTable & { readonly op: OpKind })[]> {
  return (await caseTables()).flatMap(({ name, cases }) => {
    const op = cases[0]?.op;
    if (op === undefined || KERNELS[op].kind === 'host' || name.endsWith('3dCases')) return [];
    return FIRST.has(op) === (part === 'first') ? [{ name, op, cases }] : [];
  });
}
