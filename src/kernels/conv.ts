/** Convolution: the variants in `conv/`, from the most special to the one that takes every shape. */
import { depthwise } from './conv/depthwise.ts';
import { depthwiseSlides } from './conv/depthwise-slide.ts';
import { direct } from './conv/direct.ts';
import { implicit } from './conv/implicit.ts';
import { pointwise } from './conv/pointwise.ts';
import { preferredConv } from './conv/preferred.ts';
import { withoutScale } from './conv/shared.ts';
import { winograd } from './conv/winograd.ts';
import type { KernelDefinition } from './definition.ts';

export const conv: KernelDefinition<'Conv'> = {
  kind: 'dispatch',
  variants: [...pointwise, ...[...depthwiseSlides, depthwise, ...winograd, ...implicit].map(withoutScale), direct],
  preferred: preferredConv,
  placed: { inputs: [0, 3], outputs: 'any' },
  half: [0, 1, 3, 4],
  inPlace: () => [3],
};
