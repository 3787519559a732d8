/** The elementwise, data-movement and selection kernels against the CPU reference. */
import { describe, it } from 'vitest';
import type { OpKind } from '../../src/ir/ops.ts';
import { expectClose } from '../helpers/close.ts';
import { FULL } from '../helpers/full.ts';
import { referenceOf, runCaseOnGpu } from '../helpers/gpu-run.ts';
import type { OpCase } from '../helpers/op-case.ts';
import { testOperators } from '../helpers/operator-tests.ts';

await testOperators(4);

const elements = {
  name: 'elements',
  op: 'Transpose',
  inputs: [{ shape: [2099, 2003] }],
  attributes: { perm: [1, 0] },
} satisfies OpCase<'Transpose'>;

const workgroups = {
  name: 'workgroups',
  op: 'TopK',
  inputs: [{ shape: [66000, 3] }, { dtype: 'int64', shape: [1], values: [2], constant: true }],
  attributes: { axis: 1, largest: true },
  outputCount: 2,
} satisfies OpCase<'TopK'>;

/** More workgroups than one dispatch dimension holds: the rest folds into y. Barriers in each take software drivers long. */
const wide: readonly OpCase<OpKind>[] = FULL ? [elements, workgroups] : [elements];

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
