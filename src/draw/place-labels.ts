/** Where labels go: near their boxes, inside the picture, and never one over another. */
import type { PictureSize } from '../vision/picture-spec.ts';

/** A rectangle, by its upper left corner and extents. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A label that asks for a place: its extents, and the box that it belongs to, within the picture. */
export interface LabelRequest {
  readonly width: number;
  readonly height: number;
  readonly box: Area;
}

/** A label in its place. */
export interface PlacedLabel extends Area {
  /** Joins the label with its box where it lies away from it: from the label to the box. */
  readonly leader?: readonly [x1: number, y1: number, x2: number, y2: number];
}

/** More labels than this nobody reads, and their places would take long to find. */
const MAX_LABELS = 300;

/**
 * Places for labels, all in whole pixels, in the order given, the most important first: above the box, inside it at its upper edge, below it, or
 * at its sides, wherever they cover least of other things; where other labels are there already, at the nearest place that is
 * free, with a leader. Labels stay `gap` apart.
 * Undefined for those that find none.
 */
export function placeLabels(
  requests: readonly LabelRequest[],
  picture: PictureSize,
  gap: number,
): (PlacedLabel | undefined)[] {
  const placed: PlacedLabel[] = [];
  return requests.map((request) => {
    if (placed.length >= MAX_LABELS || request.width > picture.width || request.height > picture.height) {
      return undefined;
    }
    const free = (area: Area): boolean => isInside(area, picture) && !placed.some((other) => touch(area, other, gap));
    const beside = leastCovering(besideBox(request, picture).filter(free), requests, request);
    const found = beside ?? awayFromBox(request, picture, { placed, gap });
    if (found) placed.push(found);
    return found;
  });
}

/** What a place costs for each that is better, in shares of another thing that is covered. */
const RANK_COST = 0.02;

/** The place where least of other things is covered; of those that are as good the first. */
function leastCovering(
  places: readonly PlacedLabel[],
  requests: readonly LabelRequest[],
  own: LabelRequest,
): PlacedLabel | undefined {
  const others = requests.filter((request) => request !== own).map(({ box }) => box);
  let [best, least]: [PlacedLabel | undefined, number] = [undefined, Infinity];
  for (const [rank, place] of places.entries()) {
    const cost = others.reduce((sum, box) => sum + coveredShare(box, place), rank * RANK_COST);
    if (cost < least) [best, least] = [place, cost];
  }
  return best;
}

/** The share of a box that lies under another. */
function coveredShare(box: Area, cover: Area): number {
  const width = Math.min(box.x + box.width, cover.x + cover.width) - Math.max(box.x, cover.x);
  const height = Math.min(box.y + box.height, cover.y + cover.height) - Math.max(box.y, cover.y);
  return width > 0 && height > 0 ? (width * height) / (box.width * box.height) : 0;
}

/** True where two rectangles overlap, or lie nearer than `gap` to each other. */
export function touch(a: Area, b: Area, gap: number): boolean {
  return (
    a.x < b.x + b.width + gap && b.x < a.x + a.width + gap && a.y < b.y + b.height + gap && b.y < a.y + a.height + gap
  );
}

function isInside({ x, y, width, height }: Area, picture: PictureSize): boolean {
  return x >= 0 && y >= 0 && x + width <= picture.width && y + height <= picture.height;
}

/** Places at the box, the best first. A label that is as large as its box does not cover it unless there is nothing else. */
function besideBox({ width, height, box }: LabelRequest, picture: PictureSize): PlacedLabel[] {
  const within = (x: number): number => Math.min(Math.max(x, 0), picture.width - width);
  const [left, right] = [within(box.x), within(box.x + box.width - width)];
  const [above, top, bottom, below] = [box.y - height, box.y, box.y + box.height - height, box.y + box.height];
  const outside = [
    [left, below],
    [right, above],
    [right, below],
    [box.x + box.width, top],
    [box.x - width, top],
    [box.x + box.width, bottom],
    [box.x - width, bottom],
  ] as const;
  const inside = [
    [left, top],
    [right, top],
    [left, bottom],
    [right, bottom],
  ] as const;
  const isRoomy = box.width >= width && box.height >= 3 * height;
  const others = isRoomy ? [...inside, ...outside] : [...outside, ...inside];
  return [[left, above] as const, ...others].map(([x, y]) => ({ x, y, width, height }));
}

/** The nearest free place anywhere: rows are tried from the box outwards, until they are farther than what was found. */
function awayFromBox(
  { width, height, box }: LabelRequest,
  picture: PictureSize,
  { placed, gap }: { readonly placed: readonly Area[]; readonly gap: number },
): PlacedLabel | undefined {
  const lowest = picture.height - height;
  const start = Math.min(Math.max(box.y - height, 0), lowest);
  let [best, nearest]: [Area | undefined, number] = [undefined, Infinity];
  const step = Math.ceil(height / 4);
  for (let i = 0; i <= (2 * lowest) / step + 1; i++) {
    const y = start + (i % 2 === 0 ? i / 2 : -(i + 1) / 2) * step;
    if (y < 0 || y > lowest || distance({ x: box.x, y, width, height }, box) >= nearest) continue;
    const area = nearestInRow(
      { x: box.x + Math.floor((box.width - width) / 2), y, width, height },
      picture,
      placed,
      gap,
    );
    const away = area ? distance(area, box) : Infinity;
    if (away < nearest) [best, nearest] = [area, away];
  }
  return best && { ...best, ...leaderOf(best, box) };
}

/** The free place in a row that is nearest to the one wanted: that itself, or right beside what is in the row. */
function nearestInRow(wanted: Area, picture: PictureSize, placed: readonly Area[], gap: number): Area | undefined {
  const row = { ...wanted, x: 0, width: picture.width };
  const others = placed.filter((other) => touch(row, other, gap));
  const last = picture.width - wanted.width;
  const start = Math.min(Math.max(wanted.x, 0), last);
  const places = [start, ...others.flatMap(({ x, width }) => [x - gap - wanted.width, x + width + gap])]
    .filter((x) => x >= 0 && x <= last)
    .sort((a, b) => Math.abs(a - start) - Math.abs(b - start));
  const x = places.find((place) => !others.some((other) => touch({ ...wanted, x: place }, other, gap)));
  return x === undefined ? undefined : { ...wanted, x };
}

/** Between the nearest points of two rectangles; 0 where they touch. */
function distance(a: Area, b: Area): number {
  const across = Math.max(a.x - b.x - b.width, b.x - a.x - a.width, 0);
  const down = Math.max(a.y - b.y - b.height, b.y - a.y - a.height, 0);
  return Math.hypot(across, down);
}

/** From the point of the label that is nearest to the box to that of the box which is nearest to the label. */
function leaderOf(label: Area, box: Area): Pick<PlacedLabel, 'leader'> {
  if (distance(label, box) === 0) return {};
  const [x1, x2] = nearestPoints([label.x, label.width], [box.x, box.width]);
  const [y1, y2] = nearestPoints([label.y, label.height], [box.y, box.height]);
  return { leader: [x1, y1, x2, y2] };
}

/** Of two spans on a line, start and length: the points nearest to each other, or the middle of what they share. */
function nearestPoints(
  [a, aLength]: readonly [number, number],
  [b, bLength]: readonly [number, number],
): readonly [number, number] {
  if (a + aLength < b) return [a + aLength, b];
  if (b + bLength < a) return [a, b + bLength];
  const middle = (Math.max(a, b) + Math.min(a + aLength, b + bLength)) / 2;
  return [middle, middle];
}
