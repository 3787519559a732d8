/** The variants, in turn over the cases, of the elementwise, data-movement, reduction and selection kernels against the CPU reference. */
import { afterAll, describe, it } from 'vitest';
import type { OpKind } from '../../src/ir/ops.ts';
import { gpuTables } from '../helpers/case-tables.ts';
import { checkCase } from '../helpers/check-case.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { closeGpu, referenceOf, runCaseOnGpu } from '../helpers/gpu-run.ts';
import type { OpCase } from '../helpers/op-case.ts';

/** Operators that compute with floats; others only move elements and must give the same bits, unless a case says otherwise. */
const COMPUTING: readonly OpKind[] = ['Unary', 'Binary', 'Reduce'];

const EXACT = { rtol: 0, atol: 0 };

afterAll(closeGpu);

describe.each(await gpuTables('second'))('$op', ({ cases }) => {
  it.each(cases.map((c, index) => ({ name: c.name, c, index })))('$name', async ({ c, index }) => {
    await checkCase(c, index, c.tolerance ?? (COMPUTING.includes(c.op) ? floatTolerance() : EXACT));
  });
});

/** More workgroups than one dispatch dimension holds: the rest folds into y. */
const wide: readonly OpCase<OpKind>[] = [
  { name: 'elements', op: 'Transpose', inputs: [{ shape: [2099, 2003] }], attributes: { perm: [1, 0] } },
  {
    name: 'workgroups',
    op: 'TopK',
    inputs: [{ shape: [66000, 3] }, { dtype: 'int64', shape: [1], values: [2], constant: true }],
    attributes: { axis: 1, largest: true },
    outputCount: 2,
  },
] satisfies readonly (OpCase<'Transpose'> | OpCase<'TopK'>)[];

describe('beyond 65535 workgroups', () => {
  it.each(wide)('$op: $name', async (c) => {
    const actual = await runCaseOnGpu(c);
    referenceOf(c).forEach((e, i) => {
      const a = actual[i];
      if (!a) throw new Error(`no output ${i}`);
      expectClose(a, e, { rtol: 0, atol: 0 });
    });
  });
});
