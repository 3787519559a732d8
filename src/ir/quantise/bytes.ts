/** Functions of one byte by ONNX's rule: dequantised, computed in single precision, quantised with ties to even. */
import { extremesOf } from '../../core/extremes.ts';
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import { range } from '../../util/arrays.ts';
import { roundEven } from './multipliers.ts';

/** The type of quantised integers, and what they stand for. */
export interface ByteScale {
  readonly dtype: 'int8' | 'uint8';
  readonly scale: number;
  readonly zeroPoint: number;
}

/** True where the same integers stand for the same numbers. */
export function sameByteScale(a: ByteScale, b: ByteScale): boolean {
  return a.dtype === b.dtype && a.scale === b.scale && a.zeroPoint === b.zeroPoint;
}

/** The 256 real numbers that integers stand for, from the type's lowest on. */
export function realsOfBytes({ dtype, scale, zeroPoint }: ByteScale): Tensor {
  const [lowest] = extremesOf(dtype);
  const reals = range(256).map((i) => Math.fround(scale * (i + lowest - zeroPoint)));
  return tensorOf('float32', [256], reals);
}

/** A real number as the nearest integer of a scale; NaN as its zero point. */
export function nearestByte({ dtype, scale, zeroPoint }: ByteScale, real: number): number {
  const [lowest, highest] = extremesOf(dtype);
  const steps = roundEven(Math.fround(real / scale));
  return Math.min(highest, Math.max(lowest, (Number.isNaN(steps) ? 0 : steps) + zeroPoint));
}

/** The table of a `LookupTable` of what 256 real numbers became. */
export function tableOfReals(to: ByteScale, reals: ArrayLike<number>): Tensor {
  return tensorOf(
    to.dtype,
    [256],
    Array.from(reals, (real) => nearestByte(to, real)),
  );
}
