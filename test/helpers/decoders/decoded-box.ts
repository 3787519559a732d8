/** Boxes as the independent decoders of the tests give them, their suppression, and the way into the picture: plain loops. */

/** What a decoder reads in a network's output. Written anew, so that nothing is shared with what it checks. */
export interface DecodedBox {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly score: number;
  /** Class. */
  readonly index: number;
  /** Key points, where the network has some. */
  readonly points?: readonly (readonly [number, number])[];
}

/** Width and height. */
export interface Extents {
  readonly width: number;
  readonly height: number;
}

/** Intersection over union of continuous boxes. */
export function overlap(a: Omit<DecodedBox, 'score' | 'index'>, b: Omit<DecodedBox, 'score' | 'index'>): number {
  const across = Math.max(0, Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1));
  const down = Math.max(0, Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1));
  const both = (a.x2 - a.x1) * (a.y2 - a.y1) + (b.x2 - b.x1) * (b.y2 - b.y1) - across * down;
  return both > 0 ? (across * down) / both : 0;
}

/** Greedy suppression by class: of boxes of at least the threshold, each that overlaps none kept before by more than `iou`. */
export function suppressed(
  boxes: readonly DecodedBox[],
  { threshold, iou }: { readonly threshold: number; readonly iou: number },
): DecodedBox[] {
  const left = boxes.filter((box) => box.score >= threshold);
  left.sort((a, b) => b.score - a.score);
  const kept: DecodedBox[] = [];
  for (const box of left) {
    let free = true;
    for (const other of kept) if (other.index === box.index && overlap(other, box) > iou) free = false;
    if (free) kept.push(box);
  }
  return kept;
}

/** The part of a box that lies in a picture. */
export function cutAt(box: DecodedBox, { width, height }: Extents): DecodedBox {
  const { x1, y1, x2, y2 } = box;
  return { ...box, x1: inside(x1, width), y1: inside(y1, height), x2: inside(x2, width), y2: inside(y2, height) };
}

function inside(v: number, extent: number): number {
  return Math.min(extent, Math.max(0, v));
}

/**
 * MediaPipe's weighted suppression (Bazarevsky et al., BlazeFace, arXiv:1907.05047, section 5): instead of dropping what
 * overlaps the best box, corners and key points of all of them are averaged, weighted by their scores.
 */
export function blended(
  boxes: readonly DecodedBox[],
  { threshold, iou }: { readonly threshold: number; readonly iou: number },
): DecodedBox[] {
  let left = boxes.filter((box) => box.score >= threshold).sort((a, b) => b.score - a.score);
  const out: DecodedBox[] = [];
  while (left[0]) {
    const best = left[0];
    const group = left.filter((box) => box === best || overlap(box, best) > iou);
    left = left.filter((box) => !group.includes(box));
    const total = group.reduce((sum, { score }) => sum + score, 0);
    const mean = (of: (box: DecodedBox) => number): number =>
      group.reduce((sum, box) => sum + of(box) * box.score, 0) / total;
    const points = (best.points ?? []).map(
      (_, k) => [mean((b) => b.points?.[k]?.[0] ?? NaN), mean((b) => b.points?.[k]?.[1] ?? NaN)] as const,
    );
    const [x1, y1, x2, y2] = [mean((b) => b.x1), mean((b) => b.y1), mean((b) => b.x2), mean((b) => b.y2)];
    out.push({ x1, y1, x2, y2, score: best.score, index: best.index, ...(best.points ? { points } : {}) });
  }
  return out;
}

/** From pixels of an input that the whole picture was stretched to into pixels of the picture. */
export function unstretched(boxes: readonly DecodedBox[], input: Extents, picture: Extents): DecodedBox[] {
  return moved(boxes, [picture.width / input.width, picture.height / input.height]);
}

/**
 * From pixels of an input that the picture was fitted into, its sides in proportion, into pixels of the picture.
 * It lies in the middle, or, as YOLOX has it, in the upper left corner.
 */
export function unletterboxed(
  boxes: readonly DecodedBox[],
  input: Extents,
  picture: Extents,
  place: 'middle' | 'corner' = 'middle',
): DecodedBox[] {
  const scale = Math.min(input.width / picture.width, input.height / picture.height);
  const half = place === 'middle' ? 0.5 : 0;
  const border = [
    (input.width - picture.width * scale) * half,
    (input.height - picture.height * scale) * half,
  ] as const;
  return moved(boxes, [1 / scale, 1 / scale], border);
}

function moved(
  boxes: readonly DecodedBox[],
  [sx, sy]: readonly [number, number],
  [ox, oy]: readonly [number, number] = [0, 0],
): DecodedBox[] {
  return boxes.map(({ x1, y1, x2, y2, score, index, points }) => ({
    x1: (x1 - ox) * sx,
    y1: (y1 - oy) * sy,
    x2: (x2 - ox) * sx,
    y2: (y2 - oy) * sy,
    score,
    index,
    ...(points ? { points: points.map(([x, y]) => [(x - ox) * sx, (y - oy) * sy] as const) } : {}),
  }));
}
