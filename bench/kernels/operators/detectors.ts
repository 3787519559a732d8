/** Whole detectors with seeded weights, from the picture to the boxes, beside onnxruntime-web, and beside their heads' rows alone. */
import {
  fasterRcnn,
  randomWeights,
  retinanet,
  ssdMobilenetV1,
  yoloV8n,
  type NetOptions,
  type OneStageOptions,
  type WeightSource,
} from '../../../models/index.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import type { Form, OperatorCase } from './case.ts';
import { uniform } from './feeds.ts';

interface Setting {
  readonly title: string;
  readonly resolution: number;
  readonly build: (options: NetOptions) => Graph;
  /** Without what chooses boxes. */
  readonly rows?: (options: NetOptions) => Graph;
}

const oneStage = (title: string, resolution: number, builder: (options: OneStageOptions) => Graph): Setting => ({
  title,
  resolution,
  build: (options) => builder({ ...options, detections: 100 }),
  rows: builder,
});

const random = randomWeights();

/** Logits of random weights are hundreds, so that each box is surely the background, or surely nothing else: smaller ones leave a choice. */
const calm: WeightSource = {
  get: (name, shape) => {
    const t = random.get(name, shape);
    return name.includes('box_predictor') ? { ...t, data: t.data.map((v) => v / 500) } : t;
  },
};

const SETTINGS: readonly Setting[] = [
  oneStage('SSD on MobileNet v1', 300, ssdMobilenetV1),
  oneStage('YOLO v8 nano', 320, yoloV8n),
  oneStage('RetinaNet on ResNet-18', 256, retinanet),
  {
    title: 'Faster R-CNN on ResNet-18, 300 proposals',
    resolution: 256,
    build: (options) => fasterRcnn({ ...options, weights: calm, proposals: 300, score: 0.005 }),
  },
];

/** The cases on the command line. */
export const detectorCases: readonly OperatorCase[] = SETTINGS.map(({ title, resolution, build, rows }) => ({
  title: `${title}, ${resolution} pixels`,
  graph: () => build({ resolution }),
  feeds: () => ({ input: uniform([1, resolution, resolution, 3], 1) }),
  images: ['input'],
  byValues: true,
  agrees: sameScores,
  forms: [
    { name: 'tilewise', engine: 'tilewise' },
    ...(rows
      ? [
          {
            name: 'rows of its heads',
            engine: 'tilewise',
            other: true,
            graph: () => rows({ resolution }),
          } satisfies Form,
        ]
      : []),
    { name: 'onnxruntime-web WASM', engine: 'ort-wasm' },
  ],
}));

/** Scores of random weights are near ties, so that rounding decides which proposals and boxes stay: the list of scores hardly changes. */
function sameScores(answer: ReadonlyMap<string, Tensor>, reference: ReadonlyMap<string, Tensor>): string | undefined {
  const [own, wanted] = [answer, reference].map((outputs) => Array.from(outputs.get('scores')?.data ?? []));
  if (!own || !wanted || wanted.length === 0) return 'there are no scores';
  if (own.length !== wanted.length) return `${own.length} boxes, not ${wanted.length}`;
  const apart = Math.max(...wanted.map((v, i) => Math.abs(v - (own[i] ?? 0))));
  return apart < 1e-2 ? undefined : `scores differ by ${apart.toPrecision(2)}`;
}
