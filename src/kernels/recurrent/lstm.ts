/** LSTM → the product of x and w for all steps, and one dispatch for the sequence, or one a step. */
import type { Dispatched } from '../definition.ts';
import { recurrentKernels } from './kernels.ts';

export const lstm: Dispatched<'LSTM'> = recurrentKernels(({ node, inputs }) => ({
  op: 'LSTM',
  inputForget: node.attributes.inputForget,
  peepholes: inputs[7] !== undefined,
}));
