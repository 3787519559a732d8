/** Plans an elementwise kernel over broadcast operands: collapsed dimensions, how each operand is addressed, parameters. */
import { broadcastFields, type BroadcastSpec, type OperandAccess } from '../../../shaders/lib/broadcast.ts';
import { densePlacement, hasPackedChannels, isDense, type Placement } from '../../core/placement.ts';
import { collapse, stridedDims, type StridedDim } from '../../core/strided.ts';
import type { Shape } from '../../core/tensor.ts';
import { at, product, range, sameArray, stridesOf } from '../../util/arrays.ts';
import { packedStrides } from './parts.ts';
import { listParams } from './strided.ts';

/** A planned broadcast. `count` is the invocations: output elements, or vectors of four. */
export interface BroadcastPlan {
  readonly spec: BroadcastSpec;
  readonly count: number;
  readonly params: Readonly<Record<string, number>>;
}

/** An operand: its shape, and where it lies, when it is not dense. Channels must be packed. */
export interface BroadcastOperand {
  readonly shape: Shape;
  readonly placement?: Placement;
}

/**
 * Plans reading operands, named for their parameters, at every position of `out`. With width 4 there is a plan only where
 * every operand either holds the innermost dimension contiguously, in fours, or does not move along it. Nothing, too,
 * where the channels of an operand are scattered.
 */
export function planBroadcast(
  out: BroadcastOperand,
  operands: readonly BroadcastOperand[],
  names: readonly string[],
  width: 1 | 4,
): BroadcastPlan | undefined {
  // y is the last of all: the walk keeps apart what it keeps apart.
  const all = [...operands, out].map(({ shape, placement = densePlacement(shape) }) => ({ shape, placement }));
  if (!all.every(({ shape, placement }) => hasPackedChannels(placement, shape))) return undefined;
  const dims = collapse(stridedDims(out.shape, ...all.map((operand) => stridesWithin(operand, out.shape))));
  const inner = at(dims, dims.length - 1);
  if (width === 4 && !(dividesByFour(dims, inner) && all.every((x) => x.placement.offset % 4 === 0))) return undefined;
  const extents = dims.map((d, axis) => (axis === dims.length - 1 ? d.extent / width : d.extent));
  const plans = all.map(({ shape, placement }, k) => {
    const splat = at(inner.strides, k) === 0;
    const strides = dims.map((d) => at(d.strides, k));
    // An operand that is read in vectors counts its outer strides in vectors, too.
    const scaled = splat ? strides : strides.map((s, axis) => (axis === dims.length - 1 ? s : s / width));
    const access = isDense(placement, shape) ? accessOf(scaled, extents) : 'placed';
    const offset = placement.offset / (splat ? 1 : width);
    return { strides: scaled, offset, operand: { access, splat } satisfies OperandAccess };
  });
  const output = at(plans, operands.length).operand.access === 'placed' ? ({ output: 'placed' } as const) : {};
  const accesses = plans.slice(0, -1).map((p) => p.operand);
  const spec: BroadcastSpec = { rank: dims.length, width, operands: accesses, ...output };
  const values: Record<string, number> = { count: product(extents), ...listParams('d', extents) };
  [...names, 'y'].forEach((name, k) => {
    const { strides, offset } = at(plans, k);
    Object.assign(values, listParams(`${name}_s`, strides), { [`${name}_at`]: offset });
  });
  const fields = Object.keys(broadcastFields(spec, names));
  return { spec, count: product(extents), params: Object.fromEntries(fields.map((name) => [name, values[name] ?? 0])) };
}

/** Element strides that read an operand at positions of `out`: 0 along stretched dimensions. */
export function stridesWithin({ shape, placement }: Required<BroadcastOperand>, out: Shape): number[] {
  const own = packedStrides(placement, shape);
  const missing = out.length - shape.length;
  return out.map((_, i) => (i < missing || shape[i - missing] === 1 ? 0 : at(own, i - missing)));
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
