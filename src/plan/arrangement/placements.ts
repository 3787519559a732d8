/** Arithmetic of placements: where a part, a shuffle's operand or a view lies, given where the whole does. */
import { channelAddress, channelsOf, densePlacement, rowsOf, type Placement } from '../../core/placement.ts';
import type { Shape } from '../../core/tensor.ts';
import { partChannels, partRows, type Part } from '../../kernels/lib/parts.ts';
import { collapse } from '../../kernels/lib/strided.ts';
import { at, range } from '../../util/arrays.ts';

/** Where a part of a placed value lies, if one placement can say it. */
export function placePart(part: Part, whole: Placement): Placement | undefined {
  if (part.shape.length === 0 || part.shape.includes(0)) return undefined;
  const { start, dims } = partRows(part);
  const rows = collapse(dims);
  const step = at(at(rows, 0).strides, 0);
  if (rows.length > 1 || step < 1) return undefined;
  const addresses = partChannels(part, whole).map((a) => a + start * whole.pitch);
  return fit(addresses, step * whole.pitch);
}

/** Where x of y = ChannelShuffle(x) must lie for y to lie where it does. */
export function placeShuffled(y: Placement, shape: Shape, groups: number): Placement | undefined {
  const channels = channelsOf(shape);
  if (shape.includes(0)) return undefined;
  const each = channels / groups;
  return fit(
    range(channels).map((c) => channelAddress(y, (c % each) * groups + Math.floor(c / each))),
    y.pitch,
  );
}

/** Where a view of another shape lies. */
export function placeView(placement: Placement, shape: Shape, view: Shape): Placement | undefined {
  if (channelsOf(shape) === channelsOf(view)) return placement;
  const channels = channelsOf(shape);
  const dense = { ...densePlacement(shape), offset: placement.offset };
  const packed = placement.pitch === channels || rowsOf(shape) === 1;
  if (!packed || !samePlacement(placement, dense, shape)) return undefined;
  return { ...densePlacement(view), offset: placement.offset };
}

/** True when both put every element of a value of this shape in the same place. */
export function samePlacement(a: Placement, b: Placement, shape: Shape): boolean {
  if (rowsOf(shape) > 1 && a.pitch !== b.pitch) return false;
  return range(channelsOf(shape)).every((c) => channelAddress(a, c) === channelAddress(b, c));
}

/** Channels of every `groups`-th kept together: what makes strided slices of a value contiguous. */
export function deinterleaved(shape: Shape, groups: number): Placement {
  const channels = channelsOf(shape);
  return { offset: 0, pitch: channels, block: groups, step: channels / groups, blockStep: 1 };
}

/** The placement that gives these addresses to the channels of the first row. */
function fit(addresses: readonly number[], pitch: number): Placement | undefined {
  const channels = addresses.length;
  const offset = at(addresses, 0);
  const step = channels > 1 ? at(addresses, 1) - offset : 1;
  const broken = addresses.findIndex((a, c) => a !== offset + c * step);
  const block = broken < 0 ? channels : broken;
  const blockStep = broken < 0 ? step * channels : at(addresses, broken) - offset;
  const placement = { offset, pitch, block, step, blockStep };
  const fits = addresses.every((a, c) => a === channelAddress(placement, c));
  return fits && step > 0 && blockStep > 0 && offset >= 0 ? placement : undefined;
}
