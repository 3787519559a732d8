/** The loops of LSTM: only the CPU backend runs them. */
import type { OpAttributes } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { runSequences, type CellStep } from '../lib/sequences.ts';

export const lstmReference: Reference<'LSTM'> = ({ attributes }, inputs, outputs) =>
  runSequences(attributes, inputs, outputs, {
    gates: 4,
    states: 2,
    update: (step, [h, c]) => lstmStep(attributes, step, h ?? new Float64Array(), c ?? new Float64Array()),
  });

/** Gates input, output, forget, cell; the output gate's peephole is of the new state, the others' of the old one. */
function lstmStep(
  { inputForget }: OpAttributes['LSTM'],
  step: CellStep,
  h: Float64Array,
  c: Float64Array,
): readonly Float64Array[] {
  const { units, fromInput, functions, peepholes } = step;
  const [f, g, out] = [at(functions, 0), at(functions, 1), at(functions, 2)];
  const [newH, newC] = [new Float64Array(units), new Float64Array(units)];
  for (let j = 0; j < units; j++) {
    const sum = (gate: number): number =>
      (fromInput[gate * units + j] ?? 0) + step.fromState(gate, j, h) + step.stateBias(gate, j);
    const peep = (which: number, state: number): number => (peepholes ? at(peepholes, which * units + j) * state : 0);
    const old = at(c, j);
    const input = f(sum(0) + peep(0, old));
    const forget = inputForget ? 1 - input : f(sum(2) + peep(2, old));
    const state = forget * old + input * g(sum(3));
    newC[j] = state;
    newH[j] = f(sum(1) + peep(1, state)) * out(state);
  }
  return [newH, newC];
}
