/** Cases of MaxRoiPool: boxes inside, across and beyond the edges, of a pixel, inside out, and none at all. */
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { BOXES_OF_HALVES, BOXES_WITHOUT_BOUNDS, withImages, type Boxes } from '../../../helpers/roi-boxes.ts';

function poolCase(
  name: string,
  x: readonly number[],
  attributes: Partial<OpAttributes['MaxRoiPool']>,
  { boxes = BOXES_OF_HALVES, noOracle }: { boxes?: Boxes; noOracle?: string } = {},
): OpCase<'MaxRoiPool'> {
  const images = x[0] ?? 1;
  return {
    name,
    op: 'MaxRoiPool',
    inputs: [{ shape: x }, { shape: [boxes.length, 5], values: withImages(boxes, images) }],
    attributes: { outputHeight: 2, outputWidth: 2, spatialScale: 1, ...attributes },
    ...(noOracle ? { noOracle } : {}),
  };
}

export const maxRoiPoolCases: readonly OpCase<'MaxRoiPool'>[] = [
  poolCase('two by two', [2, 7, 9, 4], {}),
  poolCase('odd channels', [3, 7, 9, 5], { outputHeight: 3, outputWidth: 1 }),
  poolCase('more bins than pixels', [1, 5, 3, 12], { spatialScale: 0.5, outputHeight: 7, outputWidth: 7 }),
  poolCase('one pixel', [1, 1, 1, 1], {}),
  poolCase('channels beyond a workgroup', [1, 3, 4, 260], {}, { boxes: [[0, 0, 3, 2]] }),
  poolCase('no boxes', [1, 7, 9, 4], {}, { boxes: [] }),
  poolCase(
    'boxes without bounds',
    [1, 7, 9, 3],
    { outputHeight: 3 },
    {
      boxes: BOXES_WITHOUT_BOUNDS,
      noOracle: 'onnxruntime makes an index of NaN and of infinity',
    },
  ),
];
