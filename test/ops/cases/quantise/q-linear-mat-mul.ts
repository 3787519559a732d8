/** Cases of QLinearMatMul: constant and computed operands, batches, transpositions, scales of columns. */
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import { range } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { affine, bytes, rangeOf, ROUNDINGS, type Byte } from '../../../helpers/quantised-case.ts';

interface Setup extends Partial<OpAttributes['QLinearMatMul']> {
  readonly type?: Byte;
  readonly computed?: boolean;
  readonly columns?: number;
  readonly bias?: number;
  readonly zeroPoints?: readonly [a: number, b: number, y: number];
}

function matMulCase(a: readonly number[], b: readonly number[], setup: Setup = {}): OpCase<'QLinearMatMul'> {
  const { type = 'int8', computed = false, columns, bias, zeroPoints = [3, 0, -5], ...given } = setup;
  const attributes = {
    transA: false,
    transB: false,
    rounding: 'tfl-double',
    range: rangeOf(type),
    ...given,
  } as const;
  const scale = columns === undefined ? 0.005 : range(columns).map((i) => Math.fround(0.002 * (i + 1)));
  return {
    name: `[${a}]·[${b}], ${attributes.rounding}, ${type}, ${computed ? 'computed' : 'constant'}${attributes.transA ? ', aᵀ' : ''}${attributes.transB ? ', bᵀ' : ''}${columns ? ', columns' : ''}${bias ? ', bias' : ''}, zero points ${zeroPoints}`,
    op: 'QLinearMatMul',
    inputs: [
      bytes(type, a),
      ...affine(type, 0.02, zeroPoints[0]),
      bytes(type, b, computed ? {} : { constant: true }),
      ...affine(type, scale, columns === undefined ? zeroPoints[1] : range(columns).map(() => zeroPoints[1])),
      ...affine(type, 0.05, zeroPoints[2]),
      bias === undefined ? undefined : { dtype: 'int32', shape: [bias], low: -3000, high: 3000, constant: true },
    ],
    attributes,
    noOracle: 'ONNX has no rule but its own, and no bias',
  };
}

const UNSIGNED: Setup = { type: 'uint8', zeroPoints: [121, 137, 9] };

export const qLinearMatMulCases: readonly OpCase<'QLinearMatMul'>[] = [
  ...ROUNDINGS.flatMap((rounding) => [
    matMulCase([5, 16], [8, 16], { rounding, transB: true, bias: 8 }),
    matMulCase([1, 33], [33, 7], { rounding, columns: 7, bias: 7 }),
    matMulCase([2, 3, 5, 8], [2, 3, 8, 4], { rounding, computed: true }),
  ]),
  matMulCase([3, 7], [7, 3], UNSIGNED),
  matMulCase([2, 3, 12], [12, 8], UNSIGNED),
  matMulCase([2, 1, 5, 6], [3, 4, 6], { computed: true, transB: true, ...UNSIGNED }),
  matMulCase([2, 6, 5], [2, 6, 3], { computed: true, transA: true }),
  matMulCase([7], [7, 5], { computed: true }),
  matMulCase([9, 17], [11, 17], { rounding: 'tfl-single', computed: true, transB: true, zeroPoints: [3, -24, -5] }),
  matMulCase([4, 7], [7], {}),
  matMulCase([17, 260], [260, 5], { bias: 5 }),
  matMulCase([0, 4], [4, 4]),
];
