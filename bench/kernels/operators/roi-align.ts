/** RoiAlign: the maps of regions that the heads of Mask R-CNN begin with, on a coarse map and on a fine one. */
import type { Tensor } from '../../../src/core/tensor.ts';
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { randomSource } from '../../../src/util/random.ts';
import type { OperatorCase } from './case.ts';
import { uniform } from './feeds.ts';

interface Setting {
  readonly height: number;
  readonly width: number;
  readonly boxes: number;
  readonly channels: number;
}

/** Levels of a pyramid below a picture of 800 × 1088: a sixteenth and a quarter of it. */
const SETTINGS: readonly Setting[] = [
  { height: 50, width: 68, boxes: 1000, channels: 256 },
  { height: 200, width: 272, boxes: 1000, channels: 256 },
];

const BINS = 7;
const GRID = 2;

/** Sides of boxes, in pixels of the map. */
const SIDES = { least: 4, most: 24 };

/** The cases on the command line. */
export const roiAlignBenchCases: readonly OperatorCase[] = SETTINGS.map((setting) => ({
  title: `${setting.boxes} boxes on ${setting.height}×${setting.width}×${setting.channels}, ${BINS}×${BINS} bins of ${GRID}×${GRID}`,
  graph: () => graphOf(setting),
  feeds: () => ({
    x: uniform([1, setting.height, setting.width, setting.channels], 1),
    boxes: boxesOf(setting),
    images: { dtype: 'int64', shape: [setting.boxes], data: new Int32Array(setting.boxes) },
  }),
  images: ['x', 'y'],
  forms: [
    { name: 'tilewise', engine: 'tilewise' },
    { name: 'sample by sample', engine: 'tilewise', forced: { RoiAlign: 'samples' } },
    { name: 'onnxruntime-web WASM', engine: 'ort-wasm' },
  ],
}));

/** Boxes that lie on the map. */
function boxesOf({ height, width, boxes }: Setting): Tensor {
  const random = randomSource(2);
  const side = (): number => SIDES.least + (SIDES.most - SIDES.least) * random();
  const data = new Float32Array(4 * boxes);
  for (let r = 0; r < boxes; r++) {
    const [wide, high] = [side(), side()];
    const [x, y] = [(width - wide) * random(), (height - high) * random()];
    data.set([x, y, x + wide, y + high], 4 * r);
  }
  return { dtype: 'float32', shape: [boxes, 4], data };
}

function graphOf({ height, width, boxes, channels }: Setting): Graph {
  const b = new GraphBuilder('roi-align');
  const inputs = [
    b.input('x', 'float32', [1, height, width, channels]),
    b.input('boxes', 'float32', [boxes, 4]),
    b.input('images', 'int64', [boxes]),
  ];
  const attributes = {
    mode: 'avg',
    outputHeight: BINS,
    outputWidth: BINS,
    samplingRatio: GRID,
    spatialScale: 1,
    coordinateMode: 'half_pixel',
  } as const;
  b.add('RoiAlign', inputs, attributes, { outputs: ['y'] });
  b.output('y');
  return b.build();
}
