/** Plans an elementwise kernel over broadcast operands: collapsed dimensions, how each operand is addressed, parameters. */
import { broadcastFields, type BroadcastSpec, type OperandAccess } from '../../shaders/lib/broadcast.ts';
import { broadcastStrides } from '../core/broadcast.ts';
import type { Shape } from '../core/tensor.ts';
import { at, product, range, sameArray, stridesOf } from '../util/arrays.ts';
import { collapse, listParams, stridedDims, type StridedDim } from './strided.ts';

/** A planned broadcast. `count` is the invocations: output elements, or vectors of four. */
export interface BroadcastPlan {
  readonly spec: BroadcastSpec;
  readonly count: number;
  readonly params: Readonly<Record<string, number>>;
}

/**
 * Plans reading operands of these shapes, named for their parameters, at every position of `out`. With width 4 there
 * is a plan only where every operand either holds the innermost dimension contiguously, in fours, or does not move
 * along it.
 */
export function planBroadcast(
  out: Shape,
  shapes: readonly Shape[],
  names: readonly string[],
  width: 1 | 4,
): BroadcastPlan | undefined {
  const dims = collapse(stridedDims(out, ...shapes.map((shape) => broadcastStrides(shape, out))));
  const inner = at(dims, dims.length - 1);
  if (width === 4 && !dividesByFour(dims, inner)) return undefined;
  const extents = dims.map((d, axis) => (axis === dims.length - 1 ? d.extent / width : d.extent));
  const plans = shapes.map((_, k) => {
    const splat = at(inner.strides, k) === 0;
    const strides = dims.map((d) => at(d.strides, k));
    // An operand that is read in vectors counts its outer strides in vectors, too.
    const scaled = splat ? strides : strides.map((s, axis) => (axis === dims.length - 1 ? s : s / width));
    return { strides: scaled, operand: { access: accessOf(scaled, extents), splat } satisfies OperandAccess };
  });
  const spec: BroadcastSpec = { rank: dims.length, width, operands: plans.map((p) => p.operand) };
  const all: Record<string, number> = { count: product(extents), ...listParams('d', extents) };
  plans.forEach((p, k) => Object.assign(all, listParams(`${at(names, k)}_s`, p.strides)));
  const fields = Object.keys(broadcastFields(spec, names));
  return { spec, count: product(extents), params: Object.fromEntries(fields.map((name) => [name, all[name] ?? 0])) };
}

function dividesByFour(dims: readonly StridedDim[], inner: StridedDim): boolean {
  if (inner.extent % 4 !== 0) return false;
  return range(inner.strides.length).every((k) => {
    const step = inner.strides[k];
    return step === 0 || (step === 1 && dims.slice(0, -1).every((d) => at(d.strides, k) % 4 === 0));
  });
}

function accessOf(strides: readonly number[], extents: readonly number[]): OperandAccess['access'] {
  if (strides.every((s) => s === 0)) return 'scalar';
  if (sameArray(strides, stridesOf(extents))) return 'dense';
  return strides.at(-1) === 1 && strides.slice(0, -1).every((s) => s === 0) ? 'inner' : 'strided';
}
