/** Position-sensitive pools of regions: R-FCN's, its aligned form, and the deformable one, beside the CPU reference. */
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import type { OpAttributes } from '../../../src/ir/ops.ts';
import { randomSource } from '../../../src/util/random.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import type { OperatorCase } from './case.ts';
import { uniform } from './feeds.ts';

/** R-FCN on a picture of about 600 × 1000 (arXiv:1605.06409): a sixteenth of it, 7 × 7 bins, maps of 21 classes. */
const MAP = { height: 38, width: 63, stride: 16 } as const;
const BOXES = 300;
const BINS = 7;
const CLASSES = 21;
/** Sides of boxes, in pixels of the picture. */
const SIDES = { least: 32, most: 320 } as const;
/** Bins have parts of their own offsets (arXiv:1703.06211). */
const GAMMA = 0.1;

const COMMON = { outputHeight: BINS, outputWidth: BINS, spatialScale: 1 / MAP.stride } as const;
const X = [1, MAP.height, MAP.width, BINS * BINS * CLASSES];
const OFFSETS = [BOXES, BINS, BINS, 2];

/** The cases on the command line. */
export const roiPoolCases: readonly OperatorCase[] = [
  poolCase('PsRoiPool', false, (b, inputs) =>
    b.add('PsRoiPool', inputs, { ...COMMON, ends: 'scaled' }, { outputs: ['y'] }),
  ),
  poolCase('PsRoiAlign', false, (b, inputs) =>
    b.add('DeformRoiPool', inputs, deformed('aligned', 2), { outputs: ['y'] }),
  ),
  poolCase('DeformRoiPool', true, (b, inputs) =>
    b.add('DeformRoiPool', inputs, deformed('rounded', 4), { outputs: ['y'] }),
  ),
];

function deformed(samples: 'aligned' | 'rounded', samplingRatio: number): OpAttributes['DeformRoiPool'] {
  return { ...COMMON, samplingRatio, gamma: GAMMA, groupHeight: BINS, groupWidth: BINS, samples };
}

function poolCase(name: string, moved: boolean, add: (b: GraphBuilder, inputs: string[]) => unknown): OperatorCase {
  const graph = (): Graph => {
    const b = new GraphBuilder(name);
    const inputs = [b.input('x', 'float32', X), b.input('rois', 'float32', [BOXES, 5])];
    add(b, moved ? [...inputs, b.input('offsets', 'float32', OFFSETS)] : inputs);
    b.output('y');
    return b.build();
  };
  return {
    title: `${name}: ${BOXES} boxes on ${X.slice(1).join('×')}, ${BINS}×${BINS} bins`,
    graph,
    feeds: () => ({ x: uniform(X, 1), rois: boxes(), ...(moved ? { offsets: uniform(OFFSETS, 3) } : {}) }),
    images: ['x', 'y'],
    forms: [
      { name: 'tilewise', engine: 'tilewise' },
      { name: 'reference', engine: 'tilewise-cpu' },
    ],
  };
}

/** Boxes within the picture, the number of the image before each. */
function boxes(): Tensor {
  const random = randomSource(2);
  const side = (): number => SIDES.least + (SIDES.most - SIDES.least) * random();
  const data = new Float32Array(5 * BOXES);
  for (let r = 0; r < BOXES; r++) {
    const [wide, high] = [side(), side()];
    const [x, y] = [(MAP.width * MAP.stride - wide) * random(), (MAP.height * MAP.stride - high) * random()];
    data.set([0, x, y, x + wide, y + high], 5 * r);
  }
  return { dtype: 'float32', shape: [BOXES, 5], data };
}
