/** Resize along any axes: nearest, linear or cubic, with every coordinate transformation of ONNX Resize-19. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, tensorOf, type Shape, type TensorDesc } from '../../core/tensor.ts';
import type { NodeOf, OpAttributes } from '../../ir/ops.ts';
import {
  resizeAxes,
  resizeReach,
  resizedElement,
  resizeSteps,
  type ResizeStep,
  type ResizeTargets,
} from '../../ir/shapes/resize.ts';
import { at, product, range } from '../../util/arrays.ts';
import type { InputDescs, OpDefinition, Operand, Operands, WindowStep } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/** Steps that the memory of one element between two axes counts as. */
const MAP_STEPS = 8;

/** The elements of scales, sizes and roi; a list without entries is absent. Throws ShapeError when one is not known. */
function targetsOf([, scales, sizes, roi]: Operands): ResizeTargets {
  return { scales: listOf(scales), sizes: listOf(sizes), roi: listOf(roi) };
}

function listOf(given: Operand | undefined): number[] | undefined {
  if (!given || given.shape.includes(0)) return undefined;
  if (given.value) return Array.from(given.value.data);
  throw new ShapeError('the extent of Resize depends on the data; it must follow from the input shapes');
}

function infer({ attributes }: NodeOf<'Resize'>, inputs: Operands): readonly TensorDesc[] {
  const { dtype, shape } = operand(inputs, 0);
  if (attributes.mode !== 'nearest' && dtype === 'bool') {
    throw new ShapeError(`${attributes.mode} Resize of ${dtype} is not defined`);
  }
  const resized = [...shape];
  for (const { axis, output } of resizeAxes(attributes, shape, targetsOf(inputs))) resized[axis] = output;
  elementCount(resized);
  return [{ dtype, shape: resized }];
}

/**
 * Changes x along any of its axes, one after the other. Integers are interpolated as floats, then lose their fraction
 * (with antialias they are rounded, after every axis) and saturate. Throws ShapeError unless scales, sizes and roi are
 * known, and on interpolated booleans.
 */
export const resize: OpDefinition<'Resize'> = {
  infer,
  shapeInputs: [1, 2, 3],
  reference: ({ attributes }, inputs, outputs) => {
    const x = tensorAt(inputs, 0);
    const { dtype, shape } = at(outputs, 0);
    const targets = targetsOf(inputs.map((t) => t && { ...t, value: t }));
    const steps = resizeSteps(attributes, x.shape, targets);
    const settle = resizedElement(attributes, dtype);
    let data: ArrayLike<number> = x.data;
    const current = [...x.shape];
    for (const step of steps) {
      const blended = blend(data, current, step);
      current[step.axis] = step.output;
      data = attributes.antialias ? blended.map(settle) : blended;
    }
    const y = new Float64Array(data).map(settle);
    for (const step of steps) fillOutside(y, shape, step, settle(attributes.extrapolation));
    return [tensorOf(dtype, shape, y)];
  },
  sees: windowsOf,
  work: ({ attributes }, inputs) => workOf(attributes, operand(inputs, 0).shape, targetsOf(inputs)),
};

function blend(x: ArrayLike<number>, shape: Shape, { axis, input, output, window, table }: ResizeStep): Float64Array {
  const inner = product(shape.slice(axis + 1));
  const outer = product(shape.slice(0, axis));
  const y = new Float64Array(outer * output * inner);
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < output; i++) {
      const from = (o * input + at(table.firsts, i)) * inner;
      for (let c = 0; c < inner; c++) {
        let sum = 0;
        for (let k = 0; k < at(table.counts, i); k++) {
          const weight = at(table.weights, i * window + k);
          // What has no weight has no part, be it infinite.
          if (weight !== 0) sum += weight * at(x, from + k * inner + c);
        }
        y[to++] = sum;
      }
    }
  }
  return y;
}

/** Steps of all axes, of which each leaves a map of float64 to the next: that may be far larger than both ends. */
function workOf(attributes: OpAttributes['Resize'], shape: Shape, targets: ResizeTargets): number {
  const current = [...shape];
  const axes = resizeAxes(attributes, shape, targets).filter(({ input, output }) => input !== output);
  const steps = axes
    .sort((a, b) => b.axis - a.axis)
    .map((step) => {
      current[step.axis] = step.output;
      return product(current) * (MAP_STEPS + resizeReach(attributes, step).window);
    });
  return steps.reduce((sum, n) => sum + n, 0);
}

function fillOutside(y: Float64Array, shape: Shape, { axis, output, table }: ResizeStep, value: number): void {
  const inner = product(shape.slice(axis + 1));
  for (let o = 0; o < product(shape.slice(0, axis)); o++) {
    for (const i of table.outside) y.fill(value, (o * output + i) * inner, (o * output + i + 1) * inner);
  }
}

/**
 * Interpolation reads neighbours in every dimension; what outputs see moves closer together or further apart. Which
 * dimension is the channels is not said: the second that is named where all are, unless it changes and the last does not;
 * else the last, unless that is named.
 */
function windowsOf(
  { attributes: { mode, axes } }: NodeOf<'Resize'>,
  inputs: InputDescs,
  outputs: readonly TensorDesc[],
): WindowStep[] {
  const from = inputs[0]?.shape ?? [];
  const to = outputs[0]?.shape ?? [];
  const last = from.length - 1;
  if (last < 2) return [];
  const named = (axes.length === 0 ? range(from.length) : axes).map((axis) => (axis < 0 ? axis + from.length : axis));
  const changes = (axis = -1): boolean => from[axis] !== to[axis];
  const [, second, ...others] = named;
  const isLast = changes(second) && !changes(others.at(-1));
  const channels = named.length <= last ? (named.includes(last) ? 1 : last) : isLast ? others.at(-1) : second;
  const kernel = { nearest: 1, linear: 2, cubic: 4 }[mode];
  const spatial = range(from.length).filter((axis) => axis > 0 && axis !== channels);
  return spatial.map((axis) => ({ kernel, stride: at(from, axis) / Math.max(1, at(to, axis)) }));
}
