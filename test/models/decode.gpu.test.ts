/** What the host decodes of a network's maps, as parts of the graph: reference, onnxruntime, GPU and host find the same. */
import '../helpers/every-operator.ts';
import { describe, expect, it } from 'vitest';
import { addCenterMap, type CenterMapReading } from '../../models/center-map.ts';
import { addHeatMapPeaks, type HeatMapShape } from '../../src/heads/heat-map-peaks.ts';
import { addPastedMasks } from '../../models/paste-masks.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { Session } from '../../src/session/session.ts';
import { decodeCenterMap } from '../../src/vision/decode/center-map.ts';
import { decodeHeatMaps } from '../../src/vision/decode/key-points.ts';
import { pasteMasks } from '../../src/vision/decode/masks.ts';
import { expectClose } from '../helpers/close.ts';
import { FULL } from '../helpers/full.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { referenceRun } from '../helpers/reference.ts';

type Feeds = Readonly<Record<string, Tensor>>;

/** A graph of these inputs. */
function graphOf(feeds: Feeds, write: (b: GraphBuilder) => readonly string[]): Graph {
  const b = new GraphBuilder('decoding');
  for (const [name, { dtype, shape }] of Object.entries(feeds)) b.input(name, dtype, shape);
  for (const name of write(b)) b.output(name);
  return b.build();
}

/** The outputs of the reference, of onnxruntime and of the GPU, which are the same. */
async function decoded(graph: Graph, feeds: Feeds): Promise<readonly Tensor[]> {
  const all = new Map(Object.entries(feeds));
  const reference = referenceRun(graph, all);
  const expected = await ortRun(toOnnx(graph), all);
  const session = await Session.create(graph, { gpu: async () => (await openGpu()).adapter });
  try {
    const actual = await session.run(feeds);
    for (const [name, own] of reference) {
      const [ort, gpu] = [expected.get(name), actual[name]];
      if (!ort || !gpu) throw new Error(`no ${name}`);
      // Sums of a few numbers below a hundred.
      for (const other of [ort, gpu]) expectClose(other, own, { rtol: 1e-6, atol: 1e-5 }, name);
    }
  } finally {
    session.dispose();
  }
  return [...reference.values()];
}

/** Of cases the full run has all, the short one the first. */
const some = <T>(cases: readonly T[]): readonly T[] => (FULL ? cases : cases.slice(0, 1));

/** Numbers of which many are equal. */
const coarse = (shape: readonly number[], seed: number): Tensor => {
  const t = randomTensor('float32', shape, randomSource(seed), 0, 12);
  return { ...t, data: t.data.map((v) => Math.floor(v) / 12) };
};

const centerMaps: readonly (readonly [string, CenterMapReading, seed: number])[] = [
  ['several of which are equal', { map: [7, 5], classes: 3, stride: 4, threshold: 0.5, most: 100 }, 1],
  ['of which the best are taken', { map: [7, 5], classes: 3, stride: 3, threshold: 0.5, most: 4 }, 2],
  ['of one cell', { map: [1, 1], classes: 1, stride: 8, threshold: 0, most: 3 }, 3],
  ['none of which is likely enough', { map: [3, 17], classes: 2, stride: 4, threshold: 2, most: 5 }, 4],
];

describe('peaks of a centre map', () => {
  it.each(some(centerMaps))('%s', async (_name, reading, seed) => {
    const { map, classes, most, ...rest } = reading;
    const feeds = {
      scores: coarse([1, ...map, classes], seed),
      extents: randomTensor('float32', [1, ...map, 4], randomSource(seed + 10), 0, 9),
    };
    const graph = graphOf(feeds, (b) => {
      const { boxes, labels, scores, chosen } = addCenterMap(b, 'scores', 'extents', reading);
      return [boxes, labels, scores].map(
        (x) => b.add('Compress', [x, chosen], { axis: 0 }, { outputCount: 2 })[0] ?? '',
      );
    });
    const [boxes, labels, scores] = await decoded(graph, feeds);
    const wanted = decodeCenterMap(feeds, { ...rest, max: most });
    expect(Array.from(labels?.data ?? [])).toEqual(wanted.map(({ index }) => index));
    expect(Array.from(scores?.data ?? [])).toEqual(wanted.map(({ score }) => score));
    wanted.forEach((box, i) => {
      const own = boxes?.data.slice(4 * i, 4 * i + 4) ?? [];
      // Float32 pixels.
      [box.x1, box.y1, box.x2, box.y2].forEach((v, k) => expect(own[k]).toBeCloseTo(v, 4));
    });
  });

  it('of no extents, or no stride, are refused', () => {
    const reading = { map: [1, 1], classes: 1, stride: 1, threshold: 0, most: 1 } as const;
    const build = (other: Partial<CenterMapReading>) => () =>
      addCenterMap(new GraphBuilder('none'), 'scores', 'extents', { ...reading, ...other });
    expect(build({ map: [0, 1] })).toThrow('height 0 is not a count');
    expect(build({ most: 0 })).toThrow('most 0 is not a count');
    expect(build({ stride: 0 })).toThrow('stride 0 is not positive');
  });
});

const heatMaps: readonly (readonly [string, HeatMapShape, Tensor])[] = [
  ['of numbers', [2, 7, 5, 7], randomTensor('float32', [2, 7, 5, 7], randomSource(5), -1, 1)],
  ['of equal numbers', [1, 17, 5, 5], coarse([1, 17, 5, 5], 6)],
  ['of a row', [1, 3, 1, 7], randomTensor('float32', [1, 3, 1, 7], randomSource(7), 0, 1)],
  ['of a cell', [3, 1, 1, 1], tensorOf('float32', [3, 1, 1, 1], [0.5, -Infinity, 2])],
];

describe('peaks of heat maps', () => {
  it.each(some(heatMaps))('%s', async (_name, shape, maps) => {
    const graph = graphOf({ maps }, (b) => {
      const { points, scores } = addHeatMapPeaks(b, 'maps', shape);
      return [points, scores];
    });
    const [points, scores] = await decoded(graph, { maps });
    const wanted = decodeHeatMaps(maps).flat();
    expect(Array.from(points?.data ?? [])).toEqual(wanted.flatMap(({ x, y }) => [x, y]));
    expect(Array.from(scores?.data ?? [])).toEqual(wanted.map(({ score }) => score));
  });

  it('of no cells are refused', () => {
    expect(() => addHeatMapPeaks(new GraphBuilder('none'), 'maps', [1, 1, 0, 3])).toThrow('1x1x0x3 holds no heat maps');
  });
});

/** Inside; odd halves; over two borders; smaller than a pixel; empty; over the whole picture; outside on either side. */
const BOXES = [
  [3, 4, 12, 13],
  [2.5, 1.25, 9.75, 17.5],
  [-6, -3.5, 8, 30],
  [7.2, 7.3, 7.6, 7.4],
  [5, 5, 5, 5],
  [-1, -1, 24, 20],
  [-20, 3, -4, 9],
  [30, 25, 40, 35],
];

const pastings: readonly (readonly [side: number, picture: readonly [number, number], threshold: number])[] = [
  [5, [19, 23], 0.5],
  [1, [17, 7], 0.25],
  [28, [19, 23], 0],
];

describe('masks pasted into a picture', () => {
  it.each(some(pastings))('of %i cells a side', async (side, picture, threshold) => {
    const feeds = {
      masks: randomTensor('float32', [BOXES.length, side, side], randomSource(side), 0, 1),
      boxes: tensorOf('float32', [BOXES.length, 4], BOXES.flat()),
    };
    const graph = graphOf(feeds, (b) => [addPastedMasks(b, 'masks', 'boxes', { side, picture, threshold })]);
    const [whole] = await decoded(graph, feeds);
    const [height, width] = picture;
    const wanted = pasteMasks(feeds.masks, feeds.boxes, { width, height }, threshold).flatMap((mask) => {
      const own = Array.from({ length: width * height }, () => 0);
      mask.data.forEach((bit, i) => {
        own[(mask.y + Math.floor(i / mask.width)) * width + mask.x + (i % mask.width)] = bit;
      });
      return own;
    });
    expect(wanted.includes(1)).toBe(true);
    expect(Array.from(whole?.data ?? [], Number)).toEqual(wanted);
  });

  it('of no cells are refused', () => {
    const none = { side: 0, picture: [1, 1] } as const;
    expect(() => addPastedMasks(new GraphBuilder('none'), 'masks', 'boxes', none)).toThrow('side 0 is not a count');
  });
});
