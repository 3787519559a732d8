/** The loops of RNN: only the CPU backend runs them. */
import { at } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { runSequences } from '../lib/sequences.ts';

export const rnnReference: Reference<'RNN'> = ({ attributes }, inputs, outputs) =>
  runSequences(attributes, inputs, outputs, {
    gates: 1,
    states: 1,
    update: (step, [h = new Float64Array()]) => {
      const f = at(step.functions, 0);
      return [h.map((_, j) => f((step.fromInput[j] ?? 0) + step.fromState(0, j, h) + step.stateBias(0, j)))];
    },
  });
