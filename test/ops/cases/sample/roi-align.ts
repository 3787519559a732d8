/** Cases of RoiAlign: every mode, boxes across and beyond the edges, without extent, inside out, and none at all. */
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { BOXES, BOXES_WITHOUT_BOUNDS, type Boxes } from '../../../helpers/roi-boxes.ts';

type Attributes = OpAttributes['RoiAlign'];

function roiCase(
  name: string,
  x: readonly number[],
  attributes: Partial<Attributes>,
  { boxes = BOXES, noOracle }: { boxes?: Boxes; noOracle?: string } = {},
): OpCase<'RoiAlign'> {
  const images = x[0] ?? 1;
  return {
    name,
    op: 'RoiAlign',
    inputs: [
      { shape: x },
      { shape: [boxes.length, 4], values: boxes.flat() },
      { dtype: 'int64', shape: [boxes.length], values: boxes.map((_, i) => i % images) },
    ],
    attributes: {
      mode: 'avg',
      outputHeight: 2,
      outputWidth: 2,
      samplingRatio: 2,
      spatialScale: 1,
      coordinateMode: 'half_pixel',
      ...attributes,
    },
    ...(noOracle ? { noOracle } : {}),
  };
}

export const roiAlignCases: readonly OpCase<'RoiAlign'>[] = [
  roiCase('two samples', [2, 7, 9, 4], {}),
  roiCase('odd channels', [3, 7, 9, 5], { outputHeight: 3, outputWidth: 1 }),
  roiCase('corners of pixels', [2, 7, 9, 8], { coordinateMode: 'output_half_pixel' }),
  roiCase('one sample, smaller map', [2, 5, 3, 12], { samplingRatio: 1, spatialScale: 0.5, outputWidth: 4 }),
  roiCase('many samples', [1, 7, 9, 4], { samplingRatio: 9 }),
  roiCase('as many samples as pixels', [2, 7, 9, 4], { samplingRatio: 0, outputHeight: 1 }),
  roiCase('as many samples as pixels, corners', [1, 7, 9, 3], {
    samplingRatio: 0,
    coordinateMode: 'output_half_pixel',
  }),
  roiCase('maxima', [2, 7, 9, 4], { mode: 'max' }),
  roiCase('maxima, as many samples as pixels', [1, 7, 9, 3], { mode: 'max', samplingRatio: 0 }),
  roiCase('maxima, corners', [1, 7, 9, 1], { mode: 'max', coordinateMode: 'output_half_pixel' }),
  roiCase('one pixel', [1, 1, 1, 4], {}),
  roiCase('channels beyond a workgroup', [1, 3, 4, 260], {}, { boxes: [[0, 0, 3, 2]] }),
  roiCase('channels of several vectors an invocation', [1, 4, 3, 64], {}, { boxes: [[0, 0, 3, 2]] }),
  roiCase('no boxes', [1, 7, 9, 4], {}, { boxes: [] }),
  roiCase('no boxes, sample by sample', [1, 7, 9, 4], { samplingRatio: 0 }, { boxes: [] }),
  ...(
    [
      [0, 'avg'],
      [2, 'avg'],
      [0, 'max'],
    ] as const
  ).map(([samplingRatio, mode]) =>
    roiCase(
      `boxes without bounds, grid ${samplingRatio}, ${mode}`,
      [1, 7, 9, 4],
      { samplingRatio, mode, coordinateMode: 'output_half_pixel' },
      {
        boxes: BOXES_WITHOUT_BOUNDS,
        noOracle: 'onnxruntime makes an index of NaN, and would look at all samples of a box without end',
      },
    ),
  ),
  {
    ...roiCase('infinite elements beside samples', [1, 4, 4, 4], {}, { boxes: [[0.5, 0.5, 2.5, 2.5]] }),
    inputs: [
      { shape: [1, 4, 4, 1], values: Array.from({ length: 16 }, (_, i) => (i % 4 === 3 ? Infinity : i)) },
      { shape: [1, 4], values: [0, 0, 2, 2] },
      { dtype: 'int64', shape: [1], values: [0] },
    ],
    noOracle: 'onnxruntime multiplies what has no weight, too',
  },
];
