/** Arithmetic of placements: where a view lies, and how channels are kept together. */
import {
  channelAddress,
  channelsOf,
  densePlacement,
  hasPackedChannels,
  rowsOf,
  type Placement,
} from '../../core/placement.ts';
import type { Shape } from '../../core/tensor.ts';
import { range } from '../../util/arrays.ts';

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
  if (hasPackedChannels(a, shape) && hasPackedChannels(b, shape)) return a.offset === b.offset;
  return range(channelsOf(shape)).every((c) => channelAddress(a, c) === channelAddress(b, c));
}

/** Channels of every `groups`-th kept together: what makes strided slices of a value contiguous. */
export function deinterleaved(shape: Shape, groups: number): Placement {
  const channels = channelsOf(shape);
  return { offset: 0, pitch: channels, block: groups, step: channels / groups, blockStep: 1 };
}
