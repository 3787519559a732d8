/** Every variant of the convolution, pooling, matrix and normalisation kernels against the CPU reference. */
import { afterAll, describe, expect, it } from 'vitest';
import { gpuTables } from '../helpers/case-tables.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { closeGpu, referenceOf, runCaseOnGpu, variantsOf } from '../helpers/gpu-run.ts';

afterAll(closeGpu);

describe.each(await gpuTables('first'))('$op', ({ cases }) => {
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
