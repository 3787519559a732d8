/** Walks over strided boxes: one dimension after another, each with a stride in every tensor that takes part. */
import { at } from '../util/arrays.ts';

/** One dimension of a walk: its extent, and the element stride of each tensor that takes part. */
export interface StridedDim {
  readonly extent: number;
  readonly strides: readonly number[];
}

/** Pairs extents with one list of strides per tensor. A scalar is one dimension of extent 1. */
export function stridedDims(shape: readonly number[], ...strides: readonly (readonly number[])[]): StridedDim[] {
  if (shape.length === 0) return [{ extent: 1, strides: strides.map(() => 1) }];
  return shape.map((extent, axis) => ({ extent, strides: strides.map((list) => at(list, axis)) }));
}

/**
 * The same walk with as few dimensions as possible: extents of 1 are dropped, and neighbours merge where every tensor
 * steps through both as through one. At least one dimension is left.
 */
export function collapse(dims: readonly StridedDim[]): StridedDim[] {
  const out: StridedDim[] = [];
  for (const dim of dims) {
    const outer = out.at(-1);
    if (dim.extent === 1) continue;
    if (outer?.strides.every((s, i) => s === at(dim.strides, i) * dim.extent)) {
      out[out.length - 1] = { extent: outer.extent * dim.extent, strides: dim.strides };
    } else out.push(dim);
  }
  return out.length > 0 ? out : [{ extent: 1, strides: (dims[0]?.strides ?? []).map(() => 1) }];
}
