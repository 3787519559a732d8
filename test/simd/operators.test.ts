/** Every case table on WASM kernels against the reference. */
import { describe, expect, it } from 'vitest';
import type { OpKind } from '../../src/ir/ops.ts';
import { VIEWS } from '../../src/ir/facts.ts';
import { loadSimd, simdOf } from '../../src/simd/registry.ts';
import { requireWords } from '../helpers/assembly.ts';
import { caseTables } from '../helpers/case-tables.ts';
import { toleranceOfCase } from '../helpers/case-tolerance.ts';
import { checkOnWasm } from '../helpers/wasm-case.ts';
import { WITHOUT_KERNELS } from './without-kernels.ts';

const tables = (await caseTables()).map((table) => ({ ...table, cases: table.cases.filter(({ folds }) => !folds) }));
const operators = [...new Set(tables.flatMap(({ cases }) => cases.map(({ op }) => op)))];
await loadSimd(operators);
const hasKernels = (op: OpKind): boolean => VIEWS.has(op) || simdOf(op) !== undefined;
const withKernels = tables.filter(({ cases }) => cases.some(({ op }) => hasKernels(op)));

/** Operators of which a case ran on kernels. */
const ran = new Set<OpKind>();

describe.each(withKernels)('$name', ({ cases }) => {
  it.for(cases)('$name', async (c, { task }) => {
    const runs = await checkOnWasm(c, toleranceOfCase(c), requireWords);
    if (runs > 0) ran.add(c.op);
    task.meta.runs = runs;
  });
});

it('runs cases of every operator that has kernels', () => {
  expect(operators.filter((op) => hasKernels(op) && !ran.has(op))).toEqual([]);
});

it('knows which operators have none', () => {
  expect(operators.filter((op) => !hasKernels(op)).sort()).toEqual([...WITHOUT_KERNELS].sort());
});
