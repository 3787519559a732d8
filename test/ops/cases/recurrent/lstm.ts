/** Cases of LSTM: directions, lengths, peepholes, states, functions, odd and large numbers of units. */
import type { OpCase } from '../../../helpers/op-case.ts';
import { cell, recurrentAttributes, recurrentInputs, type Setting } from './recurrent.ts';

const USUAL = [cell('sigmoid'), cell('tanh'), cell('tanh')];

function lstm(
  name: string,
  { inputForget = false, ...setting }: Setting & { inputForget?: boolean },
  own: Partial<OpCase<'LSTM'>> = {},
): OpCase<'LSTM'> {
  return {
    name,
    op: 'LSTM',
    inputs: recurrentInputs(setting, 4),
    attributes: { ...recurrentAttributes(setting, USUAL), inputForget },
    outputCount: 3,
    ...own,
  };
}

export const lstmCases: readonly OpCase<'LSTM'>[] = [
  lstm('one unit, one step', { steps: 1, units: 1, inputs: 1 }),
  lstm('forward', { steps: 5, batch: 3, units: 8 }),
  lstm('one step with states', { steps: 1, batch: 2, units: 16, inputs: 7, states: 2 }),
  lstm('without bias, backwards', { steps: 7, units: 5, bias: false, direction: 'reverse' }),
  lstm('both directions, states', { steps: 3, batch: 2, units: 7, inputs: 3, direction: 'bidirectional', states: 2 }),
  lstm('h alone is given', { steps: 3, batch: 2, units: 4, states: 1 }),
  lstm('peepholes', { steps: 4, batch: 2, units: 3, peepholes: true, states: 2 }),
  lstm('lengths', { steps: 6, batch: 3, units: 4, lengths: [6, 1, 3] }),
  lstm('lengths, peepholes, states, both directions', {
    steps: 5,
    batch: 3,
    units: 9,
    lengths: [2, 5, 4],
    peepholes: true,
    states: 2,
    direction: 'bidirectional',
  }),
  lstm('clipped', { steps: 4, batch: 2, units: 5, clip: 0.25, states: 2 }),
  lstm('input and forget gate in one', { steps: 4, units: 6, inputForget: true }),
  lstm('functions with parameters', {
    steps: 4,
    batch: 2,
    units: 5,
    functions: [cell('hardSigmoid', 0.3, 0.4), cell('scaledTanh', 1.2, 0.7), cell('affine', 0.8, 0.1)],
  }),
  lstm('each direction has its functions', {
    steps: 4,
    batch: 2,
    units: 6,
    direction: 'bidirectional',
    functions: [...USUAL, cell('hardSigmoid', 0.2, 0.5), cell('softsign'), cell('leakyRelu', 0.1)],
  }),
  lstm('weights are computed', { steps: 3, batch: 2, units: 5, computed: true, states: 2 }),
  lstm('129 units', { steps: 3, batch: 2, units: 129, inputs: 17 }),
  lstm('many of a batch', { steps: 3, batch: 37, units: 12 }),
  { ...lstm('256 units', { steps: 2, units: 256, inputs: 3, direction: 'bidirectional' }), full: true },
  lstm('no steps', { steps: 0, batch: 2, units: 4, states: 2 }, { noOracle: 'onnxruntime takes no empty sequence' }),
  lstm('nothing in the batch', { steps: 3, batch: 0, units: 4 }, { noOracle: 'onnxruntime takes no empty batch' }),
  lstm(
    'lengths of none, beyond the end and below 0',
    { steps: 3, batch: 3, units: 4, lengths: [0, 7, -2], states: 2, direction: 'bidirectional' },
    { noOracle: 'onnxruntime refuses lengths outside' },
  ),
  lstm(
    'float16',
    { steps: 3, batch: 2, units: 6, dtype: 'float16', states: 2 },
    { noOracle: 'onnxruntime-web has float32 only' },
  ),
  {
    ...lstm(
      'NaN and infinity',
      { steps: 3, batch: 3, units: 4, inputs: 2 },
      { noOracle: 'onnxruntime makes a number of NaN' },
    ),
    inputs: [
      { shape: [3, 3, 2], values: [1, 2, NaN, 1, 0, 1, 1, 1, 1, 1, Infinity, 1, 1, 1, 1, 1, 1, -Infinity] },
      ...recurrentInputs({ steps: 3, batch: 3, units: 4, inputs: 2 }, 4).slice(1),
    ],
  },
];
