/** A value seen through a pending transposition, and how one passes through a Reshape. */
import type { Shape } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import { isIdentityPerm, type Perm } from '../lib/permutation.ts';

/** A value that equals `source` transposed by `perm`; the Transpose itself has not been emitted. */
export interface View {
  readonly source: string;
  readonly perm: Perm;
}

/** True when nothing is pending. */
export function isDirect(view: View): boolean {
  return isIdentityPerm(view.perm);
}

/** The view with `count` dimensions of extent 1 in front, as broadcasting adds them; its source is reshaped likewise. */
export function leadingPerm(perm: Perm, count: number): number[] {
  return [...range(count), ...perm.map((d) => d + count)];
}

/** A Reshape of a transposed tensor as a reshape of the tensor itself, then a transposition. */
export interface PushedReshape {
  readonly shape: number[];
  readonly perm: number[];
}

/** Some dimensions of the viewed tensor that become some dimensions of the result: equal products, nothing smaller is. */
interface Segment {
  readonly from: readonly number[];
  readonly to: number[];
}

/**
 * Moves a Reshape before a transposition: possible when every run of dimensions that it merges or splits lies together,
 * in the same order, in the tensor itself.
 *
 * @param viewed extents after the transposition; `perm` the transposition; `wanted` extents after the Reshape
 */
export function pushReshape(viewed: Shape, perm: Perm, wanted: Shape): PushedReshape | undefined {
  if (viewed.includes(0)) return undefined;
  const segments = segmentsOf(viewed, wanted);
  // Dimensions of extent 1 hold no order: only the others need to be neighbours in the tensor itself.
  const order = range(perm.length)
    .filter((d) => at(viewed, d) !== 1)
    .sort((a, b) => at(perm, a) - at(perm, b));
  const rank = new Map(order.map((d, i) => [d, i]));
  const position = (segment: Segment): number => rank.get(segment.from[0] ?? -1) ?? -1;
  for (const { from } of segments) {
    const start = rank.get(from[0] ?? -1) ?? 0;
    if (from.some((d, i) => rank.get(d) !== start + i)) return undefined;
  }
  const sorted = segments.toSorted((a, b) => position(a) - position(b));
  const layout = sorted.flatMap((s) => s.to);
  return {
    shape: layout.map((d) => at(wanted, d)),
    perm: range(wanted.length).map((d) => layout.indexOf(d)),
  };
}

/** Pairs the smallest runs of dimensions with equal products. Extents of 1 of the result join the run before them. */
function segmentsOf(viewed: Shape, wanted: Shape): Segment[] {
  const from = range(viewed.length).filter((d) => at(viewed, d) !== 1);
  const segments: Segment[] = [{ from: [], to: [] }];
  let d = 0;
  let next = 0;
  while (d < wanted.length) {
    if (at(wanted, d) === 1) {
      segments.at(-1)?.to.push(d++);
      continue;
    }
    const taken = [at(from, next)];
    const to = [d];
    let have = at(viewed, at(from, next++));
    let need = at(wanted, d++);
    while (have !== need) {
      if (have < need) {
        const more = at(from, next++);
        taken.push(more);
        have *= at(viewed, more);
      } else {
        to.push(d);
        need *= at(wanted, d++);
      }
    }
    segments.push({ from: taken, to });
  }
  return segments;
}
