/** Arithmetic on dimension orders: output dimension i of a transposition is input dimension perm[i]. */
import type { Shape } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';

/** A dimension order. */
export type Perm = readonly number[];

/** The order an attribute means: an empty one reverses. */
export function fullPerm(perm: Perm, rank: number): Perm {
  return perm.length === 0 ? range(rank).reverse() : perm;
}

/** The single transposition that equals `first`, then `second`. */
export function composePerms(first: Perm, second: Perm): number[] {
  return second.map((i) => at(first, i));
}

/** The transposition that undoes this one. */
export function invertPerm(perm: Perm): number[] {
  const inverse = perm.map(() => 0);
  perm.forEach((from, to) => {
    inverse[from] = to;
  });
  return inverse;
}

/** True for 0, 1, 2, … */
export function isIdentityPerm(perm: Perm): boolean {
  return perm.every((from, to) => from === to);
}

/** The shape after transposition. */
export function permuteShape(shape: Shape, perm: Perm): number[] {
  return perm.map((from) => at(shape, from));
}

/** True when the elements keep their order: only extents of 1 change place, so a Reshape does the same. */
export function movesOnlyUnits(perm: Perm, shape: Shape): boolean {
  const moved = perm.filter((from) => at(shape, from) !== 1);
  return moved.every((from, i) => i === 0 || from > at(moved, i - 1));
}
