/** Convolution: the variants in `conv/`, from the most special to the one that takes every shape. */
import { depthwise } from './conv/depthwise.ts';
import { direct } from './conv/direct.ts';
import { pointwise, preferredPointwise } from './conv/pointwise.ts';
import type { KernelDefinition } from './definition.ts';

export const conv: KernelDefinition<'Conv'> = {
  kind: 'dispatch',
  variants: [...pointwise, depthwise, direct],
  preferred: preferredPointwise,
  placed: { inputs: [0, 3], outputs: 'any' },
  half: [0, 1, 3],
  inPlace: () => [3],
};
