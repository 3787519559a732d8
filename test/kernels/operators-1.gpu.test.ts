/** Every variant of the convolution, pooling, matrix and normalisation kernels against the CPU reference. */
import { afterAll, describe, expect, it } from 'vitest';
import type { OpKind } from '../../src/ir/ops.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { closeGpu, referenceOf, runCaseOnGpu, variantsOf } from '../helpers/gpu-run.ts';
import type { OpCase } from '../helpers/op-case.ts';
import { activationCases } from '../ops/cases/activation.ts';
import { convCases } from '../ops/cases/conv.ts';
import { maxPoolCases } from '../ops/cases/max-pool.ts';
import { averagePoolCases } from '../ops/cases/average-pool.ts';
import { globalAveragePoolCases } from '../ops/cases/global-average-pool.ts';
import { globalMaxPoolCases } from '../ops/cases/global-max-pool.ts';
import { gemmCases } from '../ops/cases/gemm.ts';
import { matMulCases } from '../ops/cases/mat-mul.ts';
import { batchNormalizationCases } from '../ops/cases/batch-normalization.ts';
import { lrnCases } from '../ops/cases/lrn.ts';
import { softmaxCases } from '../ops/cases/softmax.ts';
import { resizeCases } from '../ops/cases/resize.ts';
import { pReluCases } from '../ops/cases/p-relu.ts';
import { channelShuffleCases } from '../ops/cases/channel-shuffle.ts';

function table<K extends OpKind>(op: K, cases: readonly OpCase<K>[]) {
  return { op, cases: cases as unknown as readonly OpCase[] };
}

const TABLES = [
  table('Activation', activationCases),
  table('Conv', convCases),
  table('MaxPool', maxPoolCases),
  table('AveragePool', averagePoolCases),
  table('GlobalAveragePool', globalAveragePoolCases),
  table('GlobalMaxPool', globalMaxPoolCases),
  table('Gemm', gemmCases),
  table('MatMul', matMulCases),
  table('BatchNormalization', batchNormalizationCases),
  table('LRN', lrnCases),
  table('Softmax', softmaxCases),
  table('Resize', resizeCases),
  table('PRelu', pReluCases),
  table('ChannelShuffle', channelShuffleCases),
];

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
