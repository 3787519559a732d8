/** Every variant of the convolution, pooling, matrix and normalisation kernels against the CPU reference. */
import { afterAll, describe, expect, it } from 'vitest';
import type { OpKind } from '../../src/ir/ops.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { closeGpu, referenceOf, runCaseOnGpu, variantsOf } from '../helpers/gpu-run.ts';
import type { OpCase } from '../helpers/op-case.ts';
import { activationCases } from '../ops/cases/activation.ts';
import { convCases } from '../ops/cases/conv.ts';

function table<K extends OpKind>(op: K, cases: readonly OpCase<K>[]) {
  return { op, cases: cases as unknown as readonly OpCase[] };
}

const TABLES = [table('Activation', activationCases), table('Conv', convCases)];

afterAll(closeGpu);

describe.each(TABLES)('$op', ({ cases }) => {
  it.each(cases)('$name', async (c) => {
    const expected = referenceOf(c);
    const variants = variantsOf(c);
    expect(variants.length).toBeGreaterThan(0);
    for (const variant of variants) {
      const actual = await runCaseOnGpu(c, variant);
      expected.forEach((e, i) => {
        const a = actual[i];
        if (!a) throw new Error(`${variant} gave no output ${i}`);
        expectClose(a, e, c.tolerance ?? floatTolerance(), `${variant}, output ${i}`);
      });
    }
  });
});
