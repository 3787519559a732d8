/** Strided boxes on the host: collapsing dimensions, and the copy that most data-movement operators come down to. */
import { COPY_WORKGROUP, stridedCopyShader } from '../../shaders/strided-copy.ts';
import type { DeviceProfile } from '../core/limits.ts';
import type { OpKind } from '../ir/ops.ts';
import { at, product, stridesOf } from '../util/arrays.ts';
import {
  dispatch1d,
  variant,
  type CallOperand,
  type KernelCall,
  type LowerContext,
  type Variant,
} from './definition.ts';

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

/** Values for `listFields` (shaders/lib/strided.ts); negative ones as two's complement. */
export function listParams(prefix: string, values: readonly number[]): Record<string, number> {
  return Object.fromEntries(values.map((v, axis) => [prefix + axis, v >>> 0]));
}

/** A box of elements to copy. Each dimension has two strides: in the source, then in the destination. */
export interface StridedCopy {
  readonly from: CallOperand;
  readonly to: CallOperand;
  readonly dims: readonly StridedDim[];
  readonly start?: number;
  readonly toStart?: number;
}

interface ReadyCopy extends Required<StridedCopy> {
  readonly width: 1 | 4;
}

/** One at a time: what every copy allows. */
const scalar = (copy: StridedCopy): ReadyCopy => ({ start: 0, toStart: 0, ...copy, width: 1 });

/** Four at a time, where both sides hold the innermost dimension contiguously and everything else is in fours. */
function vectorised({ from, to, dims, start = 0, toStart = 0 }: StridedCopy): ReadyCopy | undefined {
  const inner = at(dims, dims.length - 1);
  const outer = dims.slice(0, -1);
  const contiguous = inner.strides.every((s) => s === 1);
  const sizes = [inner.extent, start, toStart, ...outer.flatMap((d) => d.strides)];
  if (!contiguous || sizes.some((s) => s % 4 !== 0)) return undefined;
  const quarter = [
    ...outer.map((d) => ({ extent: d.extent, strides: d.strides.map((s) => s / 4) })),
    { extent: inner.extent / 4, strides: inner.strides },
  ];
  return { from, to, dims: quarter, start: start / 4, toStart: toStart / 4, width: 4 };
}

function copyCall(copy: ReadyCopy, device: DeviceProfile): Omit<KernelCall, 'variant'> {
  const { from, to, dims, start, toStart, width } = copy;
  const extents = dims.map((d) => d.extent);
  const dense = stridesOf(extents);
  const denseOut = toStart === 0 && dims.every((d, axis) => d.extent === 1 || d.strides[1] === dense[axis]);
  const count = product(extents);
  return {
    shader: stridedCopyShader({ rank: dims.length, width, denseOut }),
    operands: [from, to],
    params: {
      count,
      start: start >>> 0,
      ...listParams('d', extents),
      ...listParams(
        's',
        dims.map((d) => at(d.strides, 0)),
      ),
      ...(denseOut
        ? {}
        : {
            to_start: toStart,
            ...listParams(
              't',
              dims.map((d) => at(d.strides, 1)),
            ),
          }),
    },
    workgroups: dispatch1d(count, COPY_WORKGROUP, device),
  };
}

/**
 * The variants of an operator that is nothing but strided copies, one dispatch each. `vec4` moves four elements per
 * invocation in every copy that allows it; `scalar` is the general one. Empty boxes need no dispatch.
 */
export function copyVariants<K extends OpKind>(
  copiesOf: (context: LowerContext<K>) => readonly StridedCopy[],
): readonly Variant<K>[] {
  const collapsed = (context: LowerContext<K>): StridedCopy[] =>
    copiesOf(context)
      .filter((copy) => copy.dims.every((d) => d.extent > 0))
      .map((copy) => ({ ...copy, dims: collapse(copy.dims) }));
  return [
    variant(
      'vec4',
      (context) => {
        const ready = collapsed(context).map((copy) => vectorised(copy) ?? scalar(copy));
        return ready.some((copy) => copy.width === 4) ? ready : undefined;
      },
      ({ device }, copies) => copies.map((copy) => copyCall(copy, device)),
    ),
    variant(
      'scalar',
      (context) => collapsed(context).map(scalar),
      ({ device }, copies) => copies.map((copy) => copyCall(copy, device)),
    ),
  ];
}
