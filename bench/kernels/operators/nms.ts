/**
 * NonMaxSuppression at the sizes of detectors: many boxes of which about a tenth stay, by class and across classes. Beside the
 * kernels, the reference, onnxruntime-web, and the loop over typed arrays that people write on the host.
 */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { GREEDY_SUPPRESSION, type OpAttributes } from '../../../src/ir/ops.ts';
import { randomSource } from '../../../src/util/random.ts';
import type { Form, OperatorCase } from './case.ts';
import { greedySuppression } from './greedy.ts';

type Attributes = OpAttributes['NonMaxSuppression'];

/** Boxes and classes of a suppression. */
export interface SuppressionSetting {
  readonly name: string;
  readonly n: number;
  readonly classes: number;
  /** Most boxes of a class. */
  readonly most: number;
  readonly scoreThreshold: number;
  /** Scores are uniform ones to this power: the higher, the fewer are over the threshold. */
  readonly power: number;
  readonly attributes?: Partial<Attributes>;
}

const OVERLAP = 0.5;
/** Boxes lie around points of a grid: columns, and pixels from one to the next. */
const GRID = { columns: 40, pitch: 16 } as const;
/** Boxes that show one thing, whose best is to stay. */
const BOXES_OF_ONE = 10;

const ONE: SuppressionSetting = {
  name: 'one class',
  n: 10_000,
  classes: 1,
  most: 2000,
  scoreThreshold: 0.01,
  power: 1,
};

/** The settings on the command line, the first of which the tests know too. */
export const SUPPRESSION_SETTINGS: readonly SuppressionSetting[] = [
  ONE,
  { ...ONE, name: 'across classes', classes: 8, attributes: { classAgnostic: true } },
  { ...ONE, name: 'by class', classes: 8 },
  { ...ONE, name: 'YOLO v8', n: 8400, classes: 80, most: 100, scoreThreshold: 0.25, power: 64 },
  { ...ONE, name: 'soft, Gaussian', n: 2000, most: 200, attributes: { soft: 'gaussian', sigma: 0.5 } },
  { ...ONE, name: 'soft, linear', n: 2000, most: 200, attributes: { soft: 'linear' } },
];

/** The cases on the command line. */
export const suppressionCases: readonly OperatorCase[] = SUPPRESSION_SETTINGS.map((setting) => ({
  title: `${setting.name}: ${setting.n} boxes × ${setting.classes}, at most ${setting.most}`,
  graph: () => suppressionGraph(setting),
  feeds: () => suppressionFeeds(setting),
  byValues: true,
  forms: [{ name: 'tilewise', engine: 'tilewise' }, { name: 'reference', engine: 'tilewise-cpu' }, ...others(setting)],
}));

/** ONNX has suppression by class alone, and nothing soft. */
function others(setting: SuppressionSetting): readonly Form[] {
  if (setting.attributes) return [];
  const { boxes, scores } = suppressionFeeds(setting);
  const given = { boxes: boxes.data as Float32Array, scores: scores.data as Float32Array, overlap: OVERLAP };
  return [
    { name: 'loop on the host', engine: 'host', run: () => greedySuppression({ ...setting, ...given }) },
    { name: 'onnxruntime-web WASM', engine: 'ort-wasm' },
  ];
}

/** The graph of a setting, with the chosen boxes its one output. */
export function suppressionGraph(setting: SuppressionSetting): Graph {
  const { n, classes, most, scoreThreshold, attributes } = setting;
  const b = new GraphBuilder('suppression');
  const boxes = b.input('boxes', 'float32', [1, n, 4]);
  const scores = b.input('scores', 'float32', [1, classes, n]);
  const limits = [
    b.constant('most', tensorOf('int64', [1], [most])),
    b.constant('overlap', tensorOf('float32', [1], [OVERLAP])),
    b.constant('score', tensorOf('float32', [1], [scoreThreshold])),
  ];
  b.add(
    'NonMaxSuppression',
    [boxes, scores, ...limits],
    {
      ...GREEDY_SUPPRESSION,
      ...attributes,
    },
    { outputs: ['selected', 'count'] },
  );
  b.output('selected');
  return b.build();
}

/** Boxes and scores of a setting, the same each time. */
export function suppressionFeeds({ n, classes, power }: SuppressionSetting): { boxes: Tensor; scores: Tensor } {
  const random = randomSource(n + classes);
  const things = Math.ceil(n / BOXES_OF_ONE);
  const boxes = new Float32Array(n * 4);
  for (let box = 0; box < n; box++) {
    const thing = box % things;
    const [row, column] = [Math.floor(thing / GRID.columns), thing % GRID.columns];
    const [top, left] = [row * GRID.pitch + 2 * random(), column * GRID.pitch + 2 * random()];
    boxes.set([top, left, top + 11 + 2 * random(), left + 11 + 2 * random()], box * 4);
  }
  const scores = Float32Array.from({ length: classes * n }, () => random() ** power);
  return {
    boxes: { dtype: 'float32', shape: [1, n, 4], data: boxes },
    scores: { dtype: 'float32', shape: [1, classes, n], data: scores },
  };
}
