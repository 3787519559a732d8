/** ncnn's recurrent cells as plain loops: what tests hold the importer against. */
import { range } from '../../src/util/arrays.ts';

/** The weights of one direction, gate by gate in ncnn's order; biases likewise, four of a GRU. */
export interface PlainCell {
  readonly type: 'LSTM' | 'GRU' | 'RNN';
  readonly units: number;
  readonly width: number;
  readonly inputs: readonly number[];
  readonly bias: readonly number[];
  readonly states: readonly number[];
}

interface State {
  h: number[];
  c: number[];
}

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

/** W·x of one unit of a gate. */
function product(weights: readonly number[], row: number, x: readonly number[]): number {
  return x.reduce((sum, v, i) => sum + v * (weights[row * x.length + i] ?? 0), 0);
}

function step({ type, units, inputs, bias, states }: PlainCell, x: readonly number[], { h, c }: State): State {
  const of = (gate: number, q: number): number => product(inputs, gate * units + q, x);
  const state = (gate: number, q: number): number => product(states, gate * units + q, h);
  const b = (gate: number, q: number): number => bias[gate * units + q] ?? 0;
  const gate = (g: number, q: number): number => of(g, q) + state(g, q) + b(g, q);
  if (type === 'RNN') return { h: range(units).map((q) => Math.tanh(gate(0, q))), c };
  if (type === 'GRU') {
    const next = range(units).map((q) => {
      const [reset, update] = [sigmoid(gate(0, q)), sigmoid(gate(1, q))];
      const fresh = Math.tanh(of(2, q) + b(2, q) + reset * (state(2, q) + b(3, q)));
      return (1 - update) * fresh + update * (h[q] ?? 0);
    });
    return { h: next, c };
  }
  const cell = range(units).map((q) => sigmoid(gate(1, q)) * (c[q] ?? 0) + sigmoid(gate(0, q)) * Math.tanh(gate(3, q)));
  return { h: cell.map((v, q) => sigmoid(gate(2, q)) * Math.tanh(v)), c: cell };
}

/** States of all steps in their order in time, and the last: of rows of `x`, from the end on where it is reversed. */
export function plainRecurrent(
  cell: PlainCell,
  x: readonly (readonly number[])[],
  reversed: boolean,
  first: State = { h: range(cell.units).map(() => 0), c: range(cell.units).map(() => 0) },
): { readonly rows: number[][]; readonly last: State } {
  let state = first;
  const rows: number[][] = [];
  for (const t of reversed ? range(x.length).toReversed() : range(x.length)) {
    state = step(cell, x[t] ?? [], state);
    rows[t] = state.h;
  }
  return { rows, last: state };
}
