/** What a network that enlarges pictures does to their extents, and the parts of a picture it is shown. */
import { InputError } from '../core/errors.ts';
import { range, roundUp } from '../util/arrays.ts';
import type { PictureSize, Preprocessing } from './picture-spec.ts';

/** How a network enlarges: an input of n pixels a side, a multiple of `step`, becomes `factor`·n − `lost`. */
export interface Scaling {
  /** A whole number from 1 on. */
  readonly factor: number;
  /** Pixels of the output that are missing at both ends together; negative where there are more. */
  readonly lost: number;
  /** The input's extents, and places where parts of a picture begin, are multiples of it. */
  readonly step: number;
  /** How many pixels away from one of the input's edge nothing of what is beyond it is seen. */
  readonly reach: number;
  /** The input's extents where they are fixed. */
  readonly fixed?: PictureSize | undefined;
  /** How the output lies; its channels are in the order of the input's. */
  readonly layout: Preprocessing['layout'];
}

/** Pixels that parts of large pictures have a side, without what is seen around them. */
export const USUAL_TILE = 256;

/** Of networks that see far, what is further away than this many pixels counts for little. */
const MOST_REACH = 64;

/** A part of a picture along one axis. */
export interface AxisTile {
  /** First pixel of the picture that is seen, and how many are; those beyond its edges repeat the edge's. */
  readonly from: number;
  readonly seen: number;
  /** First pixel of the result that is taken from this part, the one behind the last, and where the first is in the output. */
  readonly first: number;
  readonly end: number;
  readonly skip: number;
}

/** What is missing before the first pixel of the output, of the pixels of the result. */
function lostBefore({ lost }: Scaling): number {
  return Math.trunc(lost / 2);
}

/** How far the result's pixels lie behind those that halves of the input's would make: a half where an odd number is missing. */
export function shiftOf(scaling: Scaling): number {
  return scaling.lost / 2 - lostBefore(scaling);
}

/**
 * The parts of an extent that a network is shown one after another, of the same length each, so that what is taken of each saw all
 * that it sees of the whole. A picture of little more than a part is shown whole. Throws InputError for an input whose fixed extent
 * is too small for any part.
 */
export function tilesAlong(
  extent: number,
  scaling: Scaling,
  { tile = USUAL_TILE, fixed }: { readonly tile?: number | undefined; readonly fixed?: number | undefined } = {},
): AxisTile[] {
  const { factor, lost, step } = scaling;
  const margins = [lostBefore(scaling), lost - lostBefore(scaling)].map((side) =>
    Math.max(0, Math.ceil(side / factor)),
  );
  const [before = 0, after = 0] = margins;
  const around = overlapOf(scaling, Math.max(before, after), fixed);
  const needed = before + extent + after;
  const most = fixed ?? roundUp(tile, step) + 2 * around;
  const seen = fixed ?? Math.min(roundUp(needed, step), most);
  const whole = seen + roundUp(Math.max(0, needed - seen), step);
  const own = seen - 2 * around;
  const count = whole === seen ? 1 : Math.ceil((whole - 2 * around) / own);
  return range(count)
    .map((k): AxisTile => {
      const start = Math.min(k * own, whole - seen);
      const [first = 0, end = 0] = [
        k === 0 ? 0 : k * own + around,
        k === count - 1 ? whole : (k + 1) * own + around,
      ].map((place) => Math.min(factor * extent, Math.max(0, factor * (place - before))));
      const skip = factor * before + first - factor * start - lostBefore(scaling);
      return { from: start - before, seen, first, end, skip };
    })
    .filter(({ first, end }) => first < end);
}

/** How much of a part's sides is not taken, where they are no edges of the picture. */
function overlapOf({ reach, step }: Scaling, margin: number, fixed: number | undefined): number {
  const wanted = roundUp(Math.max(margin, Math.min(reach, MOST_REACH)), step);
  if (fixed === undefined) return wanted;
  const most = Math.floor((fixed - step) / 2 / step) * step;
  if (most >= margin) return Math.min(wanted, most);
  throw new InputError(`the network's input of ${fixed} pixels is nearly all border: ${margin} pixels a side`);
}
