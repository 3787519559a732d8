/** Quantised operands of the references: integers without their zero points, scales, and results of another scale. */
import { ShapeError } from '../../core/errors.ts';
import { shapeText, zeros, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import { rescale, type Multipliers } from '../../ir/quantise/multipliers.ts';
import type { BinaryScales } from '../../ir/quantise/sums.ts';
import type { Requantised } from '../../ir/ops.ts';
import { at, product } from '../../util/arrays.ts';
import type { Operands, Parameter, QuantisedOperands, Tensors } from '../definition.ts';
import { operand, tensorAt } from './operands.ts';

/** The scales of an operator on one quantised operand. */
export const ONE_OPERAND: QuantisedOperands = { operands: [0], result: 3 };

/** The scales of an operator on two. */
export const TWO_OPERANDS: QuantisedOperands = { operands: [0, 3], result: 6 };

/** The same of a convolution, whose weights and bias are known. */
export const OPERAND_AND_WEIGHTS: QuantisedOperands = { ...TWO_OPERANDS, constant: [3, 8] };

/** The parameters of a product whose weights have their channels along this dimension. */
export function weightsAndBias(channels: number): Parameter[] {
  return [
    { slot: 3, role: 'weight', channels },
    { slot: 8, role: 'bias', channels: 0 },
  ];
}

/**
 * Checks the operand at `index`, its scale and its zero point, which follow it: scalars, or where `channels` is given as many
 * elements. Throws ShapeError.
 */
export function quantisedOperand(inputs: Operands, index: number, channels?: number): TensorDesc {
  const x = operand(inputs, index);
  checkByte(x);
  checkScales(inputs, index + 1, x, channels);
  return x;
}

/** Throws ShapeError unless the operand holds 8-bit integers. */
export function checkByte({ dtype }: TensorDesc): void {
  if (dtype !== 'int8' && dtype !== 'uint8') throw new ShapeError(`a quantised operand of ${dtype} is not defined`);
}

/** The result's description: its scale and zero point are at `index` and after. Throws ShapeError. */
export function quantisedResult(inputs: Operands, index: number, shape: readonly number[]): TensorDesc {
  const { dtype } = operand(inputs, index + 1);
  checkByte({ dtype, shape: [] });
  checkScales(inputs, index, { dtype, shape: [] });
  return { dtype, shape };
}

function checkScales(inputs: Operands, index: number, { dtype }: TensorDesc, channels?: number): void {
  const [scale, zeroPoint] = [operand(inputs, index), operand(inputs, index + 1)];
  if (scale.dtype !== 'float32') throw new ShapeError(`the scale at input ${index} is ${scale.dtype}, not float32`);
  if (zeroPoint.dtype !== dtype) {
    throw new ShapeError(`the zero point at input ${index + 1} is ${zeroPoint.dtype}, the operand ${dtype}`);
  }
  for (const { shape } of [scale, zeroPoint]) {
    const elements = product(shape);
    if (shape.length > 1 || (elements !== 1 && elements !== channels)) {
      throw new ShapeError(
        `scales and zero points of ${shapeText(shape)} do not fit: scalars${channels ? `, or ${channels}` : ''}`,
      );
    }
  }
}

/** Scales of the operand at `index`: one, or one for each channel. */
export function scalesOf(inputs: Tensors, index: number): number[] {
  return Array.from(tensorAt(inputs, index + 1).data);
}

/** The operand at `index` without its zero points, as int32; those of channels run along `axis`, the last by default. */
export function centred(inputs: Tensors, index: number, axis = -1): Tensor {
  const x = tensorAt(inputs, index);
  const zeroPoints = tensorAt(inputs, index + 2).data;
  const y = zeros('int32', x.shape);
  const inner = product(x.shape.slice(axis < 0 ? axis + x.shape.length + 1 : axis + 1));
  const channels = zeroPoints.length;
  for (let i = 0; i < y.data.length; i++) {
    y.data[i] = (x.data[i] ?? 0) - (zeroPoints[Math.floor(i / inner) % channels] ?? 0);
  }
  return y;
}

/** int32 sums as integers of another scale, the channels last, in the result's type. */
export function requantised(
  sums: Tensor,
  multipliers: Multipliers,
  { range }: Requantised,
  { zeroPoint, output }: { zeroPoint: number; output: TensorDesc },
): Tensor {
  const channels = multipliers.values.length;
  const y = zeros(output.dtype, output.shape);
  for (let i = 0; i < y.data.length; i++) {
    y.data[i] = within(rescale(multipliers, sums.data[i] ?? 0, i % channels) + zeroPoint, range);
  }
  return y;
}

/** A number held within a range. */
export function within(x: number, [lowest, highest]: readonly [number, number]): number {
  return Math.min(highest, Math.max(lowest, x));
}

/** The only element of the input at `index`. */
export function scalarAt(inputs: Tensors, index: number): number {
  return at(tensorAt(inputs, index).data, 0);
}

/** Scales and zero points of an operator on two operands and its result, all scalars. */
export function scalesOfTwo(inputs: Tensors): BinaryScales {
  return {
    scales: [scalarAt(inputs, 1), scalarAt(inputs, 4), scalarAt(inputs, 6)],
    zeroPoints: [scalarAt(inputs, 2), scalarAt(inputs, 5)],
  };
}
