/** Runs a recurrent cell along every sequence of a batch: the loops that the references of the family share. */
import { zeros, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import type { Recurrent, RecurrentFunction } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { Tensors } from '../definition.ts';
import { activationFunction } from './activation.ts';
import { tensorAt } from './operands.ts';
import { isBackward, recurrentExtents, stepsWithin, type RecurrentExtents } from './recurrent.ts';

/** A function of one element. */
export type CellFunction = (x: number) => number;

/** One step of one direction, as a cell sees it. */
export interface CellStep {
  readonly units: number;
  /** x·w with the bias that goes with w, gate by gate. */
  readonly fromInput: Float64Array;
  /** The sum over all units of a gate's row of r and `state`, without bias. */
  readonly fromState: (gate: number, unit: number, state: Float64Array) => number;
  /** The bias of a gate's unit that goes with r. */
  readonly stateBias: (gate: number, unit: number) => number;
  /** The cell's functions; the argument of those of gates is clipped. */
  readonly functions: readonly CellFunction[];
  /** The row of p for this direction; undefined where there are no peepholes. */
  readonly peepholes: ArrayLike<number> | undefined;
}

/** What a step makes of the states before it: h, and what else there is. */
export type CellUpdate = (step: CellStep, states: readonly Float64Array[]) => readonly Float64Array[];

/** y and the last states. `states` is how many a cell has, the first of them h. */
export function runSequences(
  attributes: Recurrent,
  inputs: Tensors,
  outputs: readonly TensorDesc[],
  { gates, states, update }: { readonly gates: number; readonly states: number; readonly update: CellUpdate },
): readonly Tensor[] {
  const results = outputs.map(({ dtype, shape }) => zeros(dtype, shape));
  const [y, ...last] = results;
  const extents = recurrentExtents(attributes, inputs);
  const { steps, batch, directions, units } = extents;
  const lengths = inputs[4]?.data;
  for (let d = 0; d < directions; d++) {
    const step = new DirectionWeights(attributes, inputs, extents, gates, d);
    for (let n = 0; n < batch; n++) {
      const from = (d * batch + n) * units;
      let now: readonly Float64Array[] = Array.from({ length: states }, (_, s) => {
        const given = inputs[5 + s]?.data;
        return Float64Array.from({ length: units }, (_value, j) => given?.[from + j] ?? 0);
      });
      const length = stepsWithin(lengths, n, steps);
      for (let s = 0; s < length; s++) {
        const t = isBackward(attributes, d) ? length - 1 - s : s;
        step.read(t * batch + n);
        now = update(step, now);
        y?.data.set(at(now, 0), ((t * directions + d) * batch + n) * units);
      }
      last.forEach((state, s) => state.data.set(at(now, s), from));
    }
  }
  return results;
}

/** The weights of one direction, and what they make of the row of x that was read last. */
class DirectionWeights implements CellStep {
  readonly units: number;
  readonly fromInput: Float64Array;
  readonly functions: readonly CellFunction[];
  readonly peepholes: ArrayLike<number> | undefined;
  readonly #x: Tensor;
  readonly #w: ArrayLike<number>;
  readonly #r: ArrayLike<number>;
  readonly #b: ArrayLike<number> | undefined;
  readonly #width: number;

  constructor(attributes: Recurrent, inputs: Tensors, extents: RecurrentExtents, gates: number, direction: number) {
    const { units, inputs: width, directions } = extents;
    const rows = gates * units;
    const part = (t: Tensor | undefined, each: number): ArrayLike<number> | undefined =>
      t?.data.subarray(direction * each, (direction + 1) * each);
    const each = attributes.functions.length / directions;
    const own = attributes.functions.slice(direction * each, (direction + 1) * each);
    this.units = units;
    this.fromInput = new Float64Array(rows);
    this.functions = own.map((f, i) => (i < 2 ? clipped(cellFunction(f), attributes.clip) : cellFunction(f)));
    this.peepholes = part(inputs[7], 3 * units);
    this.#x = tensorAt(inputs, 0);
    this.#w = part(tensorAt(inputs, 1), rows * width) ?? [];
    this.#r = part(tensorAt(inputs, 2), rows * units) ?? [];
    this.#b = part(inputs[3], 2 * rows);
    this.#width = width;
  }

  /** Computes `fromInput` of row `row` of x. */
  read(row: number): void {
    const width = this.#width;
    const x = this.#x.data;
    for (let i = 0; i < this.fromInput.length; i++) {
      let sum = this.#b?.[i] ?? 0;
      for (let k = 0; k < width; k++) sum += (x[row * width + k] ?? 0) * (this.#w[i * width + k] ?? 0);
      this.fromInput[i] = sum;
    }
  }

  fromState(gate: number, unit: number, state: Float64Array): number {
    const from = (gate * this.units + unit) * this.units;
    let sum = 0;
    for (let k = 0; k < this.units; k++) sum += (state[k] ?? 0) * (this.#r[from + k] ?? 0);
    return sum;
  }

  stateBias(gate: number, unit: number): number {
    return this.#b?.[this.fromInput.length + gate * this.units + unit] ?? 0;
  }
}

/** The function with its argument clipped first; NaN stays. */
function clipped(f: CellFunction, clip: number): CellFunction {
  return clip === Infinity ? f : (x) => f(x < -clip ? -clip : x > clip ? clip : x);
}

/** The scalar function of a cell, parameters bound. */
export function cellFunction({ kind, alpha, beta }: RecurrentFunction): CellFunction {
  switch (kind) {
    case 'affine':
      return (x) => alpha * x + beta;
    case 'thresholdedRelu':
      return (x) => (x <= alpha ? 0 : x);
    case 'scaledTanh':
      return (x) => alpha * Math.tanh(beta * x);
    default:
      return activationFunction({ kind, alpha, beta });
  }
}
