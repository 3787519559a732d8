/** Detections of YOLO v2 and v3 as layers have them, on both backends, beside plain loops. */
import { describe, expect, it } from 'vitest';
import { floatTolerance } from '../../../src/core/compare.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { yoloOutputNodes, type YoloLayer } from '../../../src/formats/lib/yolo-output.ts';
import { range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { layerGraph, runLayers } from '../../helpers/layer-graphs.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

interface Map {
  readonly sizes: readonly (readonly [number, number])[];
  readonly scale?: number;
}

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

function overlapOfShares(
  [ax = 0, ay = 0, aX = 0, aY = 0]: readonly number[],
  [bx = 0, by = 0, bX = 0, bY = 0]: readonly number[],
): number {
  const both = Math.max(0, Math.min(aX, bX) - Math.max(ax, bx)) * Math.max(0, Math.min(aY, bY) - Math.max(ay, by));
  return both / ((aX - ax) * (aY - ay) + (bX - bx) * (bY - by) - both);
}

/** Boxes of one picture: label, score, corners. */
function boxesOf(image: number, maps: readonly Map[], feeds: readonly Tensor[], layer: YoloLayer): number[][] {
  return maps.flatMap(({ sizes, scale }, m) => {
    const { data, shape } = feeds[m] ?? tensorOf('float32', [0, 0, 0, 0], []);
    const [, channels = 0, height = 0, width = 0] = shape;
    const whole = [width, height].map((side) => (scale === undefined ? side : Math.floor(Math.fround(scale) * side)));
    return sizes.flatMap(([w, h], k) =>
      range(height * width).map((cell) => {
        const valueAt = (c: number): number =>
          data[(image * channels + k * (5 + layer.classes) + c) * height * width + cell] ?? NaN;
        const x = ((cell % width) + sigmoid(valueAt(0))) / width;
        const y = (Math.floor(cell / width) + sigmoid(valueAt(1))) / height;
        const bw = (Math.exp(valueAt(2)) * w) / (whole[0] ?? 1);
        const bh = (Math.exp(valueAt(3)) * h) / (whole[1] ?? 1);
        const logits = range(layer.classes).map((c) => valueAt(5 + c));
        const best = Math.max(...logits);
        const sum = logits.reduce((total, v) => total + Math.exp(v - best), 0);
        const share = layer.classesBy === 'softmax' ? 1 / sum : sigmoid(best);
        const score = Math.fround(sigmoid(valueAt(4)) * share);
        return [logits.indexOf(best) + 1, score, x - bw / 2, y - bh / 2, x + bw / 2, y + bh / 2];
      }),
    );
  });
}

function rowsOfPicture(image: number, maps: readonly Map[], feeds: readonly Tensor[], layer: YoloLayer): number[][] {
  const found = boxesOf(image, maps, feeds, layer)
    .filter(([, score = 0]) => score >= layer.confidence)
    .sort(([, a = 0], [, b = 0]) => b - a);
  const kept: number[][] = [];
  for (const box of found) {
    if (kept.every((other) => overlapOfShares(other.slice(2), box.slice(2)) <= layer.overlap)) kept.push(box);
  }
  return kept;
}

const V2: YoloLayer = { classes: 4, classesBy: 'softmax', confidence: 0.2, overlap: 0.45 };
const V3: YoloLayer = { classes: 3, classesBy: 'sigmoid', confidence: 0.3, overlap: 0.4 };
const ONE: readonly Map[] = [
  {
    sizes: [
      [1.1, 1.2],
      [3.4, 2.1],
    ],
  },
];
const TWO: readonly Map[] = [
  {
    sizes: [
      [12, 18],
      [37, 49],
    ],
    scale: 32,
  },
  {
    sizes: [
      [52, 30],
      [20, 73],
    ],
    scale: 16.8,
  },
];

describe.each(['cpu', 'webgpu'] as const)('rows on %s', (backend) => {
  it.each([
    { name: 'YOLO v2', layer: V2, maps: ONE, extents: [[4, 5]] },
    {
      name: 'YOLO v3 of two maps',
      layer: V3,
      maps: TWO,
      extents: [
        [2, 3],
        [4, 6],
      ],
    },
    {
      name: 'none',
      layer: { ...V3, confidence: 2 },
      maps: TWO,
      extents: [
        [2, 3],
        [4, 6],
      ],
    },
  ])('$name', async ({ layer, maps, extents }) => {
    const channels = 2 * (5 + layer.classes);
    const ports = Object.fromEntries(maps.map((_, m) => [`map${m}`, [null, channels, null, null]]));
    const graph = layerGraph(ports, (e, names) =>
      yoloOutputNodes(
        e,
        maps.map((map, m) => ({ ...map, map: names[m] ?? '' })),
        layer,
      ),
    );
    for (const images of [1, 2]) {
      const random = randomSource(images + channels);
      const feeds = extents.map((extent) => randomTensor('float32', [images, channels, ...extent], random, -2, 2));
      const [rows] = await runLayers(graph, Object.fromEntries(feeds.map((t, m) => [`map${m}`, t])), backend);
      const lists = range(images).map((image) => rowsOfPicture(image, maps, feeds, layer));
      const most = Math.max(...lists.map(({ length }) => length));
      const all = lists.flatMap((list) => range(most).flatMap((i) => list[i] ?? [0, 0, 0, 0, 0, 0]));
      const expected = tensorOf('float32', [images, most, 6], all);
      expectClose(rows ?? expected, expected, floatTolerance(32), `${images} images`);
    }
  });
});

it('maps whose channels do not fit are refused', () => {
  expect(() =>
    layerGraph({ map: [null, 17, null, null] }, (e, [map = '']) => yoloOutputNodes(e, [{ map, sizes: [[1, 1]] }], V2)),
  ).toThrow(/9 channels, not 17/);
});
