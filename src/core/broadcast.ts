/** NumPy broadcasting and axis numbering: shape arithmetic that `ops` and `kernels` share. */
import { at, range, stridesOf } from '../util/arrays.ts';
import { ShapeError } from './errors.ts';
import { elementCount, shapeText, type Shape } from './tensor.ts';

/**
 * The common shape of operands aligned at their last dimension, where an extent of 1 stretches. Throws ShapeError
 * when two extents differ and neither is 1, or the result is too large.
 */
export function broadcastShapes(...shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  const out = Array.from({ length: rank }, () => 1);
  for (const shape of shapes) {
    shape.forEach((extent, i) => {
      const axis = rank - shape.length + i;
      const known = at(out, axis);
      if (known === 1) out[axis] = extent;
      else if (extent !== 1 && extent !== known) {
        throw new ShapeError(`shapes ${shapes.map(shapeText).join(' and ')} do not broadcast`);
      }
    });
  }
  elementCount(out);
  return out;
}

/** Element strides that read a dense operand of `shape` at positions of `out`: 0 along stretched dimensions. */
export function broadcastStrides(shape: Shape, out: Shape): number[] {
  const dense = stridesOf(shape);
  const missing = out.length - shape.length;
  return out.map((_, i) => (i < missing || shape[i - missing] === 1 ? 0 : at(dense, i - missing)));
}

/** `axis` in 0…rank−1, counting from the end when negative. Throws ShapeError outside. */
export function normalizeAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
    throw new ShapeError(`axis ${axis} is outside a tensor of rank ${rank}`);
  }
  return positive;
}

/** Distinct axes in 0…rank−1, ascending. Throws ShapeError on one outside or given twice. */
export function normalizeAxes(axes: readonly number[], rank: number): number[] {
  const positive = axes.map((a) => normalizeAxis(a, rank)).sort((a, b) => a - b);
  if (new Set(positive).size !== positive.length) throw new ShapeError(`axes [${axes.join(', ')}] name one twice`);
  return positive;
}

/** The axes that a reduction folds, ascending: an empty list means all. Throws ShapeError as `normalizeAxes` does. */
export function axesOrAll(axes: readonly number[], rank: number): number[] {
  return axes.length === 0 ? range(rank) : normalizeAxes(axes, rank);
}
