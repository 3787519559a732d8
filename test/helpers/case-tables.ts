/** Every case table of test/ops/cases, found by looking: a new table is covered by being there. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OpKind } from '../../src/ir/ops.ts';
import { KERNELS } from './every-operator.ts';
import { isCaseTable, type OpCase } from './op-case.ts';

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
      if (isCaseTable(value)) tables.push({ name: `${file}: ${name}`, cases: value });
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

/** A table of an operator that runs on the GPU. */
export interface GpuTable extends CaseTable {
  readonly op: OpKind;
}

/** A name for each case of a table, among all cases of all tables. */
export function caseNames({ name, cases }: CaseTable): readonly string[] {
  return cases.map((c, i) => `${name} ${i}: ${c.name}`);
}

/** Families of operators whose tables the third GPU test file runs. */
const THIRD: ReadonlySet<string> = new Set(['product', 'pool', 'normalise', 'sample', 'reduce']);

/** Which of the GPU test files operators-1 to operators-4 runs a table: they take about as long, two at a time. */
export function partOf({ name }: CaseTable): number {
  const family = name.replace(/\/.*/, '');
  if (family === 'quantise' || name.startsWith('conv/conv-implicit')) return 1;
  if (family === 'conv') return 2;
  return THIRD.has(family) ? 3 : 4;
}

/** All tables that GPU tests run: not those of operators and cases that only the host evaluates, nor those of volumes. */
export async function gpuTables(): Promise<readonly GpuTable[]> {
  return (await caseTables()).flatMap(({ name, cases }) => {
    const op = cases[0]?.op;
    if (op === undefined || KERNELS[op].kind === 'host' || name.endsWith('3dCases')) return [];
    return [{ name, op, cases: cases.filter(({ folds }) => !folds) }];
  });
}

/** Families and tables of which the short run has every second case: software drivers compile their kernels longest. */
const HALVED = /^(sample|detect)\/|^conv\/(deform-conv|conv-transpose|conv-volume)/;

/** Those of which Deno has every second case: it compiles one pipeline after another. */
const HALVED_IN_DENO = /^(sample|detect|product|recurrent|conv)\//;

/** The tables as `npm test` takes them: of some every second case, the first among them, and none that is for the full run. */
export function shortTables(tables: readonly GpuTable[]): readonly GpuTable[] {
  return halved(tables, HALVED);
}

/** The tables as Deno runs them; WebGPU there reads the kernels of the other cases, and refuses none. */
export function denoTables(tables: readonly GpuTable[]): readonly GpuTable[] {
  return halved(tables, HALVED_IN_DENO);
}

function halved(tables: readonly GpuTable[], which: RegExp): readonly GpuTable[] {
  return tables.map((table) => {
    const every = which.test(table.name) ? 2 : 1;
    return { ...table, cases: table.cases.filter(({ full }, i) => full !== true && i % every === 0) };
  });
}
