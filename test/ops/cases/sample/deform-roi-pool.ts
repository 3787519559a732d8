/** Cases of DeformRoiPool: with and without offsets and groups, samples of either kind, boxes beyond the edges and without bounds. */
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { BOXES, BOXES_WITHOUT_BOUNDS, withImages, type Boxes } from '../../../helpers/roi-boxes.ts';

const ROUNDED = 'ONNX has no samples of boxes of whole pixels';

interface More {
  readonly boxes?: Boxes;
  /** Extents of offsets behind the boxes. */
  readonly offsets?: readonly number[];
  readonly noOracle?: string;
}

function poolCase(
  name: string,
  x: readonly number[],
  attributes: Partial<OpAttributes['DeformRoiPool']>,
  { boxes = BOXES, offsets, noOracle }: More = {},
): OpCase<'DeformRoiPool'> {
  const images = x[0] ?? 1;
  return {
    name,
    op: 'DeformRoiPool',
    inputs: [
      { shape: x },
      { shape: [boxes.length, 5], values: withImages(boxes, images) },
      ...(offsets ? [{ shape: [boxes.length, ...offsets] }] : []),
    ],
    attributes: {
      outputHeight: 2,
      outputWidth: 2,
      spatialScale: 1,
      samplingRatio: 2,
      gamma: 0.25,
      groupHeight: 1,
      groupWidth: 1,
      samples: 'aligned',
      ...attributes,
    },
    ...(noOracle ? { noOracle } : {}),
  };
}

const POSITIONS = { groupHeight: 2, groupWidth: 2 };

export const deformRoiPoolCases: readonly OpCase<'DeformRoiPool'>[] = [
  poolCase('moved', [2, 7, 9, 4], {}, { offsets: [2, 2, 2] }),
  poolCase('position-sensitive', [2, 7, 9, 12], POSITIONS),
  poolCase('odd channels, moved', [3, 7, 9, 5], { outputHeight: 3, outputWidth: 1 }, { offsets: [3, 1, 2] }),
  poolCase('position-sensitive, as many samples as pixels', [1, 7, 9, 20], { ...POSITIONS, samplingRatio: 0 }),
  poolCase(
    'moved, as many samples as pixels',
    [2, 5, 3, 8],
    { samplingRatio: 0, spatialScale: 0.5 },
    { offsets: [2, 2, 2] },
  ),
  poolCase('fewer groups than bins', [1, 7, 9, 8], { ...POSITIONS, outputHeight: 5, outputWidth: 3 }),
  poolCase('whole boxes', [2, 7, 9, 4], { samples: 'rounded' }, { noOracle: ROUNDED }),
  poolCase(
    'whole boxes, moved by parts and class',
    [2, 7, 9, 24],
    { ...POSITIONS, outputHeight: 4, outputWidth: 4, samples: 'rounded', samplingRatio: 4 },
    { offsets: [2, 2, 6], noOracle: ROUNDED },
  ),
  poolCase('moved far out', [1, 1, 1, 4], { gamma: 9 }, { offsets: [2, 2, 2] }),
  poolCase('channels beyond a workgroup', [1, 3, 4, 260], {}, { boxes: [[0, 0, 3, 2]], offsets: [2, 2, 2] }),
  poolCase('no boxes', [1, 7, 9, 4], {}, { boxes: [], noOracle: 'onnxruntime reshapes nothing to nothing' }),
  poolCase(
    'boxes without bounds',
    [1, 7, 9, 4],
    { samplingRatio: 0 },
    {
      boxes: BOXES_WITHOUT_BOUNDS,
      noOracle: 'onnxruntime makes an index of NaN, and would look at all samples of a box without end',
    },
  ),
];
