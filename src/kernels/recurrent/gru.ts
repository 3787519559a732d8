/** GRU → the product of x and w for all steps, and one dispatch for the sequence, or one or two a step. */
import type { Dispatched } from '../definition.ts';
import { recurrentKernels } from './kernels.ts';

export const gru: Dispatched<'GRU'> = recurrentKernels(({ node, inputs }) => {
  const { linearBeforeReset } = node.attributes;
  return { op: 'GRU', linearBeforeReset, biased: linearBeforeReset && inputs[3] !== undefined };
});
