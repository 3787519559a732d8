/** DetectionOutput by plain loops, written anew from what Caffe's SSD says of it, in OpenCV's order: rows as they come, nothing behind them. */
import { range } from '../../../src/util/arrays.ts';

/** Parameters of the layer by their names in Caffe. */
export interface SsdLayer {
  readonly classes: number;
  readonly background: number;
  readonly shareLocation: boolean;
  readonly coding: 'corner' | 'centerSize' | 'cornerSize';
  readonly varianceInTarget: boolean;
  readonly clip: boolean;
  readonly confidence: number;
  readonly overlap: number;
  readonly topK: number;
  readonly keepTopK: number;
}

type Numbers = ArrayLike<number>;

/** A box that was kept: image, label, score, corners. */
export type SsdRow = readonly number[];

const f = Math.fround;

function decode(
  prior: readonly number[],
  variance: readonly number[],
  code: readonly number[],
  layer: SsdLayer,
): number[] {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = prior;
  const [a = 0, b = 0, c = 0, d = 0] = code.map((v, i) => (layer.varianceInTarget ? v : v * (variance[i] ?? 0)));
  const [w, h] = [x2 - x1, y2 - y1];
  const boxes = {
    corner: () => [x1 + a, y1 + b, x2 + c, y2 + d],
    cornerSize: () => [x1 + a * w, y1 + b * h, x2 + c * w, y2 + d * h],
    centerSize: () => {
      const [x, y] = [a * w + (x1 + x2) / 2, b * h + (y1 + y2) / 2];
      const [half, high] = [(Math.exp(c) * w) / 2, (Math.exp(d) * h) / 2];
      return [x - half, y - high, x + half, y + high];
    },
  };
  return boxes[layer.coding]().map((v) => f(layer.clip ? Math.min(Math.max(v, 0), 1) : v));
}

function areaOf([x1 = 0, y1 = 0, x2 = 0, y2 = 0]: readonly number[]): number {
  return x2 < x1 || y2 < y1 ? 0 : (x2 - x1) * (y2 - y1);
}

function overlapOfBoxes(a: readonly number[], b: readonly number[]): number {
  const [ax1 = 0, ay1 = 0, ax2 = 0, ay2 = 0] = a;
  const [bx1 = 0, by1 = 0, bx2 = 0, by2 = 0] = b;
  const [w, h] = [Math.min(ax2, bx2) - Math.max(ax1, bx1), Math.min(ay2, by2) - Math.max(ay1, by1)];
  if (w <= 0 || h <= 0) return 0;
  return (w * h) / (areaOf(a) + areaOf(b) - w * h);
}

/** Rows of all images, those of an image best first. */
export function ssdRows(
  images: number,
  { locations, scores, priors }: { locations: Numbers; scores: Numbers; priors: Numbers },
  layer: SsdLayer,
): SsdRow[] {
  const count = priors.length / (layer.varianceInTarget && priors.length % 8 !== 0 ? 4 : 8);
  const at = (list: Numbers, from: number): number[] => range(4).map((i) => list[from + i] ?? NaN);
  const own = layer.shareLocation ? 1 : layer.classes;
  return range(images).flatMap((image) => {
    const kept = range(layer.classes).flatMap((label): SsdRow[] => {
      if (label === layer.background) return [];
      const found = range(count)
        .map((p) => {
          const score = scores[(image * count + p) * layer.classes + label] ?? NaN;
          const place = ((image * count + p) * own + (layer.shareLocation ? 0 : label)) * 4;
          const box = decode(at(priors, p * 4), at(priors, (count + p) * 4), at(locations, place), layer);
          return { score, box };
        })
        .filter(({ score }) => score > layer.confidence)
        .sort((one, other) => other.score - one.score);
      const looked = layer.topK < 0 ? found : found.slice(0, layer.topK);
      const chosen: typeof looked = [];
      for (const candidate of looked) {
        if (chosen.every(({ box }) => overlapOfBoxes(box, candidate.box) <= layer.overlap)) chosen.push(candidate);
      }
      return chosen.map(({ score, box }) => [image, label, score, ...box]);
    });
    kept.sort((a, b) => (b[2] ?? 0) - (a[2] ?? 0));
    return layer.keepTopK < 0 ? kept : kept.slice(0, layer.keepTopK);
  });
}
