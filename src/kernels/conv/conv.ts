/** Convolution: the variants in `conv/`, from the most special to the one that takes every shape. */
import { depthwise } from './depthwise.ts';
import { depthwiseSlides } from './depthwise-slide.ts';
import { direct } from './direct.ts';
import { implicit } from './implicit.ts';
import { pointwise } from './pointwise.ts';
import { preferredConv } from './preferred.ts';
import { withoutScale } from './shared.ts';
import { winograd, winogradPart } from './winograd.ts';
import type { KernelDefinition } from '../definition.ts';

export const conv: KernelDefinition<'Conv'> = {
  kind: 'dispatch',
  variants: [...pointwise, ...[...depthwiseSlides, depthwise, ...winograd, ...implicit].map(withoutScale), direct],
  preferred: preferredConv,
  placed: { inputs: [0, 3], outputs: 'any' },
  half: [0, 1, 3, 4],
  inPlace: () => [3],
  parts: [winogradPart],
};
