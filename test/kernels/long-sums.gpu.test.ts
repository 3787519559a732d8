/** Sums of many elements: each addition rounds to a share of what was added before, which as many equal ones show. */
import { afterAll, describe, expect, it } from 'vitest';
import type { ReduceKind } from '../../src/ir/ops.ts';
import { closeGpu } from '../helpers/gpu-device.ts';
import { runCaseOnGpu, variantsOf } from '../helpers/gpu-run.ts';
import type { OpCase } from '../helpers/op-case.ts';

afterAll(closeGpu);

const VALUE = Math.fround(1.1);

/** 1.1 everywhere. */
const same = (shape: readonly number[]) => {
  const count = shape.reduce((n, d) => n * d, 1);
  return [{ shape, values: Array.from({ length: count }, () => VALUE) }];
};

const reduction = (kind: ReduceKind, shape: readonly number[]): OpCase<'Reduce'> => ({
  name: `${kind} of ${shape.join('x')}`,
  op: 'Reduce',
  inputs: same(shape),
  attributes: { kind, axes: [0], keepDims: false },
});

async function expectAbout(c: OpCase, variant: string, expected: number): Promise<void> {
  const [y] = await runCaseOnGpu(c, variant);
  // Added one by one they are off by 2e-4 to 1e-2.
  y?.data.forEach((v) => expect(Math.abs(v / expected - 1), `${c.name}, ${variant}: ${v}`).toBeLessThan(2e-5));
}

describe('many equal elements', () => {
  const COUNT = 300_000;
  const KINDS: Readonly<Partial<Record<ReduceKind, number>>> = {
    sum: COUNT * VALUE,
    mean: VALUE,
    l2: Math.sqrt(COUNT) * VALUE,
    logSumExp: Math.log(COUNT) + VALUE,
  };

  it.each(Object.entries(KINDS) as [ReduceKind, number][])('%s', async (kind, expected) => {
    await expectAbout(reduction(kind, [COUNT, 1]), 'serial', expected);
    await expectAbout(reduction(kind, [COUNT, 1]), 'tree', expected);
    await expectAbout(reduction(kind, [COUNT, 4]), 'vec4', expected);
  });

  it('of a map', async () => {
    for (const shape of [
      [1, 500, 600, 1],
      [1, 300, 300, 4],
    ]) {
      const c: OpCase<'GlobalAveragePool'> = {
        name: 'mean',
        op: 'GlobalAveragePool',
        inputs: same(shape),
        attributes: {},
      };
      for (const variant of variantsOf(c)) await expectAbout(c, variant, VALUE);
    }
  });
});
