/**
 * Our CPU reference against onnxruntime: every operator's case table, and random single-operator graphs. The GPU
 * kernels are compared with the reference on the same tables, so this is the oracle of the oracle.
 */
import { describe, expect, it } from 'vitest';
import type { OpKind } from '../../src/ir/ops.ts';
import { caseTables } from '../helpers/case-tables.ts';
import { OPS } from '../helpers/every-operator.ts';
import { range } from '../../src/util/arrays.ts';
import { expectOracle } from './compare-case.ts';
import { describeCase, GENERATORS, randomCase, type JudgedOp } from './random-cases.ts';

const tables = (await caseTables())
  .map(({ name, cases }) => ({ name, judged: cases.filter((c) => c.noOracle === undefined) }))
  .filter(({ judged }) => judged.length > 0);

describe.each(tables)('onnxruntime agrees with $name', ({ judged }) => {
  it.each(judged.map((c) => [c.name, c] as const))('%s', (_name, c) => expectOracle(c));
});

/** Random graphs per operator; more where there is more to combine. */
const COUNT: { readonly [K in OpKind]?: number } = {
  Conv: 150,
  MaxPool: 60,
  AveragePool: 80,
  Gemm: 40,
  MatMul: 50,
  Binary: 150,
  Unary: 60,
  Activation: 60,
  Slice: 60,
  Pad: 50,
  Resize: 150,
  Reduce: 80,
};
const operators = (Object.keys(GENERATORS) as JudgedOp[]).filter((op) => op in OPS);

describe('onnxruntime agrees with the reference on random graphs', () => {
  it.each(operators)('%s', async (op) => {
    const failures: string[] = [];
    for (const index of range(COUNT[op] ?? 20)) {
      const c = randomCase(op, index);
      try {
        await expectOracle(c);
      } catch (error) {
        failures.push(`#${index} ${describeCase(c)}\n${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (failures.length > 0) expect.fail(`${failures.length} graphs disagree:\n${failures.join('\n')}`);
  });
});
