/** Detectors of faces, and the outputs of SSDs, decoded in float64 from the papers and specifications, in input pixels. */
import type { Tensor } from '../../../src/core/tensor.ts';
import { at } from '../../../src/util/arrays.ts';
import type { DecodedBox, Extents } from './decoded-box.ts';

/**
 * Ultra-Light-Fast-Generic-Face-Detector (RFB-320): `[1, boxes, 2]` after the softmax (background, face) and `[1, boxes, 4]`
 * corners x1, y1, x2, y2 as shares of the input; the file decodes its priors itself.
 */
export function decodeUltraLight(scores: Tensor, corners: Tensor, input: Extents): DecodedBox[] {
  return Array.from({ length: at(scores.shape, 1) }, (_, i) => {
    const v = (k: number): number => at(corners.data, 4 * i + k);
    return {
      x1: v(0) * input.width,
      y1: v(1) * input.height,
      x2: v(2) * input.width,
      y2: v(3) * input.height,
      score: at(scores.data, 2 * i + 1),
      index: 0,
    };
  });
}

const unit = (v: number): number => Math.min(1, Math.max(0, v));

/** Outputs of one stride of YuNet. */
export interface YuNetLevel {
  readonly stride: number;
  /** `[1, cells, 1]`, after the sigmoid. */
  readonly cls: Tensor;
  /** `[1, cells, 1]`, after the sigmoid. */
  readonly obj: Tensor;
  /** `[1, cells, 4]`. */
  readonly bbox: Tensor;
  /** `[1, cells, 10]`: right eye, left eye, nose tip, right and left corner of the mouth. */
  readonly kps: Tensor;
}

/**
 * YuNet (Wu et al. 2023, doi:10.1007/s11633-023-1423-y; OpenCV's FaceDetectorYN): one prior a cell at its upper left corner;
 * centre = (offset + cell) · stride, size = exp · stride, points = (offset + cell) · stride, score = √(class · objectness),
 * both within 0 and 1.
 */
export function decodeYuNet(levels: readonly YuNetLevel[], input: Extents): DecodedBox[] {
  return levels.flatMap(({ stride, cls, obj, bbox, kps }) => {
    const columns = input.width / stride;
    return Array.from({ length: at(cls.shape, 1) }, (_, cell) => {
      const [gx, gy] = [cell % columns, Math.floor(cell / columns)];
      const b = (k: number): number => at(bbox.data, 4 * cell + k);
      const [cx, cy] = [(gx + b(0)) * stride, (gy + b(1)) * stride];
      const [w, h] = [Math.exp(b(2)) * stride, Math.exp(b(3)) * stride];
      const points = Array.from({ length: 5 }, (__, k) => {
        const offset = (axis: number): number => at(kps.data, 10 * cell + 2 * k + axis);
        return [(gx + offset(0)) * stride, (gy + offset(1)) * stride] as const;
      });
      const score = Math.sqrt(unit(at(cls.data, cell)) * unit(at(obj.data, cell)));
      return { x1: cx - w / 2, y1: cy - h / 2, x2: cx + w / 2, y2: cy + h / 2, score, index: 0, points };
    });
  });
}

/** A cell's middle, as shares of the input. */
export type AnchorCentre = readonly [number, number];

/**
 * MediaPipe's anchors of fixed size (SsdAnchorsCalculator): layers of one stride that follow each other share a grid, and each
 * gives `each` anchors in every cell, at its middle. BlazeFace of short range: 128 and [8, 16, 16, 16] are 896; of full range:
 * 192, [4] and one each are 2304; palms: 192 and [8, 16, 16, 16] are 2016; BlazePose: 224 and [8, 16, 32, 32, 32] are 2254;
 * the 256² BlazeFace of @vladmandic/human: [16, 32, 32, 32] are 512 + 384.
 */
export function blazeAnchors(size: number, strides: readonly number[], each = 2): AnchorCentre[] {
  const anchors: AnchorCentre[] = [];
  for (const stride of new Set(strides)) {
    const cells = Math.ceil(size / stride);
    const perCell = each * strides.filter((s) => s === stride).length;
    for (let y = 0; y < cells; y++) {
      for (let x = 0; x < cells; x++) {
        for (let k = 0; k < perCell; k++) anchors.push([(x + 0.5) / cells, (y + 0.5) / cells]);
      }
    }
  }
  return anchors;
}

/**
 * BlazeFace, palms and BlazePose (Bazarevsky et al. 2019, arXiv:1907.05047): logits, one an anchor, cut at ±100, and rows of
 * centre x, centre y, width, height and points x, y, …, in pixels of the square input, places counted from the anchor.
 * Both may come in several tensors, in the order of the anchors.
 */
export function decodeBlaze(
  logits: readonly Tensor[],
  rows: readonly Tensor[],
  anchors: readonly AnchorCentre[],
  size: number,
): DecodedBox[] {
  const scores = logits.flatMap(({ data }) => Array.from(data));
  const values = rows.flatMap(({ data }) => Array.from(data));
  const columns = values.length / anchors.length;
  if (scores.length !== anchors.length || !Number.isInteger(columns)) {
    throw new Error(`${scores.length} scores and ${values.length} numbers of ${anchors.length} anchors`);
  }
  return anchors.map(([ax, ay], i) => {
    const v = (k: number): number => at(values, i * columns + k);
    const [cx, cy] = [v(0) + ax * size, v(1) + ay * size];
    const points = Array.from({ length: (columns - 4) / 2 }, (_, p) => {
      return [v(4 + 2 * p) + ax * size, v(5 + 2 * p) + ay * size] as const;
    });
    const logit = Math.min(100, Math.max(-100, at(scores, i)));
    return {
      x1: cx - v(2) / 2,
      y1: cy - v(3) / 2,
      x2: cx + v(2) / 2,
      y2: cy + v(3) / 2,
      score: 1 / (1 + Math.exp(-logit)),
      index: 0,
      points,
    };
  });
}

/**
 * What an SSD gives that suppresses itself (TFLite_Detection_PostProcess, TensorFlow's detection models): `[1, N, 4]` of top,
 * left, bottom, right as shares of the input, `[1, N]` classes and scores, and how many of them count.
 */
export function decodeSsd(
  boxes: Tensor,
  classes: Tensor,
  scores: Tensor,
  input: Extents,
  count = at(scores.shape, 1),
): DecodedBox[] {
  return Array.from({ length: count }, (_, i) => {
    const v = (k: number): number => at(boxes.data, 4 * i + k);
    return {
      x1: v(1) * input.width,
      y1: v(0) * input.height,
      x2: v(3) * input.width,
      y2: v(2) * input.height,
      score: at(scores.data, i),
      index: at(classes.data, i),
    };
  });
}
