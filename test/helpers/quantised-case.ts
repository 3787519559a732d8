/** Operands of quantised operators for case tables. */
import type { Rounding } from '../../src/ir/ops.ts';
import type { CaseInput } from './op-case.ts';

/** Types of quantised operands. */
export type Byte = 'int8' | 'uint8';

/** The lowest and the highest integer of a type. */
export const rangeOf = (dtype: Byte): readonly [number, number] => (dtype === 'int8' ? [-128, 127] : [0, 255]);

/** Every integer of the type, at random; or those given. */
export function bytes(
  dtype: Byte,
  shape: readonly number[],
  more: Pick<CaseInput, 'values' | 'constant'> = {},
): CaseInput {
  const [low, high] = rangeOf(dtype);
  return { dtype, shape, low, high: high + 1, ...more };
}

/** A scale and a zero point, as constants: scalars, or where lists are given one for each channel. */
export function affine(
  dtype: Byte,
  scale: number | readonly number[],
  zeroPoint: number | readonly number[],
): readonly [CaseInput, CaseInput] {
  const constant = (type: 'float32' | Byte, given: number | readonly number[]): CaseInput =>
    typeof given === 'number'
      ? { dtype: type, shape: [], values: [given], constant: true }
      : { dtype: type, shape: [given.length], values: given, constant: true };
  return [constant('float32', scale), constant(dtype, zeroPoint)];
}

/** The rules that TensorFlow Lite files open with, and ONNX's. */
export const ROUNDINGS: readonly Rounding[] = ['tfl-double', 'xnnpack', 'float-even'];
