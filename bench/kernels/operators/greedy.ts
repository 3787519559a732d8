/** Greedy suppression as one writes it in JavaScript: what the kernels of NonMaxSuppression are measured against. */

interface Wanted {
  /** Corners of each box, the low ones first. */
  readonly boxes: Float32Array;
  /** `[classes, n]` */
  readonly scores: Float32Array;
  readonly n: number;
  readonly classes: number;
  readonly most: number;
  readonly overlap: number;
  readonly scoreThreshold: number;
}

/** Class and index of each chosen box, class after class. */
export function greedySuppression(wanted: Wanted): readonly number[] {
  const { boxes, classes, n } = wanted;
  const areas = new Float32Array(n);
  for (let box = 0; box < n; box++) {
    const [a1 = 0, b1 = 0, a2 = 0, b2 = 0] = boxes.subarray(box * 4, box * 4 + 4);
    areas[box] = (a2 - a1) * (b2 - b1);
  }
  const chosen: number[] = [];
  for (let index = 0; index < classes; index++) {
    for (const box of keptOf(wanted, wanted.scores.subarray(index * n, (index + 1) * n), areas))
      chosen.push(index, box);
  }
  return chosen;
}

function keptOf({ boxes, most, overlap, scoreThreshold }: Wanted, scores: Float32Array, areas: Float32Array): number[] {
  const candidates: number[] = [];
  scores.forEach((score, box) => {
    if (score > scoreThreshold) candidates.push(box);
  });
  candidates.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const kept: number[] = [];
  for (const box of candidates) {
    if (kept.length === most) break;
    if (!isCovered(box, kept, boxes, areas, overlap)) kept.push(box);
  }
  return kept;
}

function isCovered(
  box: number,
  kept: readonly number[],
  boxes: Float32Array,
  areas: Float32Array,
  overlap: number,
): boolean {
  const [a1 = 0, b1 = 0, a2 = 0, b2 = 0] = [boxes[box * 4], boxes[box * 4 + 1], boxes[box * 4 + 2], boxes[box * 4 + 3]];
  const area = areas[box] ?? 0;
  for (const other of kept) {
    const at = other * 4;
    const width = Math.min(a2, boxes[at + 2] ?? 0) - Math.max(a1, boxes[at] ?? 0);
    if (width <= 0) continue;
    const height = Math.min(b2, boxes[at + 3] ?? 0) - Math.max(b1, boxes[at + 1] ?? 0);
    if (height <= 0) continue;
    const common = width * height;
    if (common > overlap * (area + (areas[other] ?? 0) - common)) return true;
  }
  return false;
}
