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

/** Numbers that use all bits of a type, or all that int64 and uint64 keep of a product in ONNX's own 64 bits. */
const RANGES: Readonly<Record<IntegerType, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31],
  uint32: [0, 2 ** 32],
  int64: [-2000, 2000],
  uint64: [0, 2000],
};

type IntegerType = 'int32' | 'uint32' | 'int64' | 'uint64';

function integerCase(
  dtype: IntegerType,
  a: readonly number[],
  b: readonly number[],
  setup: MatMulSetup = {},
): OpCase<'MatMul'> {
  const c = matMulCase(a, b, setup);
  const [low, high] = RANGES[dtype];
  return { ...c, name: `${dtype}: ${c.name}`, inputs: c.inputs.map((x) => x && { ...x, dtype, low, high }) };
}

const transposed = { transA: true, transB: true };

const integerCases: readonly OpCase<'MatMul'>[] = [
  ...(['int32', 'uint32', 'int64', 'uint64'] as const).flatMap((dtype) => [
    integerCase(dtype, [5, 7], [7, 3]),
    integerCase(dtype, [2, 1, 4, 3], [1, 5, 3, 6]),
    integerCase(dtype, [3, 6, 5], [1, 7, 6], transposed),
    integerCase(dtype, [3, 17], [17, 5], { bias: 5 }),
  ]),
  integerCase('int32', [7], [7]),
  integerCase('int32', [7], [2, 7, 5]),
  integerCase('int32', [3, 5, 8], [8]),
  integerCase('int32', [1, 1], [1, 1]),
  integerCase('int32', [2, 3, 5, 6], [6, 7]),
  integerCase('int32', [17, 1024], [1024, 5]),
  integerCase('int32', [0, 3], [3, 2]),
  integerCase('int32', [3, 0], [0, 2]),
  integerCase('int32', [0, 3, 4], [1, 4, 5]),
  integerCase('uint32', [65, 33], [33, 67]),
];

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
  ...integerCases,
];
