/** Cases of RNN: every function a cell can have, directions, lengths, states. */
import type { RecurrentFunction } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { cell, recurrentAttributes, recurrentInputs, type Setting } from './recurrent.ts';

function rnn(name: string, setting: Setting, own: Partial<OpCase<'RNN'>> = {}): OpCase<'RNN'> {
  return {
    name,
    op: 'RNN',
    inputs: recurrentInputs(setting, 1),
    attributes: recurrentAttributes(setting, [cell('tanh')]),
    outputCount: 2,
    ...own,
  };
}

const FUNCTIONS: readonly RecurrentFunction[] = [
  cell('relu'),
  cell('sigmoid'),
  cell('affine', 0.7, -0.2),
  cell('leakyRelu', 0.3),
  cell('thresholdedRelu', 0.4),
  cell('scaledTanh', 0.8, 1.5),
  cell('hardSigmoid', 0.4, 0.3),
  cell('elu', 1.5),
  cell('softsign'),
  cell('softplus'),
];

export const rnnCases: readonly OpCase<'RNN'>[] = [
  rnn('one unit, one step', { steps: 1, units: 1, inputs: 1 }),
  rnn('forward', { steps: 5, batch: 3, units: 8, states: 1 }),
  rnn('both directions, lengths', { steps: 5, batch: 3, units: 5, lengths: [5, 2, 1], direction: 'bidirectional' }),
  rnn('backwards, without bias', { steps: 4, batch: 17, units: 3, bias: false, direction: 'reverse', states: 1 }),
  rnn('clipped', { steps: 4, units: 6, clip: 0.3 }),
  rnn('more units than a workgroup has lanes', { steps: 2, units: 1100, inputs: 3 }),
  ...FUNCTIONS.map((f) => rnn(f.kind, { steps: 3, batch: 2, units: 5, functions: [f] })),
  rnn('no steps, no state', { steps: 0, batch: 2, units: 5 }, { noOracle: 'onnxruntime takes no empty sequence' }),
  rnn(
    'no inputs',
    { steps: 2, batch: 2, units: 4, inputs: 0, states: 1 },
    { noOracle: 'onnxruntime takes no empty input' },
  ),
];
