/** The smallest rectangle around points, whichever way it is turned. */
import { at } from '../../util/arrays.ts';

/** A place; a direction has the length 1. */
export interface PlanePoint {
  readonly x: number;
  readonly y: number;
}

/** A rectangle whose first side lies along `along`. */
export interface TurnedRectangle {
  readonly centre: PlanePoint;
  readonly along: PlanePoint;
  /** Its extent along that direction, and across. */
  readonly length: number;
  readonly breadth: number;
}

/**
 * The rectangle of least area that has all points, of which there must be one: a side of it lies on one of their hull's. Of those that are
 * equal the first; of one point, or of points on a line, one without breadth.
 */
export function turnedRectangle(points: readonly PlanePoint[]): TurnedRectangle {
  const hull = convexHull(points);
  let best = rectangleAlong(hull, { x: 1, y: 0 });
  for (const [i, start] of hull.entries()) {
    const end = at(hull, (i + 1) % hull.length);
    const length = Math.hypot(end.x - start.x, end.y - start.y);
    if (length === 0) continue;
    const turned = rectangleAlong(hull, { x: (end.x - start.x) / length, y: (end.y - start.y) / length });
    if (turned.length * turned.breadth < best.length * best.breadth) best = turned;
  }
  return best;
}

/** Its corners, around. */
export function rectangleCorners({ centre, along, length, breadth }: TurnedRectangle): readonly PlanePoint[] {
  return CORNERS.map(([forward, aside]) => {
    const [u, v] = [(forward * length) / 2, (aside * breadth) / 2];
    return { x: centre.x + u * along.x - v * along.y, y: centre.y + u * along.y + v * along.x };
  });
}

const CORNERS = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
] as const;

function rectangleAlong(points: readonly PlanePoint[], along: PlanePoint): TurnedRectangle {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    const [u, v] = [x * along.x + y * along.y, y * along.x - x * along.y];
    [left, right] = [Math.min(left, u), Math.max(right, u)];
    [top, bottom] = [Math.min(top, v), Math.max(bottom, v)];
  }
  const [u, v] = [(left + right) / 2, (top + bottom) / 2];
  const centre = { x: u * along.x - v * along.y, y: u * along.y + v * along.x };
  return { centre, along, length: right - left, breadth: bottom - top };
}

/** The corners of the convex hull, around: those of its lower and its upper chain (Andrew, 1979). */
function convexHull(points: readonly PlanePoint[]): readonly PlanePoint[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  return [...chain(sorted), ...chain(sorted.toReversed())];
}

/** From the first point to the last, which is left out, turning one way only. */
function chain(sorted: readonly PlanePoint[]): PlanePoint[] {
  const kept: PlanePoint[] = [];
  for (const point of sorted) {
    while (kept.length >= 2 && turn(at(kept, kept.length - 2), at(kept, kept.length - 1), point) <= 0) kept.pop();
    kept.push(point);
  }
  return kept.slice(0, -1);
}

function turn(a: PlanePoint, b: PlanePoint, c: PlanePoint): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}
