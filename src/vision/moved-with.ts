/** What moves with points from one frame of a video to the next: boxes and places that nobody looked for again. */
import type { PicturePoint } from './region-spec.ts';
import type { UprightBox } from './regions.ts';

/** x' = a·x − b·y + e, y' = b·x + a·y + f: turned, scaled and moved. */
interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly e: number;
  readonly f: number;
}

/**
 * The similarity that brings points closest to others, by least squares (Umeyama 1991, in the plane and without a mirror); that which
 * only moves where all points lie in one place.
 */
function similarityBetween(from: readonly PicturePoint[], to: readonly PicturePoint[]): Similarity {
  const [c, d] = [middle(from), middle(to)];
  let [along, across, size] = [0, 0, 0];
  for (const [i, p] of from.entries()) {
    const q = to[i] ?? p;
    const [x, y, u, v] = [p.x - c.x, p.y - c.y, q.x - d.x, q.y - d.y];
    along += x * u + y * v;
    across += x * v - y * u;
    size += x * x + y * y;
  }
  const [a, b] = size > 0 ? [along / size, across / size] : [1, 0];
  return { a, b, e: d.x - a * c.x + b * c.y, f: d.y - b * c.x - a * c.y };
}

function middle(points: readonly PicturePoint[]): PicturePoint {
  const sum = points.reduce((all, { x, y }) => ({ x: all.x + x, y: all.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

/**
 * A thing with its box and its points where they are once the points `from` have become `to`. A box stays upright: its middle moves,
 * and its extents are scaled. What one frame has more points of is left out: irises, say.
 */
export function movedWith<T extends UprightBox & { readonly points: readonly PicturePoint[] }>(
  thing: T,
  from: readonly PicturePoint[],
  to: readonly PicturePoint[],
): T {
  const { a, b, e, f } = similarityBetween(from.slice(0, to.length), to.slice(0, from.length));
  const place = <P extends PicturePoint>(p: P): P => ({ ...p, x: a * p.x - b * p.y + e, y: b * p.x + a * p.y + f });
  const { x, y, width, height } = thing;
  const scale = Math.hypot(a, b);
  const centre = place({ x: x + width / 2, y: y + height / 2 });
  const [across, down] = [width * scale, height * scale];
  const box = { x: centre.x - across / 2, y: centre.y - down / 2, width: across, height: down };
  return { ...thing, ...box, points: thing.points.map(place) };
}
