/** Slice bounds, as ONNX Slice-13 resolves them: shared by shape inference, the reference and the kernel. */
import { at } from '../../util/arrays.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import type { Shape } from '../../core/tensor.ts';

/** The integers that Slice takes; absent `axes` are 0, 1, …, absent `steps` are 1. */
export interface SliceBounds {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly axes?: readonly number[] | undefined;
  readonly steps?: readonly number[] | undefined;
}

/** A slice with one entry per dimension: element k of a dimension is the input's element `start + k·step`. */
export interface ResolvedSlice {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  readonly extents: readonly number[];
}

/** Resolves negative and out-of-range bounds against a shape. Throws ShapeError on a zero step or uneven lists. */
export function resolveSlice(shape: Shape, { starts, ends, axes, steps }: SliceBounds): ResolvedSlice {
  const count = starts.length;
  for (const [what, list] of Object.entries({ ends, axes, steps })) {
    if (list && list.length !== count) throw new ShapeError(`Slice has ${count} starts but ${list.length} ${what}`);
  }
  const result = { starts: shape.map(() => 0), steps: shape.map(() => 1), extents: [...shape] };
  const seen = new Set<number>();
  starts.forEach((start, i) => {
    const axis = normalizeAxis(axes ? at(axes, i) : i, shape.length);
    if (seen.has(axis)) throw new ShapeError(`Slice names axis ${axis} twice`);
    seen.add(axis);
    const step = steps ? at(steps, i) : 1;
    if (step === 0) throw new ShapeError(`Slice has step 0 on axis ${axis}`);
    const extent = at(shape, axis);
    // Walking backwards, the last element is the highest start, and the position before element 0 a valid end but
    // not a valid start: a start that far out is element 0.
    const [lowEnd, high] = step > 0 ? [0, extent] : [-1, extent - 1];
    const clamp = (v: number, low: number): number => Math.min(high, Math.max(low, v < 0 ? v + extent : v));
    const from = clamp(start, 0);
    // The largest integer is an end left open, backwards too, as onnxruntime has it.
    const to = step < 0 && at(ends, i) === 2 ** 31 - 1 ? -1 : clamp(at(ends, i), lowEnd);
    result.starts[axis] = Math.max(0, from);
    result.steps[axis] = step;
    result.extents[axis] = Math.max(0, Math.ceil((to - from) / step));
  });
  return result;
}
