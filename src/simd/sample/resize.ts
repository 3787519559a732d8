/** Resize as calls of a WASM kernel: one for two neighbouring axes, by way of scratch memory where more change. */
import { hostBytes, isFloat } from '../../core/dtype.ts';
import type { Shape, Tensor } from '../../core/tensor.ts';
import { resizeSteps, type ResizeStep } from '../../ir/shapes/resize.ts';
import { at, product, range, roundUp } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext, type SimdOperand } from '../definition.ts';
import { bytesOfValue } from '../lifetimes.ts';

/** An axis that changes, or one of a single element. */
type Axis = Pick<ResizeStep, 'input' | 'output' | 'window'> & Partial<Pick<ResizeStep, 'table'>>;

const SINGLE: Axis = { input: 1, output: 1, window: 1 };

/** Two neighbouring axes of `[outer, rows, columns, inner]`. */
interface Plane {
  readonly outer: number;
  readonly rows: Axis;
  readonly columns: Axis;
  readonly inner: number;
}

/** Words of a tap: a position and a weight. */
const TAP = 2;
const { BYTES_PER_ELEMENT } = Float32Array;

/** Elements that go the same way from which on they are a row of their own. */
const LONG = 64;

/**
 * The calls of a Resize of floats, or of anything to the nearest element. Nothing for one that is not known, that interpolates
 * integers, or that looks outside of its input.
 */
export function resize(context: SimdContext<'Resize'>): readonly SimdCall[] | undefined {
  const { inputs, outputs, node } = context;
  const [x, y] = [inputs[0], at(outputs, 0)];
  const isNearest = node.attributes.mode === 'nearest';
  if (!x || !(isNearest || isFloat(x.dtype))) return undefined;
  if ([1, 2, 3].some((input) => inputs[input] && !context.constant(input))) return undefined;
  const [scales, sizes, roi] = [1, 2, 3].map((input) => listOf(context.constant(input)));
  const steps = resizeSteps(node.attributes, x.shape, { scales, sizes, roi });
  if (steps.some((step) => step.crops && step.table.outside.length > 0)) return undefined;
  const planes = planesOf(x.shape, steps);
  return planes.map((plane, i) => planeCall(plane, [between(i - 1), between(i)], hostBytes(y.dtype)));

  /** What lies between a plane and the next. */
  function between(i: number): SimdOperand {
    if (i < 0) return inputOperand(context, 0);
    if (i === planes.length - 1) return outputOperand(context);
    const { outer, rows, columns, inner } = at(planes, i);
    const shape = [outer, rows.output, columns.output, inner];
    return { kind: 'scratch', id: `plane ${i}`, bytes: bytesOfValue({ dtype: y.dtype, shape }) };
  }
}

/** The elements of scales, sizes or roi; a list without entries is absent. */
function listOf(tensor: Tensor | undefined): number[] | undefined {
  return tensor && tensor.data.length > 0 ? Array.from(tensor.data) : undefined;
}

/** The planes to change one after the other: neighbouring axes in pairs, the last first. */
function planesOf(shape: Shape, steps: readonly ResizeStep[]): Plane[] {
  const current = [...shape];
  const planes: Plane[] = [];
  for (let i = 0; i < steps.length;) {
    const [last, before] = [at(steps, i), steps[i + 1]];
    const isPair = before?.axis === last.axis - 1;
    const first = isPair ? before : last;
    const inner = product(current.slice(last.axis + 1));
    const isRow = isPair || inner >= LONG;
    const [rows, columns] = isPair ? [before, last] : isRow ? [last, SINGLE] : [SINGLE, last];
    planes.push({ outer: product(current.slice(0, first.axis)), rows, columns, inner });
    current[last.axis] = last.output;
    current[first.axis] = first.output;
    i += isPair ? 2 : 1;
  }
  return planes.length > 0 ? planes : [{ outer: 1, rows: SINGLE, columns: SINGLE, inner: product(shape) }];
}

function planeCall(
  { outer, rows, columns, inner }: Plane,
  [from, to]: readonly [SimdOperand, SimdOperand],
  size: number,
): SimdCall {
  return {
    kernel: 'sample/resize',
    operands: [from, tapsOf(rows), tapsOf(columns), to],
    ints: [rows.input, columns.input, rows.output, columns.output, inner * size, rows.window, columns.window],
    units: outer * rows.output,
    scratch: rows.window > 1 ? roundUp(columns.input * inner * size, 16) : 0,
  };
}

/** For each element along an axis as many taps as the most have: where there are fewer, the last is there in parts. */
function tapsOf({ output, window, table }: Axis): SimdOperand {
  const source: Tensor = { dtype: 'float32', shape: [0], data: new Float32Array() };
  const bytes = output * window * TAP * BYTES_PER_ELEMENT;
  const write = ({ buffer, byteOffset }: Uint8Array): void => {
    // All are zeros before, as is right for an axis of one element.
    if (!table) return;
    const length = output * window * TAP;
    const [places, weights] = [
      new Int32Array(buffer, byteOffset, length),
      new Float32Array(buffer, byteOffset, length),
    ];
    for (let i = 0; i < output; i++) {
      const shares = table.weights.subarray(i * window, (i + 1) * window);
      // What has no weight has no part, be it infinite.
      const used = range(at(table.counts, i)).filter((k) => at(shares, k) !== 0);
      const last = used.length - 1;
      for (let k = 0; k < window; k++) {
        const tap = at(used, Math.min(k, last));
        places[TAP * (i * window + k)] = at(table.firsts, i) + tap;
        weights[TAP * (i * window + k) + 1] = at(shares, tap) / (k < last ? 1 : window - last);
      }
    }
  };
  return { kind: 'packed', source, key: 'taps', bytes, write };
}
