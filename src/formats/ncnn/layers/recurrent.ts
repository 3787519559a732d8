/** Recurrent networks, whose blobs are a row for each step. */
import { tensorOf } from '../../../core/tensor.ts';
import type { Recurrent, RecurrentKind } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import type { NcnnContext, NcnnTranslation } from '../context.ts';

const DIRECTIONS = ['forward', 'reverse', 'bidirectional'] as const;

/** What kind of cell it is. */
interface Cell {
  readonly op: 'LSTM' | 'GRU' | 'RNN';
  /** Of the file's gates the places in which the engine's lie. */
  readonly gates: readonly number[];
  readonly functions: readonly RecurrentKind[];
}

const LSTM: Cell = { op: 'LSTM', gates: [0, 2, 1, 3], functions: ['sigmoid', 'tanh', 'tanh'] };
const GRU: Cell = { op: 'GRU', gates: [1, 0, 2], functions: ['sigmoid', 'tanh'] };
const RNN: Cell = { op: 'RNN', gates: [0], functions: ['tanh'] };

/** Weights of a layer, in the engine's order of gates. */
interface Matrices {
  readonly w: string;
  readonly r: string;
  readonly b: string;
}

/** The layer: the blob, and the states that it begins with and ends in, where the file has blobs for them. */
function recurrent(cell: Cell): NcnnTranslation {
  return (c) => {
    const units = c.intFrom(1, 0, 0);
    const size = c.intFrom(1, 1, 0);
    const direction = DIRECTIONS[c.int(2, 0)] ?? c.refuse(`direction ${c.int(2, 0)}`);
    if (cell.op === 'LSTM' && c.int(3, units) !== units) c.refuse('hidden states that are projected');
    c.refuseFlag(8, 'weights of 8 bits');
    const both = direction === 'bidirectional' ? 2 : 1;
    const width = size / both / units / cell.gates.length;
    if (!Number.isInteger(width)) c.fail(`${size} weights do not fit ${units} units`);
    const matrices = read(c, cell, { units, width, both });
    const functions = range(both).flatMap(() => cell.functions.map((kind) => ({ kind, alpha: 0, beta: 0 })));
    return results(c, cell, matrices, { direction, functions, clip: Infinity });
  };
}

interface Extents {
  readonly units: number;
  readonly width: number;
  readonly both: number;
}

/** Rows of the file's gates, those of each direction, as `[D, gates·H, …]` in the engine's order. */
function gatesOf(c: NcnnContext, x: string, { gates }: Cell): string {
  return gates.every((gate, i) => gate === i) ? x : c.one('Gather', [x, c.ints(gates)], { axis: 1 });
}

/** The weights lie in the order of inputs, bias, states. */
function read(c: NcnnContext, cell: Cell, { units, width, both }: Extents): Matrices {
  const count = cell.gates.length;
  const matrix = (columns: number, what: string): (() => string) => {
    const raw = c.weights([both, count, units, columns], what);
    return () => c.reshape(gatesOf(c, raw, cell), [both, count * units, columns]);
  };
  const w = matrix(width, 'weights of the inputs');
  const biases = c.weights([both, cell.op === 'GRU' ? 4 : count, units], 'bias');
  const r = matrix(units, 'weights of the states');
  return { w: w(), b: bothBiases(c, cell, biases, units, both), r: r() };
}

/** Biases of inputs and of states: the file has one of both, but of what a GRU hides. */
function bothBiases(c: NcnnContext, cell: Cell, biases: string, units: number, both: number): string {
  const count = cell.gates.length;
  if (cell.op === 'GRU') {
    // Reset, update, hidden of the inputs, hidden of the states: the first two may lie with either.
    const padded = c.one('Concat', [biases, c.constant(zeros(both, units), 'none')], { axis: 1 });
    return c.reshape(c.one('Gather', [padded, c.ints([1, 0, 2, 4, 4, 3])], { axis: 1 }), [both, 6 * units]);
  }
  const inputs = c.reshape(gatesOf(c, biases, cell), [both, count * units]);
  return c.one(
    'Concat',
    [inputs, c.constant({ ...zeros(both, count * units), shape: [both, count * units] }, 'none')],
    {
      axis: 1,
    },
  );
}

function zeros(both: number, units: number) {
  return tensorOf('float32', [both, 1, units], new Float32Array(both * units));
}

function results(c: NcnnContext, { op }: Cell, { w, r, b }: Matrices, attributes: Recurrent): string[] {
  const states = op === 'LSTM' ? 2 : 1;
  const given = c.inputs().slice(1);
  if ((given.length !== 0 && given.length !== states) || (c.outputCount !== 1 && c.outputCount !== 1 + states)) {
    c.refuse(`${c.inputCount} blobs to read and ${c.outputCount} to make`);
  }
  const x = c.input();
  if (c.dims(x) !== 2) c.refuse(`a blob of ${c.dims(x)} dimensions`);
  const steps = c.one('Transpose', [x], { perm: [1, 0, 2] });
  // States are a row for each direction, or a vector.
  const swapped = (state: string): string => c.one('Transpose', [state], { perm: [1, 0, 2] });
  const initial = given.map((state) =>
    swapped(c.dims(state) === 1 ? c.one('Unsqueeze', [state], { axes: [1] }) : state),
  );
  const operands = [steps, w, r, b, '', ...initial];
  const [y = '', ...last] = outputs(c, op, initial.length > 0 ? operands : operands.slice(0, 4), attributes);
  // [T, D, N, H] → [N, T, D·H]
  const rows = c.reshape(c.one('Transpose', [y], { perm: [2, 0, 1, 3] }), [0, 0, -1]);
  return [rows, ...last.slice(0, c.outputCount - 1).map(swapped)];
}

function outputs(c: NcnnContext, op: Cell['op'], operands: readonly string[], attributes: Recurrent): string[] {
  if (op === 'LSTM') return c.many('LSTM', operands, { ...attributes, inputForget: false }, 3);
  if (op === 'GRU') return c.many('GRU', operands, { ...attributes, linearBeforeReset: true }, 2);
  return c.many('RNN', operands, attributes, 2);
}

/** Recurrent layers. */
export const RECURRENT = { LSTM: recurrent(LSTM), GRU: recurrent(GRU), RNN: recurrent(RNN) } satisfies Record<
  string,
  NcnnTranslation
>;
