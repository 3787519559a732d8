/** Cases of Gemm: transpositions, scales, every broadcast of c, extents that leave remainders, long sums. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import { NO_ACTIVATION, RELU, type OpAttributes } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

interface GemmSetup extends Partial<OpAttributes['Gemm']> {
  readonly c?: readonly number[];
}

function gemmCase(m: number, k: number, n: number, setup: GemmSetup = {}): OpCase<'Gemm'> {
  const { transA = false, transB = false, alpha = 1, beta = 1, activation = NO_ACTIVATION, c } = setup;
  const flags = [transA && 'aᵀ', transB && 'bᵀ', alpha !== 1 && `alpha ${alpha}`, beta !== 1 && `beta ${beta}`];
  const tail = [c && `c [${c.join(', ')}]`, activation.kind !== 'none' && activation.kind];
  return {
    name: [`${m}x${k}x${n}`, ...flags, ...tail].filter(Boolean).join(', '),
    op: 'Gemm',
    inputs: [
      { shape: transA ? [k, m] : [m, k] },
      { shape: transB ? [n, k] : [k, n], constant: true },
      ...(c ? [{ shape: c, constant: true }] : []),
    ],
    attributes: { transA, transB, alpha, beta, activation },
    tolerance: floatTolerance(k),
  };
}

/** The same of integers that use all bits of a type. */
function integerCase(
  dtype: 'int32' | 'uint32' | 'int64' | 'uint64',
  extents: readonly [number, number, number],
  setup: GemmSetup = {},
): OpCase<'Gemm'> {
  const c = gemmCase(...extents, setup);
  const [low, high] = dtype.startsWith('u') ? [0, 2 ** 32] : [-(2 ** 31), 2 ** 31];
  return {
    ...c,
    name: `${dtype}: ${c.name}`,
    inputs: c.inputs.map((x) => x && { ...x, dtype, low, high }),
    noOracle: 'onnxruntime has no Gemm of integers',
  };
}

const transposes = [false, true].flatMap((transA) => [false, true].map((transB) => ({ transA, transB })));

export const gemmCases: readonly OpCase<'Gemm'>[] = [
  ...transposes.flatMap((t) => [
    gemmCase(8, 12, 16, t),
    gemmCase(5, 7, 3, { ...t, c: [3] }),
    gemmCase(1, 17, 5, t),
    gemmCase(1, 8, 8, { ...t, c: [8] }),
    gemmCase(3, 4, 7, { ...t, alpha: 0.5, c: [3, 1] }),
  ]),
  gemmCase(2, 6, 4, { c: [], beta: 2 }),
  gemmCase(2, 6, 4, { c: [1] }),
  gemmCase(2, 6, 4, { c: [1, 4], alpha: 3 }),
  gemmCase(4, 6, 4, { c: [4, 4], beta: -0.5 }),
  gemmCase(5, 6, 6, { c: [5, 6], alpha: 0.25, beta: 4 }),
  gemmCase(4, 6, 5, { c: [4, 1] }),
  gemmCase(2, 6, 4, { alpha: -1.5 }),
  gemmCase(7, 9, 10, { c: [10], activation: RELU }),
  gemmCase(1, 1, 1),
  gemmCase(1, 1280, 1000, { transB: true, c: [1000] }),
  gemmCase(1, 4099, 6, { c: [6] }),
  gemmCase(17, 512, 9),
  // Several blocks of every tile, none of them whole; then the same in fours.
  gemmCase(33, 65, 65, { transA: true, c: [65] }),
  gemmCase(33, 65, 65, { transB: true, c: [65] }),
  gemmCase(36, 40, 68, { activation: RELU }),
  gemmCase(36, 40, 68, { transA: true, transB: true, activation: RELU }),
  gemmCase(33, 17, 68, { c: [33, 68], beta: 0.5 }),
  gemmCase(65, 36, 33, { c: [65, 1], alpha: 2 }),
  // Narrow and wide results.
  gemmCase(65, 12, 16, { c: [16] }),
  gemmCase(65, 33, 17),
  gemmCase(5, 17, 132, { c: [132] }),
  gemmCase(130, 20, 200),
  // Few rows and long sums, in parts.
  gemmCase(1, 257, 33, { c: [33] }),
  gemmCase(1, 256, 36, { transB: true, c: [36] }),
  gemmCase(3, 130, 33, { c: [33] }),
  gemmCase(3, 130, 33, { transA: true, transB: true }),
  gemmCase(7, 132, 20, { transB: true, c: [20], activation: RELU }),
  gemmCase(17, 1041, 33, { c: [33], alpha: 0.5, beta: 2 }),
  gemmCase(18, 1028, 36, { transB: true, c: [36], activation: RELU }),
  ...(['int32', 'uint32', 'int64', 'uint64'] as const).flatMap((dtype) => [
    integerCase(dtype, [5, 7, 3], { c: [3], alpha: 3, beta: -2 }),
    integerCase(dtype, [3, 17, 5], { transA: true, c: [3, 1], beta: 0 }),
    integerCase(dtype, [7, 1, 17], { transB: true, c: [] }),
    integerCase(dtype, [3, 5, 7], {
      transA: true,
      transB: true,
      c: [3, 7],
      alpha: -(2 ** 31),
      beta: 2 ** 40 + 2 ** 20,
    }),
  ]),
  integerCase('int32', [1, 4099, 6], { c: [1, 6] }),
  integerCase('int32', [65, 33, 67], { alpha: 2 }),
  integerCase('int32', [3, 0, 5], { c: [5], alpha: 2, beta: 3 }),
  integerCase('int32', [0, 3, 5], { c: [5] }),
];
