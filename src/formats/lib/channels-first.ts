/** Formats that are channels-first, in a graph whose spatial operators are channels-last: the permutations between. */
import { range } from '../../util/arrays.ts';
import type { Emitter } from './emitter.ts';

/** `[N, C, …S]` → `[N, …S, C]`, as a Transpose permutation. */
export function toLast(rank: number): number[] {
  return [0, ...range(rank - 2).map((i) => i + 2), 1];
}

/** `[N, …S, C]` → `[N, C, …S]`. */
export function toFirst(rank: number): number[] {
  return [0, rank - 1, ...range(rank - 2).map((i) => i + 1)];
}

/** Weights `[O, I, …K]` → `[…K, I, O]`. */
export function weightsToLast(rank: number): number[] {
  return [...range(rank - 2).map((i) => i + 2), 1, 0];
}

/** Weights `[…K, I, O]` → `[O, I, …K]`. */
export function weightsToFirst(rank: number): number[] {
  return [rank - 1, rank - 2, ...range(rank - 2)];
}

/** Refuses ranks that are not 1, 2 or 3 spatial dimensions; returns their number. */
export function spatialDims(e: Emitter, rank: number): number {
  if (rank < 3 || rank > 5) e.refuse(`${rank - 2} spatial dimensions`);
  return rank - 2;
}

/** The channels-last view of a channels-first value. */
export function channelsLast(e: Emitter, x: string, rank: number): string {
  return e.one('Transpose', [x], { perm: toLast(rank) });
}

/** The channels-first view of a channels-last value. */
export function channelsFirst(e: Emitter, x: string, rank: number): string {
  return e.one('Transpose', [x], { perm: toFirst(rank) });
}

/** Applies `compute`, which works on channels-last images, to a channels-first one. */
export function aroundChannelsLast(e: Emitter, x: string, rank: number, compute: (x: string) => string): string {
  return channelsFirst(e, compute(channelsLast(e, x, rank)), rank);
}
