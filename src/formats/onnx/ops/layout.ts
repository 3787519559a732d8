/** ONNX is channels-first, the graph's spatial operators are channels-last: the permutations between the two. */
import { range } from '../../../util/arrays.ts';
import type { OnnxNode } from '../node.ts';

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

/** Refuses ranks that are not 1, 2 or 3 spatial dimensions; returns their number. */
export function spatialDims(n: OnnxNode, rank: number): number {
  if (rank < 3 || rank > 5) n.refuse(`${rank - 2} spatial dimensions`);
  return rank - 2;
}

/** The channels-last view of a channels-first value. */
export function channelsLast(n: OnnxNode, value: string, rank: number): string {
  return n.temp('Transpose', [value], { perm: toLast(rank) });
}

/** Makes the channels-first view of a channels-last value the node's result. */
export function resultChannelsFirst(n: OnnxNode, value: string, rank: number): void {
  n.result('Transpose', [value], { perm: toFirst(rank) });
}
