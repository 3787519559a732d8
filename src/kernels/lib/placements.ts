/** Where the operand of a movement would lie, given where the whole does: arithmetic of placements. */
import type { Part } from '../../core/part.ts';
import { collapse } from '../../core/strided.ts';
import { channelAddress, channelsOf, hasPackedChannels, type Placement } from '../../core/placement.ts';
import type { Shape } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import { partChannels, partRows } from './parts.ts';

/** Channels of a value that may lie anywhere but side by side: addresses of each are compared. */
const MOST_SCATTERED = 65536;

/** Where a part of a placed value lies, if one placement can say it. */
export function placePart(part: Part, whole: Placement): Placement | undefined {
  if (part.shape.length === 0 || part.shape.includes(0)) return undefined;
  const { start, dims } = partRows(part);
  const rows = collapse(dims);
  const step = at(at(rows, 0).strides, 0);
  if (rows.length > 1 || step < 1) return undefined;
  const pitch = step * whole.pitch;
  const between = part.steps.at(-1) ?? 1;
  const packed = hasPackedChannels(whole, part.whole);
  if (channelsOf(part.whole) > MOST_SCATTERED && !(packed && between === 1)) return undefined;
  if (packed) {
    const offset = whole.offset + start * whole.pitch + (part.starts.at(-1) ?? 0);
    const block = channelsOf(part.shape);
    const own = block > 1 ? between : 1;
    if (own < 0) return undefined;
    return { offset, pitch, block, step: own, blockStep: own * block };
  }
  const addresses = partChannels(part, whole).map((a) => a + start * whole.pitch);
  return fit(addresses, pitch);
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
