/** Cases of the Binary operator on integers of 8 and 16 bits, which wrap to their own range, and on 64 unsigned bits; shifts. */
import type { DType } from '../../../../src/core/dtype.ts';
import { extremesOf } from '../../../../src/core/extremes.ts';
import { NO_ACTIVATION, type BinaryKind } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

type Pair = readonly [a: number, b: number];

/** `without` says why onnxruntime is not asked. */
function pairs(kind: BinaryKind, dtype: DType, of: readonly Pair[], without?: string): OpCase<'Binary'> {
  return {
    name: `${kind} of ${dtype}, ${of.length} pairs`,
    op: 'Binary',
    inputs: [0, 1].map((k) => ({ dtype, shape: [of.length], values: of.map((pair) => pair[k] ?? 0) })),
    attributes: { kind, activation: NO_ACTIVATION },
    ...(without === undefined ? {} : { noOracle: without }),
  };
}

/** The ends of a type, and what lies about them. */
function extremes(dtype: DType): readonly Pair[] {
  const [low, high] = extremesOf(dtype);
  const values = [low, low + 1, Math.floor((low + high) / 2) + 1, high - 1, high, 1, 3];
  return values.flatMap((a) => values.map((b): Pair => [a, b]));
}

const KINDS: readonly BinaryKind[] = [
  'add',
  'sub',
  'mul',
  'min',
  'max',
  'squaredDifference',
  'equal',
  'less',
  'bitXor',
];
const DIVISIONS: readonly BinaryKind[] = ['div', 'floorDiv', 'floorMod', 'truncMod'];
const NARROW = ['uint8', 'int8', 'uint16', 'int16'] as const;
const LACKS = 'onnxruntime has no such kernel of this type';
const SHIFTED: readonly Pair[] = [1, 2, 3, 129, 170, 255].flatMap((a) => [0, 1, 4, 7].map((b): Pair => [a, b]));
const FAR: readonly Pair[] = [7, 8, 15, 16, 31, 32, 33, 63, 64, 255].flatMap((b) => [1, 255].map((a): Pair => [a, b]));

/** Of 64 bits only results that fit 32 are those of ONNX. */
const LARGE: readonly Pair[] = [
  [4294967295, 0],
  [4294967294, 1],
  [65535, 65537],
  [3000000000, 3],
  [7, 1],
];

export const binaryNarrowCases: readonly OpCase<'Binary'>[] = [
  ...NARROW.flatMap((dtype) => KINDS.map((kind) => pairs(kind, dtype, extremes(dtype), LACKS))),
  // A quotient by zero is undefined, and so is that of the lowest number by −1.
  ...NARROW.flatMap((dtype) =>
    DIVISIONS.map((kind) => pairs(kind, dtype, extremes(dtype), 'division by zero is undefined in ONNX')),
  ),
  ...(['uint8', 'uint16'] as const).map((dtype) =>
    pairs(
      'pow',
      dtype,
      [
        [2, 7],
        [2, 8],
        [3, 5],
        [3, 11],
        [255, 2],
        [0, 0],
        [1, 255],
      ],
      LACKS,
    ),
  ),
  ...(['add', 'mul', 'div', 'floorMod', 'min', 'max', 'less', 'equal'] as const).map((kind) =>
    pairs(
      kind,
      'uint64',
      kind === 'mul'
        ? [
            [65535, 65537],
            [1, 0],
            [3, 5],
          ]
        : kind === 'add'
          ? LARGE.slice(0, 3)
          : LARGE.slice(2),
    ),
  ),
  ...(['uint8', 'uint16', 'uint32', 'uint64'] as const).flatMap((dtype) =>
    (['bitShiftLeft', 'bitShiftRight'] as const).flatMap((kind) => [
      pairs(kind, dtype, SHIFTED, dtype === 'uint16' ? LACKS : undefined),
      pairs(kind, dtype, FAR, 'C++ leaves shifts by the width undefined'),
    ]),
  ),
  ...(['bitShiftLeft', 'bitShiftRight'] as const).map((kind): OpCase<'Binary'> => ({
    name: `${kind} broadcast`,
    op: 'Binary',
    inputs: [
      { dtype: 'uint32', shape: [3, 1, 7], low: 0, high: 2 ** 32 },
      { dtype: 'uint32', shape: [5, 1], low: 0, high: 32 },
    ],
    attributes: { kind, activation: NO_ACTIVATION },
  })),
];
