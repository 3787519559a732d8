/** Every variant of the elementwise, data-movement, reduction and selection kernels against the CPU reference. */
import { afterAll, describe, expect, it } from 'vitest';
import { isFloat } from '../../src/core/dtype.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { closeGpu, referenceOf, runCaseOnGpu, variantsOf } from '../helpers/gpu-run.ts';
import type { OpCase } from '../helpers/op-case.ts';
import { argReduceCases } from '../ops/cases/arg-reduce.ts';
import { binaryCases } from '../ops/cases/binary.ts';
import { castCases } from '../ops/cases/cast.ts';
import { concatCases } from '../ops/cases/concat.ts';
import { expandCases } from '../ops/cases/expand.ts';
import { flattenCases } from '../ops/cases/flatten.ts';
import { gatherNDCases } from '../ops/cases/gather-nd.ts';
import { gatherCases } from '../ops/cases/gather.ts';
import { identityCases } from '../ops/cases/identity.ts';
import { padCases } from '../ops/cases/pad.ts';
import { reduceCases } from '../ops/cases/reduce.ts';
import { reshapeCases } from '../ops/cases/reshape.ts';
import { sliceCases } from '../ops/cases/slice.ts';
import { splitCases } from '../ops/cases/split.ts';
import { squeezeCases } from '../ops/cases/squeeze.ts';
import { tileCases } from '../ops/cases/tile.ts';
import { topKCases } from '../ops/cases/top-k.ts';
import { transposeCases } from '../ops/cases/transpose.ts';
import { unaryCases } from '../ops/cases/unary.ts';
import { unsqueezeCases } from '../ops/cases/unsqueeze.ts';
import { whereCases } from '../ops/cases/where.ts';

/** Operators that compute with floats; all others only move elements, and must give the same bits. */
const COMPUTING: readonly OpKind[] = ['Unary', 'Binary', 'Reduce'];

const TABLES: readonly (readonly OpCase[])[] = [
  argReduceCases,
  binaryCases,
  castCases,
  concatCases,
  expandCases,
  flattenCases,
  gatherCases,
  gatherNDCases,
  identityCases,
  padCases,
  reduceCases,
  reshapeCases,
  sliceCases,
  splitCases,
  squeezeCases,
  tileCases,
  topKCases,
  transposeCases,
  unaryCases,
  unsqueezeCases,
  whereCases,
] as readonly (readonly OpCase<OpKind>[])[];

afterAll(closeGpu);

describe.each(TABLES.map((cases) => ({ op: cases[0]?.op, cases })))('$op', ({ cases }) => {
  it.each(cases)('$name', async (c) => {
    const expected = referenceOf(c);
    const variants = KERNELS[c.op].kind === 'view' ? [undefined] : variantsOf(c);
    expect(variants.length).toBeGreaterThan(0);
    for (const variant of variants) {
      const actual = await runCaseOnGpu(c, variant);
      expect(actual.length).toBe(expected.length);
      expected.forEach((e, i) => {
        const a = actual[i];
        if (!a) throw new Error(`${variant} gave no output ${i}`);
        expect(a.dtype).toBe(e.dtype);
        const computed = COMPUTING.includes(c.op) && isFloat(e.dtype);
        const tolerance = computed ? (c.tolerance ?? floatTolerance()) : { rtol: 0, atol: 0 };
        expectClose(a, e, tolerance, `${variant ?? 'view'}, output ${i}`);
      });
    }
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
