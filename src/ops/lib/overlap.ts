/** Intersection over union in float32, each step rounded, so that every kernel can say the same to the bit. */

const f32 = Math.fround;

/** The smallest normal float32: a side or an area below it counts as none, since GPUs may take such numbers for zero. */
const SMALLEST = 2 ** -126;

/** Corners in either order of dimensions, and the area, 0 of boxes that overlap nothing. */
export interface Extent {
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
  readonly area: number;
}

const EMPTY: Extent = { low: [0, 0], high: [0, 0], area: 0 };

function side(low: number, high: number, offset: number): number {
  const length = f32(f32(high - low) + offset);
  return length >= SMALLEST ? length : 0;
}

function areaOf(low: Extent['low'], high: Extent['high'], offset: number): number {
  const area = f32(side(low[0], high[0], offset) * side(low[1], high[1], offset));
  return area >= SMALLEST && area < Infinity ? area : 0;
}

/** How boxes are given: two corners in any order, or centre and size; and what lengths have added. */
export interface BoxForm {
  readonly centerPointBox: boolean;
  readonly offset: number;
}

/** The box at `from` of a list of four numbers each. */
export function extentAt(boxes: ArrayLike<number>, from: number, { centerPointBox, offset }: BoxForm): Extent {
  const [a = 0, b = 0, c = 0, d = 0] = [boxes[from], boxes[from + 1], boxes[from + 2], boxes[from + 3]];
  if (!(Number.isFinite(a) && Number.isFinite(b) && Number.isFinite(c) && Number.isFinite(d))) return EMPTY;
  const low = centerPointBox ? ([f32(a - c / 2), f32(b - d / 2)] as const) : ([Math.min(a, c), Math.min(b, d)] as const);
  const high = centerPointBox ? ([f32(a + c / 2), f32(b + d / 2)] as const) : ([Math.max(a, c), Math.max(b, d)] as const);
  const area = areaOf(low, high, offset);
  return area > 0 ? { low, high, area } : EMPTY;
}

/** Intersection over union of two boxes; 0 where either has no area. */
export function overlapOf(a: Extent, b: Extent, offset: number): number {
  if (a.area === 0 || b.area === 0) return 0;
  const low = [Math.max(a.low[0], b.low[0]), Math.max(a.low[1], b.low[1])] as const;
  const high = [Math.min(a.high[0], b.high[0]), Math.min(a.high[1], b.high[1])] as const;
  const shared = areaOf(low, high, offset);
  return shared === 0 ? 0 : f32(shared / f32(f32(a.area + b.area) - shared));
}
