/** Cases of GRU: the reset gate before and behind the product, directions, lengths, states, functions. */
import type { OpCase } from '../../../helpers/op-case.ts';
import { cell, recurrentAttributes, recurrentInputs, type Setting } from './recurrent.ts';

const USUAL = [cell('sigmoid'), cell('tanh')];

function gru(
  name: string,
  linearBeforeReset: boolean,
  setting: Setting,
  own: Partial<OpCase<'GRU'>> = {},
): OpCase<'GRU'> {
  return {
    name: `${name}${linearBeforeReset ? ', reset behind the product' : ''}`,
    op: 'GRU',
    inputs: recurrentInputs(setting, 3),
    attributes: { ...recurrentAttributes(setting, USUAL), linearBeforeReset },
    outputCount: 2,
    ...own,
  };
}

/** Both places of the reset gate. */
const both = (name: string, setting: Setting, own: Partial<OpCase<'GRU'>> = {}): OpCase<'GRU'>[] => [
  gru(name, false, setting, own),
  gru(name, true, setting, own),
];

export const gruCases: readonly OpCase<'GRU'>[] = [
  ...both('one unit, one step', { steps: 1, units: 1, inputs: 1 }),
  ...both('forward', { steps: 5, batch: 3, units: 8 }),
  ...both('one step with a state', { steps: 1, batch: 2, units: 16, inputs: 7, states: 1 }),
  ...both('without bias, backwards', { steps: 7, units: 5, bias: false, direction: 'reverse' }),
  ...both('both directions, states', {
    steps: 3,
    batch: 2,
    units: 7,
    inputs: 3,
    direction: 'bidirectional',
    states: 1,
  }),
  ...both('lengths', { steps: 6, batch: 3, units: 5, lengths: [6, 1, 3], states: 1, direction: 'bidirectional' }),
  ...both('clipped', { steps: 4, batch: 2, units: 5, clip: 0.25 }),
  gru('functions with parameters', true, {
    steps: 4,
    batch: 2,
    units: 5,
    functions: [cell('elu', 0.7), cell('thresholdedRelu', 0.2)],
  }),
  gru('other functions', false, { steps: 4, batch: 2, units: 5, functions: [cell('softplus'), cell('relu')] }),
  gru('each direction has its functions', true, {
    steps: 3,
    batch: 2,
    units: 6,
    direction: 'bidirectional',
    functions: [...USUAL, cell('hardSigmoid', 0.2, 0.5), cell('softsign')],
  }),
  gru('weights are computed', true, { steps: 3, batch: 2, units: 5, computed: true, states: 1 }),
  ...both('65 units', { steps: 3, batch: 2, units: 65, inputs: 17, states: 1 }),
  ...both('no steps', { steps: 0, batch: 2, units: 4, states: 1 }, { noOracle: 'onnxruntime takes no empty sequence' }),
  ...both(
    'lengths of none, beyond the end and below 0',
    { steps: 3, batch: 3, units: 3, lengths: [0, 7, -2], states: 1 },
    { noOracle: 'onnxruntime refuses lengths outside' },
  ),
];
