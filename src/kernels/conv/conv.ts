/** Convolution: the variants in `conv/`, from the most special to the one that takes every shape. */
import { depthwise } from './depthwise.ts';
import { depthwiseSlides } from './depthwise-slide.ts';
import { direct } from './direct.ts';
import { implicit } from './implicit.ts';
import { pointwise } from './pointwise.ts';
import { preferredConv } from './preferred.ts';
import { withoutScale } from './shared.ts';
import { winograd, winogradPart } from './winograd.ts';
import { FLOATS } from '../../core/dtype.ts';
import type { KernelDefinition } from '../definition.ts';
import { PLANAR_RANKS } from '../lib/window.ts';

export const conv: KernelDefinition<'Conv'> = {
  kind: 'dispatch',
  variants: [...pointwise, ...[...depthwiseSlides, depthwise, ...winograd, ...implicit].map(withoutScale), direct],
  preferred: preferredConv,
  // x, w, bias, residual, scale
  inputs: [
    { dtypes: FLOATS, storage: ['f16'], lies: 'rows' },
    { storage: ['f16'] },
    {},
    { storage: ['f16'], lies: 'rows' },
    { storage: ['f16'] },
  ],
  outputs: { storage: ['f16'], lies: 'channels' },
  ranks: PLANAR_RANKS,
  overwrites: () => [3],
  siblings: ({ inputs }) => ({ accumulates: Boolean(inputs[3]) }),
  parts: [winogradPart],
};
