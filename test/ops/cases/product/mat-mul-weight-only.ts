/** Cases of MatMul with weights in bytes. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import { NO_ACTIVATION, RELU, type OpAttributes } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { inBytes } from '../../../helpers/weight-only.ts';

function product(
  a: readonly number[],
  columns: number,
  given: Partial<OpAttributes['MatMul']> & { readonly bias?: boolean } = {},
): OpCase<'MatMul'> {
  const { bias = false, ...attributes } = given;
  const { transA = false, transB = false, activation = NO_ACTIVATION } = attributes;
  const depth = a.at(transA ? -2 : -1) ?? 1;
  const b = transB ? [columns, depth] : [depth, columns];
  return {
    name: `[${a.join(', ')}] to ${columns}${transA ? ', aᵀ' : ''}${transB ? ', bᵀ' : ''}${bias ? ', bias' : ''}`,
    op: 'MatMul',
    inputs: [{ shape: a }, { shape: b, constant: true }, bias ? { shape: [columns], constant: true } : undefined],
    attributes: { transA, transB, activation },
    tolerance: floatTolerance(depth),
  };
}

const products = [
  product([1, 1], 1),
  product([7], 5),
  product([5, 8], 12, { bias: true, activation: RELU }),
  product([17, 260], 33),
  product([1, 96], 1001, { bias: true }),
  product([3, 7], 6, { transA: true }),
  product([2, 3, 5, 12], 20, { transB: true, bias: true }),
  product([8, 33], 17, { transB: true }),
  product([1, 64], 40, { transB: true }),
  product([2, 12, 36], 68, { transA: true, transB: true }),
  product([3, 35, 20], 36),
  product([1, 1024], 5, { bias: true }),
  product([129, 40], 132, { bias: true }),
  product([66, 20], 65),
];

export const matMulWeightOnlyCases = inBytes(products, 3, 1);
