/** Cases of PsRoiPool: ends rounded before and after scaling, boxes across and beyond the edges, of a pixel, inside out, and none at all. */
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

/** Boxes in pixels of a map of 7 × 9 or so: with halves, which go away from zero. */
const BOXES = [
  [1, 1, 5, 6],
  [0, 0, 8.5, 6.5],
  [-3.5, -2, 4, 3.5],
  [6, 4, 14, 11],
  [20, 20, 30, 30],
  [3.25, 2.5, 3.25, 2.5],
  [5, 6, 2, 1],
];

function poolCase(
  name: string,
  x: readonly number[],
  attributes: Partial<OpAttributes['PsRoiPool']>,
  boxes: readonly (readonly number[])[] = BOXES,
): OpCase<'PsRoiPool'> {
  const images = x[0] ?? 1;
  return {
    name,
    op: 'PsRoiPool',
    inputs: [{ shape: x }, { shape: [boxes.length, 5], values: boxes.flatMap((box, i) => [i % images, ...box]) }],
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
    BOXES.map((box) => box.map((v) => 16 * v)),
  ),
  poolCase('more bins than pixels', [1, 5, 3, 49], { spatialScale: 0.5, outputHeight: 7, outputWidth: 7 }),
  poolCase('one pixel', [1, 1, 1, 1], { outputHeight: 1, outputWidth: 1, ends: 'unscaled' }),
  poolCase('channels beyond a workgroup', [1, 3, 4, 260], {}, [[0, 0, 3, 2]]),
  poolCase('no boxes', [1, 7, 9, 4], {}, []),
  poolCase('boxes without bounds', [1, 7, 9, 12], { outputHeight: 3 }, [
    [NaN, 1, 5, 5],
    [1, 1, NaN, 5],
    [0, 0, Infinity, 4],
    [-Infinity, 0, Infinity, 4],
    [-4096, 0, 4096, 6],
  ]),
];
