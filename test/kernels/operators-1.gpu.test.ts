/** The variants, in turn over the cases, of the convolution, pooling, matrix and normalisation kernels against the CPU reference. */
import { afterAll, describe, it } from 'vitest';
import { gpuTables } from '../helpers/case-tables.ts';
import { checkCase } from '../helpers/check-case.ts';
import { floatTolerance } from '../helpers/close.ts';
import { closeGpu } from '../helpers/gpu-run.ts';

afterAll(closeGpu);

describe.each(await gpuTables('first'))('$op', ({ cases }) => {
  it.each(cases.map((c, index) => ({ name: c.name, c, index })))('$name', async ({ c, index }) => {
    await checkCase(c, index, c.tolerance ?? floatTolerance());
  });
});
