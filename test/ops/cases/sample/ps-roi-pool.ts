/** Cases of PsRoiPool: ends rounded before and after scaling, boxes across and beyond the edges, of a pixel, inside out, and none at all. */
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { BOXES_OF_HALVES, BOXES_WITHOUT_BOUNDS, withImages, type Boxes } from '../../../helpers/roi-boxes.ts';

function poolCase(
  name: string,
  x: readonly number[],
  attributes: Partial<OpAttributes['PsRoiPool']>,
  boxes: Boxes = BOXES_OF_HALVES,
): OpCase<'PsRoiPool'> {
  const images = x[0] ?? 1;
  return {
    name,
    op: 'PsRoiPool',
    inputs: [{ shape: x }, { shape: [boxes.length, 5], values: withImages(boxes, images) }],
    attributes: { outputHeight: 2, outputWidth: 2, spatialScale: 1, ends: 'scaled', ...attributes },
    noOracle: 'ONNX has no position-sensitive pooling',
  };
}

export const psRoiPoolCases: readonly OpCase<'PsRoiPool'>[] = [
  poolCase('two by two', [2, 7, 9, 8], {}),
  poolCase('two by two, whole boxes', [2, 7, 9, 8], { ends: 'unscaled' }),
  poolCase('odd channels', [3, 7, 9, 15], { outputHeight: 3, outputWidth: 1 }),
  poolCase(
    'odd bins, whole boxes on a smaller map',
    [3, 7, 9, 45],
    {
      ends: 'unscaled',
      outputHeight: 3,
      outputWidth: 3,
      spatialScale: 1 / 16,
    },
    BOXES_OF_HALVES.map((box) => box.map((v) => 16 * v)),
  ),
  poolCase('more bins than pixels', [1, 5, 3, 49], { spatialScale: 0.5, outputHeight: 7, outputWidth: 7 }),
  poolCase('one pixel', [1, 1, 1, 1], { outputHeight: 1, outputWidth: 1, ends: 'unscaled' }),
  poolCase('channels beyond a workgroup', [1, 3, 4, 260], {}, [[0, 0, 3, 2]]),
  poolCase('no boxes', [1, 7, 9, 4], {}, []),
  poolCase('boxes without bounds', [1, 7, 9, 12], { outputHeight: 3 }, BOXES_WITHOUT_BOUNDS),
];
