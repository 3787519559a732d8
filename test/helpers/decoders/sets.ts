/** Decoders of Darknet's maps, of sets of queries and of TensorFlow's lists, in float64 from the papers, in input pixels. */
import type { Tensor } from '../../../src/core/tensor.ts';
import { at } from '../../../src/util/arrays.ts';
import type { DecodedBox, Extents } from './decoded-box.ts';

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

function softmax(logits: readonly number[]): number[] {
  const exps = logits.map((x) => Math.exp(x - Math.max(...logits)));
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((e) => e / sum);
}

function best(scores: readonly number[]): { readonly index: number; readonly score: number } {
  const score = Math.max(...scores);
  return { index: scores.indexOf(score), score };
}

/** A map of Darknet's, channels first: of each anchor x, y, w, h, objectness and logits of classes. */
export interface DarknetLevel {
  readonly map: Tensor;
  readonly stride: number;
  /** Width and height of each anchor in pixels. */
  readonly anchors: readonly (readonly [number, number])[];
  /** One softmax of all classes (v2), or a sigmoid each (v3). */
  readonly joint: boolean;
}

/** YOLO v2 (arXiv:1612.08242, figure 3) and v3 (arXiv:1804.02767, section 2). */
export function decodeDarknet(levels: readonly DarknetLevel[]): DecodedBox[] {
  return levels.flatMap(({ map: { data, shape }, stride, anchors, joint }) => {
    const [channels, rows, columns] = [at(shape, 1), at(shape, 2), at(shape, 3)];
    const each = channels / anchors.length;
    const boxes: DecodedBox[] = [];
    for (let cell = 0; cell < rows * columns; cell++) {
      anchors.forEach(([aw, ah], a) => {
        const v = (k: number): number => at(data, (a * each + k) * rows * columns + cell);
        const [cx, cy] = [logistic(v(0)) + (cell % columns), logistic(v(1)) + Math.floor(cell / columns)];
        const [w, h] = [aw * Math.exp(v(2)), ah * Math.exp(v(3))];
        const logits = Array.from({ length: each - 5 }, (_, k) => v(5 + k));
        const { index, score } = best(joint ? softmax(logits) : logits.map(logistic));
        const [x, y] = [cx * stride, cy * stride];
        boxes.push({
          x1: x - w / 2,
          y1: y - h / 2,
          x2: x + w / 2,
          y2: y + h / 2,
          index,
          score: score * logistic(v(4)),
        });
      });
    }
    return boxes;
  });
}

/**
 * DETR (Carion et al. 2020, arXiv:2005.12872): logits `[1, Q, C + 1]` under one softmax whose last class is nothing; RT-DETR
 * (arXiv:2304.08069): `[1, Q, C]`, a sigmoid each. Boxes `[1, Q, 4]` are centres and sizes in 0…1.
 */
export function decodeQueries(logits: Tensor, boxes: Tensor, input: Extents, nothing: boolean): DecodedBox[] {
  const [count, columns] = [at(logits.shape, 1), at(logits.shape, 2)];
  return Array.from({ length: count }, (_, q) => {
    const own = Array.from({ length: columns }, (__, k) => at(logits.data, q * columns + k));
    const scores = nothing ? softmax(own).slice(0, -1) : own.map(logistic);
    const b = (k: number): number => at(boxes.data, 4 * q + k) * (k % 2 === 0 ? input.width : input.height);
    const [x, y, w, h] = [b(0), b(1), b(2), b(3)];
    return { x1: x - w / 2, y1: y - h / 2, x2: x + w / 2, y2: y + h / 2, ...best(scores) };
  });
}
