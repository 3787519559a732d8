/** The loops of GRU: only the CPU backend runs them. */
import type { OpAttributes } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { runSequences, type CellStep } from '../lib/sequences.ts';

export const gruReference: Reference<'GRU'> = ({ attributes }, inputs, outputs) =>
  runSequences(attributes, inputs, outputs, {
    gates: 3,
    states: 1,
    update: (step, [h]) => [gruStep(attributes, step, h ?? new Float64Array())],
  });

/** Gates update, reset, hidden. */
function gruStep({ linearBeforeReset }: OpAttributes['GRU'], step: CellStep, h: Float64Array): Float64Array {
  const { units, fromInput, functions } = step;
  const [f, g] = [at(functions, 0), at(functions, 1)];
  const gate = (which: number): Float64Array =>
    Float64Array.from({ length: units }, (_, j) =>
      f((fromInput[which * units + j] ?? 0) + step.fromState(which, j, h) + step.stateBias(which, j)),
    );
  const [update, reset] = [gate(0), gate(1)];
  const kept = h.map((value, j) => value * at(reset, j));
  return h.map((value, j) => {
    const fromState = linearBeforeReset
      ? at(reset, j) * (step.fromState(2, j, h) + step.stateBias(2, j))
      : step.fromState(2, j, kept) + step.stateBias(2, j);
    const hidden = g((fromInput[2 * units + j] ?? 0) + fromState);
    return (1 - at(update, j)) * hidden + at(update, j) * value;
  });
}
