/** Cases of the Cast operator: every pair of types in range, and the defined results outside. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

const cast = (name: string, input: CaseInput, to: DType, noOracle?: string): OpCase<'Cast'> => ({
  name,
  op: 'Cast',
  inputs: [input],
  attributes: { to },
  ...(noOracle ? { noOracle } : {}),
});

const types: readonly DType[] = ['float32', 'float16', 'int64', 'int32', 'uint32', 'int8', 'uint8', 'bool'];

/** Values that every type but bool holds or truncates to; those of float16 are halves. */
const sample = (dtype: DType): CaseInput => {
  if (dtype === 'bool') return { dtype, shape: [3, 5] };
  if (dtype === 'float16') return { dtype, shape: [3, 5], values: Array.from({ length: 15 }, (_, i) => i * 7.375) };
  return { dtype, shape: [3, 5], low: 0, high: 120 };
};

const extremes = [NaN, Infinity, -Infinity, 3e9, -3e9, 5e9, 2147483520, -2147483648, 200.7, -200.7, -0.9, 300];

export const castCases: readonly OpCase<'Cast'>[] = [
  ...types.flatMap((from) => types.map((to) => cast(`${from} to ${to}`, sample(from), to))),
  ...(['float32', 'int32', 'uint8', 'bool'] as const).flatMap((type) => [
    cast(`${type} to int16`, sample(type), 'int16'),
    cast(`int16 to ${type}`, sample('int16'), type),
  ]),
  cast('int16 to int8 keeps the low bits', { dtype: 'int16', shape: [4], values: [-32768, 32767, 300, -129] }, 'int8'),
  cast(
    'int32 to int16 keeps the low bits',
    { dtype: 'int32', shape: [6], values: [32768, 65535, 65536, -32769, 2147483647, -1] },
    'int16',
  ),
  cast(
    'float32 to int16 saturates',
    { shape: [extremes.length], values: extremes },
    'int16',
    'C++ leaves what does not fit undefined',
  ),
  cast(
    'float32 to int32 truncates toward zero',
    { shape: [8], values: [-2.9, -0.9, 0.9, 1.5, 2.5, -7, 7.99, 0] },
    'int32',
  ),
  cast('float32 to int8 of negatives', { shape: [8], low: -120, high: 120 }, 'int8'),
  cast(
    'int32 to int8 keeps the low bits',
    { dtype: 'int32', shape: [6], values: [128, 255, 256, -129, 300, -1] },
    'int8',
  ),
  cast(
    'uint32 to int64 saturates where int32 ends',
    { dtype: 'uint32', shape: [5], values: [0, 1, 2147483647, 2147483648, 4294967295] },
    'int64',
  ),
  cast(
    'int32 to uint8 keeps the low bits',
    { dtype: 'int32', shape: [8], values: [128, 255, 256, -129, 300, -1, 0, 1] },
    'uint8',
  ),
  cast('int32 to uint32 keeps the bits', { dtype: 'int32', shape: [3], values: [-1, 5, -2147483648] }, 'uint32'),
  cast('uint32 to float32 rounds', { dtype: 'uint32', shape: [3], values: [4294967295, 16777217, 7] }, 'float32'),
  cast(
    'int32 to float32 rounds',
    { dtype: 'int32', shape: [4], values: [16777217, 2147483647, -16777219, 3] },
    'float32',
  ),
  cast('float32 to bool of NaN and fractions', { shape: [6], values: [0, -0, NaN, 0.1, -3, Infinity] }, 'bool'),
  cast(
    'float32 to float16 rounds to even',
    { shape: [8], values: [1.00048828125, 1.00146484375, 65504, 65519, 65520, -1e9, NaN, 0.1] },
    'float16',
  ),
  cast(
    'float32 to float16 of subnormals',
    { shape: [6], values: [5.9604645e-8, 2.9802322e-8, 8.940697e-8, 6.1e-5, -1e-6, 1e-9] },
    'float16',
  ),
  ...(['int64', 'int32', 'uint32', 'int8', 'uint8'] as const).map((to) =>
    cast(`float32 to ${to} saturates`, { shape: [12], values: extremes }, to, 'undefined in ONNX outside the range'),
  ),
  cast('no elements', { shape: [0, 3] }, 'int32'),
  cast('scalar', { shape: [], values: [3.7] }, 'int32'),
  ...(['uint16', 'uint64', 'bfloat16'] as const).flatMap((later) =>
    [...types, 'int16' as const, later].flatMap((type) => {
      const oracle = later === 'bfloat16' ? 'onnxruntime-web gives and takes no bfloat16' : undefined;
      const pairs = [cast(`${type} to ${later}`, sample(type), later, oracle)];
      return type === later ? pairs : [...pairs, cast(`${later} to ${type}`, sample(later), type, oracle)];
    }),
  ),
  cast('uint16 to uint64', sample('uint16'), 'uint64'),
  cast(
    'uint64 to uint16 keeps the low bits',
    { dtype: 'uint64', shape: [3], values: [65535, 65536, 2 ** 32 - 2] },
    'uint16',
  ),
  cast(
    'int32 to uint16 keeps the low bits',
    { dtype: 'int32', shape: [5], values: [-1, 65536, 65535, -32769, 3] },
    'uint16',
  ),
  cast('uint16 to int16 keeps the bits', { dtype: 'uint16', shape: [3], values: [65535, 32768, 32767] }, 'int16'),
  cast('uint16 to int8 keeps the low bits', { dtype: 'uint16', shape: [3], values: [65535, 32896, 127] }, 'int8'),
  cast('uint64 to float32 rounds', { dtype: 'uint64', shape: [3], values: [4294967295, 16777217, 7] }, 'float32'),
  cast(
    'uint64 to int64 saturates where int32 ends',
    { dtype: 'uint64', shape: [3], values: [2147483647, 2147483648, 4294967295] },
    'int64',
  ),
  cast(
    'int64 to uint64 keeps the low bits',
    { dtype: 'int64', shape: [3], values: [-1, -2147483648, 7] },
    'uint64',
    'the engine holds the low half of what ONNX has',
  ),
  ...(['uint16', 'uint64'] as const).map((to) =>
    cast(`float32 to ${to} saturates`, { shape: [12], values: extremes }, to, 'undefined in ONNX outside the range'),
  ),
  cast(
    'float32 to bfloat16 rounds to even',
    {
      shape: [12],
      values: [
        1.00390625,
        1.01171875,
        1.0039063692,
        3.3895e38,
        3.3963e38,
        -3.4e38,
        NaN,
        0.1,
        -0,
        1e-38,
        Infinity,
        65537,
      ],
    },
    'bfloat16',
    'onnxruntime-web gives no bfloat16',
  ),
];
