/** Cases of MatMul: vectors, batches, batch broadcasting, transpositions, bias and activation. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import { NO_ACTIVATION, RELU, type OpAttributes } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

interface MatMulSetup extends Partial<OpAttributes['MatMul']> {
  readonly bias?: number;
}

function matMulCase(a: readonly number[], b: readonly number[], setup: MatMulSetup = {}): OpCase<'MatMul'> {
  const { transA = false, transB = false, activation = NO_ACTIVATION, bias } = setup;
  const flags = [transA && 'aᵀ', transB && 'bᵀ', bias && 'bias', activation.kind !== 'none' && activation.kind];
  return {
    name: [`[${a.join(', ')}]·[${b.join(', ')}]`, ...flags].filter(Boolean).join(', '),
    op: 'MatMul',
    inputs: [{ shape: a }, { shape: b }, ...(bias ? [{ shape: [bias], constant: true }] : [])],
    attributes: { transA, transB, activation },
    tolerance: floatTolerance((transA ? a.at(-2) : a.at(-1)) ?? 1),
  };
}

export const matMulCases: readonly OpCase<'MatMul'>[] = [
  matMulCase([4, 8], [8, 12]),
  matMulCase([5, 7], [7, 3]),
  matMulCase([1, 9], [9, 6]),
  matMulCase([7], [7]),
  matMulCase([7], [7, 5]),
  matMulCase([5, 8], [8]),
  matMulCase([2, 3, 5, 4], [4]),
  matMulCase([4], [2, 3, 4, 8]),
  matMulCase([3, 5, 6], [3, 6, 4]),
  matMulCase([2, 3, 5, 6], [6, 7]),
  matMulCase([5, 6], [2, 3, 6, 8]),
  matMulCase([2, 1, 4, 3], [1, 5, 3, 6]),
  matMulCase([2, 1, 3, 4, 5], [4, 1, 5, 2]),
  matMulCase([1, 1, 4, 4], [1, 1, 4, 4]),
  matMulCase([2, 4, 6], [2, 8, 6], { transB: true }),
  matMulCase([2, 4, 8], [2, 5, 8], { transB: true }),
  matMulCase([2, 6, 4], [2, 6, 8], { transA: true }),
  matMulCase([3, 6, 5], [1, 7, 6], { transA: true, transB: true }),
  matMulCase([3, 5, 8], [8, 12], { bias: 12, activation: RELU }),
  matMulCase([3, 5, 7], [7, 6], { bias: 6 }),
  matMulCase([17, 1024], [1024, 5]),
  // Batches of several blocks of every tile; depths that are split.
  matMulCase([3, 33, 17], [3, 17, 33], { bias: 33 }),
  matMulCase([2, 1, 17, 20], [3, 20, 36], { activation: RELU }),
  matMulCase([2, 36, 12], [2, 68, 12], { transB: true }),
  matMulCase([2, 12, 36], [2, 12, 68], { transA: true, bias: 68 }),
  matMulCase([3, 35, 20], [20, 36]),
  matMulCase([2, 17, 260], [2, 260, 33]),
  matMulCase([3, 1, 65], [3, 65, 33]),
  matMulCase([2, 5, 64], [2, 20, 64], { transB: true }),
];
