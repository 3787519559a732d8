/** Detectors of objects on grids, decoded in float64 from the papers and their authors' descriptions, in input pixels. */
import type { Tensor } from '../../../src/core/tensor.ts';
import { at } from '../../../src/util/arrays.ts';
import type { DecodedBox, Extents } from './decoded-box.ts';

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** The first of the highest of `count` values. */
function best(count: number, value: (k: number) => number): { readonly index: number; readonly score: number } {
  let [index, score] = [0, -Infinity];
  for (let k = 0; k < count; k++) if (value(k) > score) [index, score] = [k, value(k)];
  return { index, score };
}

function around(cx: number, cy: number, width: number, height: number): Pick<DecodedBox, 'x1' | 'y1' | 'x2' | 'y2'> {
  return { x1: cx - width / 2, y1: cy - height / 2, x2: cx + width / 2, y2: cy + height / 2 };
}

/**
 * YOLOX (Ge et al. 2021, arXiv:2107.08430): `[1, cells, 5 + classes]`, the grids of strides 8, 16 and 32 one after another, by
 * rows. Centre = (offset + cell) · stride, size = exp · stride, score = objectness · class; the file has taken both sigmoids.
 */
export function decodeYoloX({ data, shape }: Tensor, input: Extents): DecodedBox[] {
  const columns = at(shape, 2);
  const boxes: DecodedBox[] = [];
  let row = 0;
  for (const stride of [8, 16, 32]) {
    for (let gy = 0; gy < input.height / stride; gy++) {
      for (let gx = 0; gx < input.width / stride; gx++, row++) {
        const v = (k: number): number => at(data, row * columns + k);
        const { index, score } = best(columns - 5, (k) => v(5 + k));
        const [cx, cy] = [(v(0) + gx) * stride, (v(1) + gy) * stride];
        const [width, height] = [Math.exp(v(2)) * stride, Math.exp(v(3)) * stride];
        boxes.push({ ...around(cx, cy, width, height), index, score: v(4) * score });
      }
    }
  }
  if (row !== shape[1]) throw new Error(`${row} cells of three grids, but ${shape[1]} rows`);
  return boxes;
}

/**
 * YOLOv8 and YOLO11 as Ultralytics exports them: `[1, 4 + classes + 3 · points, boxes]` with centre, width and height in input
 * pixels, class scores after the sigmoid and no objectness; of pose models x, y and visibility of each point behind them.
 */
export function decodeYoloV8({ data, shape }: Tensor, pointCount = 0): DecodedBox[] {
  const [, rows, count] = [at(shape, 0), at(shape, 1), at(shape, 2)];
  const classes = rows - 4 - 3 * pointCount;
  return Array.from({ length: count }, (_, i) => {
    const v = (k: number): number => at(data, k * count + i);
    const points = Array.from({ length: pointCount }, (__, p) => {
      const from = 4 + classes + 3 * p;
      return [v(from), v(from + 1)] as const;
    });
    return {
      ...around(v(0), v(1), v(2), v(3)),
      ...best(classes, (k) => v(4 + k)),
      ...(pointCount > 0 ? { points } : {}),
    };
  });
}

/** YOLOv5 as Ultralytics exports it: `[1, boxes, 5 + classes]`, centre and size in input pixels, score = objectness · class. */
export function decodeYoloV5({ data, shape }: Tensor): DecodedBox[] {
  const [, count, columns] = [at(shape, 0), at(shape, 1), at(shape, 2)];
  return Array.from({ length: count }, (_, i) => {
    const v = (k: number): number => at(data, i * columns + k);
    const { index, score } = best(columns - 5, (k) => v(5 + k));
    return { ...around(v(0), v(1), v(2), v(3)), index, score: v(4) * score };
  });
}

/**
 * FastestDet (github.com/dog-qiuqiu/FastestDet): `[1, 5 + classes, rows, columns]`: objectness after its sigmoid, x, y, width,
 * height, and classes after their softmax. Centre = cell + tanh, size = sigmoid of the whole picture. The author's later code
 * has objectness^0.6 · class^0.4 for a score, the earlier one their product (`powers` of 1 and 1).
 */
export function decodeFastestDet(
  { data, shape }: Tensor,
  input: Extents,
  powers: readonly [number, number] = [0.6, 0.4],
): DecodedBox[] {
  const [channels, rows, columns] = [at(shape, 1), at(shape, 2), at(shape, 3)];
  const boxes: DecodedBox[] = [];
  for (let gy = 0; gy < rows; gy++) {
    for (let gx = 0; gx < columns; gx++) {
      const v = (k: number): number => at(data, (k * rows + gy) * columns + gx);
      const { index, score } = best(channels - 5, (k) => v(5 + k));
      const [cx, cy] = [(gx + Math.tanh(v(1))) / columns, (gy + Math.tanh(v(2))) / rows];
      boxes.push({
        ...around(cx * input.width, cy * input.height, logistic(v(3)) * input.width, logistic(v(4)) * input.height),
        index,
        score: v(0) ** powers[0] * score ** powers[1],
      });
    }
  }
  return boxes;
}

/** Outputs of one stride of NanoDet. */
export interface NanoDetLevel {
  readonly stride: number;
  /** `[1, cells, classes]`, after the sigmoid. */
  readonly scores: Tensor;
  /** `[1, cells, 4 · bins]`: for the left, top, right and bottom side the logits of how far it lies, in strides. */
  readonly distances: Tensor;
}

/**
 * NanoDet with Generalized Focal Loss (Li et al. 2020, arXiv:2006.04388): a side's distance is the mean of 0, 1, … bins − 1
 * under the softmax of its logits, times the stride, from the middle of the cell.
 */
export function decodeNanoDet(levels: readonly NanoDetLevel[], input: Extents): DecodedBox[] {
  return levels.flatMap(({ stride, scores, distances }) => {
    const [classes, bins] = [at(scores.shape, 2), at(distances.shape, 2) / 4];
    const columns = Math.ceil(input.width / stride);
    return Array.from({ length: at(scores.shape, 1) }, (_, cell) => {
      const side = (k: number): number => {
        const exps = Array.from({ length: bins }, (__, j) => Math.exp(at(distances.data, (cell * 4 + k) * bins + j)));
        const sum = exps.reduce((a, b) => a + b, 0);
        return (exps.reduce((mean, e, j) => mean + j * e, 0) / sum) * stride;
      };
      const [cx, cy] = [((cell % columns) + 0.5) * stride, (Math.floor(cell / columns) + 0.5) * stride];
      return {
        x1: cx - side(0),
        y1: cy - side(1),
        x2: cx + side(2),
        y2: cy + side(3),
        ...best(classes, (k) => at(scores.data, cell * classes + k)),
      };
    });
  });
}

/**
 * A TTFNet, the CenterNet with four distances (Zhou et al. 2019, arXiv:1904.07850; Liu et al. 2019, arXiv:1909.00700), from its
 * raw maps `[1, rows, columns, classes]` and `[1, rows, columns, 4]` (left, top, right, bottom in input pixels): cells that are
 * the highest of their class among their eight neighbours, the `max` best of all classes.
 */
export function decodeTtfNet(scores: Tensor, distances: Tensor, stride: number, max = 100): DecodedBox[] {
  const [rows, columns, classes] = [at(scores.shape, 1), at(scores.shape, 2), at(scores.shape, 3)];
  const s = (y: number, x: number, c: number): number =>
    y < 0 || x < 0 || y >= rows || x >= columns ? -Infinity : at(scores.data, (y * columns + x) * classes + c);
  const boxes: DecodedBox[] = [];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let index = 0; index < classes; index++) {
        const score = s(y, x, index);
        let peak = true;
        for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) if (s(y + dy, x + dx, index) > score) peak = false;
        if (!peak) continue;
        const d = (k: number): number => at(distances.data, (y * columns + x) * 4 + k);
        const [cx, cy] = [x * stride, y * stride];
        boxes.push({ x1: cx - d(0), y1: cy - d(1), x2: cx + d(2), y2: cy + d(3), score, index });
      }
    }
  }
  return boxes.sort((a, b) => b.score - a.score).slice(0, max);
}
