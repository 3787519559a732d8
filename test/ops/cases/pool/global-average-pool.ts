/** Cases of GlobalAveragePool. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import { shapeText } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { GLOBAL_POOL_SHAPES } from './global-pool.ts';

export const globalAveragePoolCases: readonly OpCase<'GlobalAveragePool'>[] = [
  ...GLOBAL_POOL_SHAPES.map((shape): OpCase<'GlobalAveragePool'> => ({
    name: shapeText(shape),
    op: 'GlobalAveragePool',
    inputs: [{ shape }],
    attributes: {},
  })),
  {
    name: 'large mean',
    op: 'GlobalAveragePool',
    inputs: [{ shape: [1, 28, 28, 4], low: 90, high: 110 }],
    attributes: {},
    tolerance: floatTolerance(1, 100),
  },
];
