/** What kernels on quantised operands share: scales as constants, multipliers as a kernel reads them, traits. */
import { PACKED_DOT, type Dot4 } from '../../../shaders/lib/int8.ts';
import { PlanError } from '../../core/errors.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import type { Multipliers } from '../../ir/quantise/multipliers.ts';
import type { BinaryScales } from '../../ir/quantise/sums.ts';
import type { OpKind, Requantised } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { CallOperand, LowerContext, OperandTraits } from '../definition.ts';

/** How kernels for GPUs multiply words: on software adapters bytes are unpacked for many of them at once. */
export function dot4Of({ features, adapterClass }: DeviceProfile): Dot4 {
  return adapterClass !== 'software' && features.includes(PACKED_DOT) ? 'packed' : 'unpacked';
}

/** 8-bit integers, in words of their own or four to a word. */
export const BYTES = { dtypes: ['int8', 'uint8'], storage: ['i8x4', 'u8x4'] } as const satisfies OperandTraits;

/** A result of 8-bit integers or of another type. */
export const BYTES_OR_MORE = { storage: ['i8x4', 'u8x4'] } as const satisfies OperandTraits;

/** Scales and zero points: they are known when a plan is made. */
export const SCALE = { constant: true } as const satisfies OperandTraits;

/** The constant at an input. Throws PlanError where it is none. */
export function constantAt<K extends OpKind>({ node, constant }: LowerContext<K>, index: number): Tensor {
  const found = constant(node.inputs[index] ?? '');
  if (found) return found;
  throw new PlanError(`input ${index} must be constant`, { node: node.name, op: node.op });
}

/** The first, or only, element of the constant at an input. */
export function constantScalar<K extends OpKind>(context: LowerContext<K>, index: number): number {
  return at(constantAt(context, index).data, 0);
}

const bits = new DataView(new ArrayBuffer(4));

/** The bits of a float32, as an int32. */
export function floatBits(x: number): number {
  bits.setFloat32(0, x);
  return bits.getInt32(0);
}

/** Multiplier and shift as `rescale` (shaders/lib/fixed-point.ts) takes them: of a float32 its bits, and no shift. */
export function multiplierAt(multipliers: Multipliers, channel: number): readonly [multiplier: number, shift: number] {
  const index = multipliers.values.length === 1 ? 0 : channel;
  if (multipliers.rule === 'twice' || multipliers.rule === 'once') {
    const { multiplier, shift } = at(multipliers.values, index);
    return [multiplier, shift];
  }
  return [floatBits(at(multipliers.values, index)), 0];
}

/** int32 constants of a kernel. */
export function intConstant(values: ArrayLike<number>): CallOperand {
  return { kind: 'constant', tensor: tensorOf('int32', [values.length], values) };
}

/** float32 constants of a kernel, as their bits. */
export function bitsConstant(values: Float32Array): CallOperand {
  return intConstant(Int32Array.from(values, floatBits));
}

/** Scales and zero points of an operator on two operands and its result, all scalars. */
export function constantScales<K extends OpKind>(context: LowerContext<K>): BinaryScales {
  const scalar = (index: number): number => constantScalar(context, index);
  return { scales: [scalar(1), scalar(4), scalar(6)], zeroPoints: [scalar(2), scalar(5)] };
}

/** Values for `STEP_PARAMS` (shaders/lib/nearest-step.ts). */
export function stepParams(
  { range: [lowest, highest] }: Requantised,
  scale: number,
  zeroPoint: number,
): Readonly<Record<'scale' | 'inverse' | 'zero_point' | 'lowest' | 'highest', number>> {
  return { scale, inverse: 1 / scale, zero_point: zeroPoint, lowest, highest };
}

/** Values for `RESULT_PARAMS` (shaders/quantise/q-linear-binary.ts), of a kernel with one multiplier. */
export function resultParams(
  { range: [lowest, highest] }: Requantised,
  multipliers: Multipliers,
  zeroPoint: number,
): Readonly<Record<'multiplier' | 'shift' | 'zero_point' | 'lowest' | 'highest', number>> {
  const [multiplier, shift] = multiplierAt(multipliers, 0);
  return { multiplier, shift, zero_point: zeroPoint, lowest, highest };
}
