/** Outlines of the regions of a map: around the pixels of each class, or of a mask. */

/** A map of whole numbers by rows. */
export interface NumberMap {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/** Points as x, y, x, y … in pixels of the map, from its upper left corner. */
export type Outline = readonly number[];

/** Steps to the right, down, left and up, the region on the right hand. */
const STEPS = [
  { dx: 1, dy: 0, right: [0, 0], left: [0, -1] },
  { dx: 0, dy: 1, right: [-1, 0], left: [0, 0] },
  { dx: -1, dy: 0, right: [-1, -1], left: [-1, 0] },
  { dx: 0, dy: -1, right: [0, -1], left: [-1, -1] },
] as const;

const [RIGHT] = STEPS;

/**
 * For each number but `skipped` the outlines of the pixels that have it, holes too: closed, and even-odd filling gives the
 * region. They go through the middles of the pixels' edges, so that slopes are no stairs.
 */
export function outlineRegions(map: NumberMap, skipped?: number): Map<number, Outline[]> {
  const found = new Map<number, Outline[]>();
  // Upper edges of pixels that an outline went along: each outline has one.
  const seen = new Uint8Array(map.width * map.height);
  for (let y = 0; y < map.height; y++) {
    for (let x = 0; x < map.width; x++) {
      const value = at(map, x, y);
      if (value === skipped || value === undefined || value === at(map, x, y - 1)) continue;
      if (seen[y * map.width + x]) continue;
      const outlines = found.get(value) ?? [];
      outlines.push(outlineFrom(map, x, y, seen));
      found.set(value, outlines);
    }
  }
  return found;
}

function at({ width, height, data }: NumberMap, x: number, y: number): number | undefined {
  return x < 0 || y < 0 || x >= width || y >= height ? undefined : data[y * width + x];
}

/** Walks around the region from the upper edge of a pixel until it is there again. */
function outlineFrom(map: NumberMap, startX: number, startY: number, seen: Uint8Array): Outline {
  const value = at(map, startX, startY);
  const outline: number[] = [];
  let [x, y, direction] = [startX, startY, 0];
  do {
    const { dx, dy } = STEPS[direction] ?? RIGHT;
    if (direction === 0) seen[y * map.width + x] = 1;
    addPoint(outline, x + dx / 2, y + dy / 2);
    x += dx;
    y += dy;
    const { right, left } = STEPS[direction] ?? RIGHT;
    if (at(map, x + right[0], y + right[1]) !== value) direction = (direction + 1) % 4;
    else if (at(map, x + left[0], y + left[1]) === value) direction = (direction + 3) % 4;
  } while (x !== startX || y !== startY || direction !== 0);
  return outline;
}

/** Adds a point, in place of the last one where that lies on the way to it. */
function addPoint(outline: number[], x: number, y: number): void {
  const last = outline.length;
  const [x0, y0] = [outline[last - 4] ?? NaN, outline[last - 3] ?? NaN];
  const [x1, y1] = [outline[last - 2] ?? NaN, outline[last - 1] ?? NaN];
  if ((x1 - x0) * (y - y1) === (y1 - y0) * (x - x1)) outline.length -= 2;
  outline.push(x, y);
}
