/**
 * Tensors that are parts of others: what Concat, Split and Slice say about where elements come from, and copies between
 * values wherever they lie.
 */
import { normalizeAxis } from '../../core/broadcast.ts';
import { stridedDims, type StridedDim } from '../../core/strided.ts';
import type { Part } from '../../core/part.ts';
import { channelAddress, channelsOf, hasPackedChannels, type Placement } from '../../core/placement.ts';
import type { Shape } from '../../core/tensor.ts';
import { resolveSlice } from '../../ir/shapes/slice.ts';
import { partSizes } from '../../ir/shapes/split.ts';
import { at, product, range, stridesOf } from '../../util/arrays.ts';
import { givenInts, requiredInts } from './constants.ts';
import { required, result, type LowerContext } from '../definition.ts';
import type { StridedCopy } from './strided.ts';

/** Computes once for each context: parts are asked for one by one. */
function remembered<C extends object, P>(compute: (context: C) => P): (context: C) => P {
  const known = new WeakMap<C, P>();
  return (context) => {
    if (!known.has(context)) known.set(context, compute(context));
    return known.get(context) as P;
  };
}

/** The inputs of a Concat as parts of its output. */
export const concatParts = remembered((context: LowerContext<'Concat'>): Part[] => {
  const whole = result(context).shape;
  const axis = normalizeAxis(context.node.attributes.axis, whole.length);
  let start = 0;
  return context.node.inputs.map((_, i) => {
    const { shape } = required(context, i);
    const part = { whole, shape, starts: whole.map(() => 0).with(axis, start), steps: whole.map(() => 1) };
    start += at(shape, axis);
    return part;
  });
});

/** The outputs of a Split as parts of its input; nothing for those that are not used. */
export const splitParts = remembered((context: LowerContext<'Split'>): (Part | undefined)[] => {
  const { attributes, outputs } = context.node;
  const whole = required(context, 0).shape;
  const axis = normalizeAxis(attributes.axis, whole.length);
  const sizes = partSizes(at(whole, axis), outputs.length, attributes.sizes);
  let start = 0;
  return outputs.map((name, i) => {
    const before = start;
    start += at(sizes, i);
    if (name === '') return undefined;
    const { shape } = result(context, i);
    return { whole, shape, starts: whole.map(() => 0).with(axis, before), steps: whole.map(() => 1) };
  });
});

/** The output of a Slice as part of its input. */
export function slicePart(context: LowerContext<'Slice'>): Part {
  const whole = required(context, 0).shape;
  const { starts, steps, extents } = resolveSlice(whole, {
    starts: requiredInts(context, 1),
    ends: requiredInts(context, 2),
    axes: givenInts(context, 3),
    steps: givenInts(context, 4),
  });
  return { whole, shape: extents, starts, steps };
}

/** The rows of a part: the whole's row at which they start, and a dimension a dimension with its stride in whole rows. */
export function partRows({ whole, shape, starts, steps }: Part): { start: number; dims: StridedDim[] } {
  const strides = stridesOf(whole.slice(0, -1));
  const rows = shape.slice(0, -1);
  return {
    start: strides.reduce((sum, stride, d) => sum + at(starts, d) * stride, 0),
    dims: stridedDims(
      rows,
      strides.map((stride, d) => stride * at(steps, d)),
      stridesOf(rows),
    ),
  };
}

/** Addresses of a part's channels in a row of the whole. */
export function partChannels({ shape, starts, steps }: Part, whole: Placement): number[] {
  const [start, step] = [starts.at(-1) ?? 0, steps.at(-1) ?? 1];
  return range(channelsOf(shape)).map((k) => channelAddress(whole, start + k * step));
}

/** Addresses of the channels of y = ChannelShuffle(x) in x: channel i·groups + g comes from g·(channels / groups) + i. */
export function shuffledChannels(x: Placement, channels: number, groups: number): number[] {
  const each = channels / groups;
  return range(channels).map((k) => channelAddress(x, (k % groups) * each + Math.floor(k / groups)));
}

/** Which values a copy goes between: positions in the node's lists. */
export type Ends = Pick<StridedCopy, 'input' | 'output'>;

/** Copies a part out of the whole, wherever both lie. */
export function copiesFromWhole(ends: Ends, part: Part, whole: Placement, placement: Placement): StridedCopy[] {
  const { start, dims } = partRows(part);
  const rows = dims.map((d) => scaled(d, whole.pitch, placement.pitch));
  const boxes =
    packedBoxes(part, whole, placement) ?? channelBoxes(partChannels(part, whole), ownChannels(placement, part.shape));
  return boxes.map((box) => ({ ...ends, ...withRows(box, rows, start * whole.pitch) }));
}

/** Copies a part into the whole, wherever both lie. */
export function copiesIntoWhole(ends: Ends, part: Part, placement: Placement, whole: Placement): StridedCopy[] {
  const { start, dims } = partRows(part);
  const rows = dims.map(({ extent, strides }) =>
    scaled({ extent, strides: [at(strides, 1), at(strides, 0)] }, placement.pitch, whole.pitch),
  );
  const packed = packedBoxes(part, whole, placement)?.map(({ dims: [dim], start, toStart }): Box => {
    return { dims: dim ? [{ ...dim, strides: dim.strides.toReversed() }] : [], start: toStart, toStart: start };
  });
  const boxes = packed ?? channelBoxes(ownChannels(placement, part.shape), partChannels(part, whole));
  return boxes.map((box) => ({ ...ends, ...withRows(box, rows, 0, start * whole.pitch) }));
}

/** Copies all rows of a value of `shape`, its channels from and to given addresses. */
export function copiesOfRows(
  ends: Ends,
  shape: Shape,
  from: { readonly pitch: number; readonly channels: readonly number[] },
  to: { readonly pitch: number; readonly channels: readonly number[] },
): StridedCopy[] {
  const rows = [{ extent: product(shape.slice(0, -1)), strides: [from.pitch, to.pitch] }];
  return channelBoxes(from.channels, to.channels).map((box) => ({ ...ends, ...withRows(box, rows, 0) }));
}

/** Addresses of a value's channels in its first row. */
export function ownChannels(placement: Placement, shape: Shape): number[] {
  return range(channelsOf(shape)).map((k) => channelAddress(placement, k));
}

/** Strides of a value's dimensions. Its channels must be packed. */
export function packedStrides({ pitch }: Pick<Placement, 'pitch'>, shape: Shape): number[] {
  return shape.length === 0 ? [] : [...stridesOf(shape.slice(0, -1)).map((stride) => stride * pitch), 1];
}

function scaled({ extent, strides }: StridedDim, from: number, to: number): StridedDim {
  return { extent, strides: [at(strides, 0) * from, at(strides, 1) * to] };
}

interface Box {
  readonly dims: readonly StridedDim[];
  readonly start: number;
  readonly toStart: number;
}

function withRows(box: Box, rows: readonly StridedDim[], start: number, toStart = 0): Box {
  return { dims: [...rows, ...box.dims], start: box.start + start, toStart: box.toStart + toStart };
}

/** `channelBoxes` from the whole to the part without a list of all channels, where both have them packed. */
function packedBoxes({ whole, shape, starts, steps }: Part, from: Placement, to: Placement): Box[] | undefined {
  if (!hasPackedChannels(from, whole) || !hasPackedChannels(to, shape)) return undefined;
  const extent = channelsOf(shape);
  const dims = extent > 1 ? [{ extent, strides: [steps.at(-1) ?? 1, 1] }] : [];
  return extent === 0 ? [] : [{ dims, start: from.offset + (starts.at(-1) ?? 0), toStart: to.offset }];
}

/**
 * Pairs of addresses as boxes: neighbours a constant distance apart become a dimension, then equal boxes a constant
 * distance apart, and so on. Blocks, steps and shuffles give one box; what fits no pattern gives several.
 */
function channelBoxes(from: readonly number[], to: readonly number[]): Box[] {
  let boxes: Box[] = from.map((start, k) => ({ dims: [], start, toStart: at(to, k) }));
  for (;;) {
    const merged = mergeRuns(boxes);
    if (merged.length === boxes.length) return boxes;
    boxes = merged;
  }
}

function mergeRuns(boxes: readonly Box[]): Box[] {
  const out: Box[] = [];
  let first = 0;
  while (first < boxes.length) {
    const box = at(boxes, first);
    const strides = distance(box, boxes[first + 1]);
    let end = first + 1;
    while (sameDistance(distance(at(boxes, end - 1), boxes[end]), strides)) end++;
    const extent = end - first;
    out.push(strides && extent > 1 ? { ...box, dims: [{ extent, strides }, ...box.dims] } : box);
    first = end;
  }
  return out;
}

/** How far the second of two equal boxes is from the first; nothing when they differ. */
function distance(a: Box, b: Box | undefined): readonly number[] | undefined {
  const equal =
    b?.dims.length === a.dims.length &&
    a.dims.every((d, i) => d.extent === b.dims[i]?.extent && sameDistance(d.strides, b.dims[i]?.strides));
  return equal ? [b.start - a.start, b.toStart - a.toStart] : undefined;
}

function sameDistance(a: readonly number[] | undefined, b: readonly number[] | undefined): boolean {
  return a !== undefined && a[0] === b?.[0] && a[1] === b?.[1];
}
