/** Intersection over union in float32, each step rounded, so that every kernel can say the same to the bit. */

const f32 = Math.fround;

/** The smallest normal float32: a side or an area below it counts as none, since GPUs may take such numbers for zero. */
const SMALLEST = 2 ** -126;

/** Both low coordinates, both high ones, and the area, 0 of boxes that overlap nothing. */
export interface BoxExtent {
  readonly a1: number;
  readonly b1: number;
  readonly a2: number;
  readonly b2: number;
  readonly area: number;
}

const EMPTY: BoxExtent = { a1: 0, b1: 0, a2: 0, b2: 0, area: 0 };

function areaOf(a1: number, b1: number, a2: number, b2: number, offset: number): number {
  const a = f32(f32(a2 - a1) + offset);
  const b = f32(f32(b2 - b1) + offset);
  if (!(a >= SMALLEST && b >= SMALLEST)) return 0;
  const area = f32(a * b);
  return area >= SMALLEST && area < Infinity ? area : 0;
}

/** How boxes are given: two corners in any order, or centre and size; and what lengths have added. */
export interface BoxForm {
  readonly centerPointBox: boolean;
  readonly offset: number;
}

/** The box at `from` of a list of four numbers each. */
export function extentAt(boxes: ArrayLike<number>, from: number, { centerPointBox, offset }: BoxForm): BoxExtent {
  const [a = 0, b = 0, c = 0, d = 0] = [boxes[from], boxes[from + 1], boxes[from + 2], boxes[from + 3]];
  if (!(Number.isFinite(a) && Number.isFinite(b) && Number.isFinite(c) && Number.isFinite(d))) return EMPTY;
  const [a1, b1, a2, b2] = centerPointBox
    ? [f32(a - c / 2), f32(b - d / 2), f32(a + c / 2), f32(b + d / 2)]
    : [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
  const area = areaOf(a1, b1, a2, b2, offset);
  return area > 0 ? { a1, b1, a2, b2, area } : EMPTY;
}

/** Intersection over union of two boxes; 0 where either has no area. */
export function overlapOf(x: BoxExtent, y: BoxExtent, offset: number): number {
  if (x.area === 0 || y.area === 0) return 0;
  const [a1, b1] = [Math.max(x.a1, y.a1), Math.max(x.b1, y.b1)];
  const [a2, b2] = [Math.min(x.a2, y.a2), Math.min(x.b2, y.b2)];
  const common = areaOf(a1, b1, a2, b2, offset);
  return common === 0 ? 0 : f32(common / f32(f32(x.area + y.area) - common));
}
