/**
 * Where the elements of a value lie in its buffer. A value usually has a buffer of its own, packed densely; one that is
 * a slice of a concatenation, a part of a split, or the operand of a channel shuffle may lie inside another's buffer.
 */
import type { Shape } from './tensor.ts';
import { product } from '../util/arrays.ts';

/**
 * The element at row r (all dimensions but the last, flattened) and channel c lies at
 * `offset + r·pitch + (c mod block)·step + ⌊c / block⌋·blockStep`, in elements.
 */
export interface Placement {
  readonly offset: number;
  readonly pitch: number;
  readonly block: number;
  readonly step: number;
  readonly blockStep: number;
}

/** Extent of the last dimension; 1 for a scalar. */
export function channelsOf(shape: Shape): number {
  return shape.at(-1) ?? 1;
}

/** Rows of a value: all its elements but for the last dimension. */
export function rowsOf(shape: Shape): number {
  return product(shape.slice(0, -1));
}

/** A buffer of its own, packed. */
export function densePlacement(shape: Shape): Placement {
  const channels = channelsOf(shape);
  return { offset: 0, pitch: channels, block: channels, step: 1, blockStep: channels };
}

/** Channels `offset`… of rows of `pitch` elements. */
export function slicePlacement(channels: number, offset: number, pitch: number): Placement {
  return { offset, pitch, block: channels, step: 1, blockStep: channels };
}

/** Where a channel of the first row lies, in elements. */
export function channelAddress({ offset, block, step, blockStep }: Placement, channel: number): number {
  return offset + (channel % block) * step + Math.floor(channel / block) * blockStep;
}

/** True when the rows follow each other without gaps from the start of the buffer. */
export function isDense(placement: Placement, shape: Shape): boolean {
  return placement.offset === 0 && placement.pitch === channelsOf(shape) && hasPackedChannels(placement, shape);
}

/** True when the channels of a row are neighbours, so that a row is read with one base address. */
export function hasPackedChannels({ block, step }: Placement, shape: Shape): boolean {
  return step === 1 && block >= channelsOf(shape);
}

/** True when four channels at a time can be addressed as vectors. */
export function isVectorised(placement: Placement, shape: Shape): boolean {
  const inFours = [placement.offset, placement.pitch, channelsOf(shape)].every((n) => n % 4 === 0);
  return inFours && hasPackedChannels(placement, shape);
}
