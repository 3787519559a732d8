/** Lines of text in a map of how likely each pixel shows text: differentiable binarization (Liao et al., arXiv:1911.08947). */
import { InputError } from '../../core/errors.ts';
import { at } from '../../util/arrays.ts';
import type { PictureSize } from '../picture-spec.ts';
import { connectedRegions, type ConnectedRegion, type ScoreMap } from './connected-regions.ts';
import { rectangleCorners, turnedRectangle, type PlanePoint, type TurnedRectangle } from './turned-rectangle.ts';

/** A line of text, or a word. All is in pixels of the picture. */
export interface TextRegion {
  /** Corners, around from what is the upper left one while the text is turned by less than 45 degrees. */
  readonly outline: readonly PlanePoint[];
  /** Upper left corner and extents of the upright box around. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The mean of the map within. */
  readonly score: number;
}

/** What counts as text. */
export interface TextOptions {
  /** Lowest score, 0 to 1; 0.6 unless given. */
  readonly threshold?: number;
  /** Pixels of the map that have more than this belong to text, 0 to 1; 0.3 unless given. */
  readonly pixelThreshold?: number;
  /** How much text is larger than its core, which such networks find: the core's area by its circumference, times this; 1.5 unless given. */
  readonly unclip?: number;
  /** How many are given at most; 1000 unless given. */
  readonly max?: number;
}

/** Pixels of the map that a core has across at least, and what is left of it after it has grown. */
const LEAST = { core: 3, grown: 5 } as const;

/** How far numbers may lie outside 0…1 by rounding. */
const SLACK = 1e-3;

/**
 * The text of a picture that the whole map shows, from the top. Throws InputError for a map that has other numbers than
 * probabilities.
 */
export function textRegions(map: ScoreMap, picture: PictureSize, options: TextOptions = {}): TextRegion[] {
  const { threshold = 0.6, pixelThreshold = 0.3, unclip = 1.5, max = 1000 } = options;
  requireProbabilities(map);
  const found: TextRegion[] = [];
  for (const region of connectedRegions(map, pixelThreshold)) {
    if (found.length >= max) break;
    const core = turnedRectangle(outerPixels(region));
    if (Math.min(core.length, core.breadth) < LEAST.core) continue;
    const score = meanWithin(map, core);
    const text = grown(core, unclip);
    if (score < threshold || Math.min(text.length, text.breadth) < LEAST.grown) continue;
    found.push(toRegion(text, score, map, picture));
  }
  return found;
}

function requireProbabilities({ data }: ScoreMap): void {
  for (const value of data) {
    // NaN lies nowhere.
    if (value >= -SLACK && value <= 1 + SLACK) continue;
    throw new InputError(`the network's map holds ${value}, where probabilities of text were expected`);
  }
}

/** The first and the last pixel of each row: no other is a corner of the hull. */
function outerPixels({ top, firsts, lasts }: ConnectedRegion): PlanePoint[] {
  return firsts.flatMap((first, row) => [
    { x: first, y: top + row },
    { x: at(lasts, row), y: top + row },
  ]);
}

function grown(core: TurnedRectangle, unclip: number): TurnedRectangle {
  const { length, breadth } = core;
  const by = (length * breadth * unclip) / (length + breadth);
  return { ...core, length: length + by, breadth: breadth + by };
}

/** The mean of pixels whose middles lie within. */
function meanWithin({ width, height, data }: ScoreMap, rectangle: TurnedRectangle): number {
  const { centre, along, length, breadth } = rectangle;
  const { left, top, right, bottom } = boundsOf(rectangleCorners(rectangle));
  let [sum, count] = [0, 0];
  for (let y = Math.max(0, Math.ceil(top)); y <= Math.min(height - 1, bottom); y++) {
    for (let x = Math.max(0, Math.ceil(left)); x <= Math.min(width - 1, right); x++) {
      const [dx, dy] = [x - centre.x, y - centre.y];
      const [u, v] = [dx * along.x + dy * along.y, dy * along.x - dx * along.y];
      if (2 * Math.abs(u) > length + SLACK || 2 * Math.abs(v) > breadth + SLACK) continue;
      sum += data[y * width + x] ?? 0;
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

/** From the middle of a cell of the map to the pixels of the picture, and not beyond. */
function within(place: number, cells: number, extent: number): number {
  return Math.min(extent, Math.max(0, ((place + 0.5) / cells) * extent));
}

function toRegion(text: TurnedRectangle, score: number, map: ScoreMap, picture: PictureSize): TextRegion {
  const outline = inOrder(
    rectangleCorners(text).map(({ x, y }) => ({
      x: within(x, map.width, picture.width),
      y: within(y, map.height, picture.height),
    })),
  );
  const { left, top, right, bottom } = boundsOf(outline);
  return { outline, score, x: left, y: top, width: right - left, height: bottom - top };
}

/** Upper left, upper right, lower right, lower left: of the two on either side the upper comes first. */
function inOrder(corners: readonly PlanePoint[]): PlanePoint[] {
  const [a, b, c, d] = [...corners].sort((p, q) => p.x - q.x || p.y - q.y);
  if (!a || !b || !c || !d) return [...corners];
  const [upperLeft, lowerLeft] = a.y <= b.y ? [a, b] : [b, a];
  const [upperRight, lowerRight] = c.y <= d.y ? [c, d] : [d, c];
  return [upperLeft, upperRight, lowerRight, lowerLeft];
}

function boundsOf(points: readonly PlanePoint[]) {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}
