/** Cases of GlobalMaxPool. */
import { shapeText } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { GLOBAL_POOL_SHAPES } from './global-pool.ts';

export const globalMaxPoolCases: readonly OpCase<'GlobalMaxPool'>[] = [
  ...GLOBAL_POOL_SHAPES.map((shape): OpCase<'GlobalMaxPool'> => ({
    name: shapeText(shape),
    op: 'GlobalMaxPool',
    inputs: [{ shape, low: -2, high: -1 }],
    attributes: {},
  })),
  {
    name: 'nothing but −Infinity',
    op: 'GlobalMaxPool',
    inputs: [{ shape: [1, 2, 1, 2], values: [-Infinity, -Infinity, -Infinity, 3] }],
    attributes: {},
    noOracle: 'onnxruntime starts from the lowest finite float32 instead',
  },
  {
    name: 'NaN wins',
    op: 'GlobalMaxPool',
    inputs: [{ shape: [1, 3, 1, 4], values: [1, NaN, 3, Infinity, 5, 6, NaN, 8, NaN, 1, 2, 3] }],
    attributes: {},
    noOracle: 'ONNX does not say what GlobalMaxPool makes of NaN',
  },
];
