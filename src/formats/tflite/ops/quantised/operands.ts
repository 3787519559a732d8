/** Quantised operands as the engine's operators take them, and what holds their results. */
import type { DType } from '../../../../core/dtype.ts';
import { tensorOf } from '../../../../core/tensor.ts';
import type { IntegerScale } from '../../../../ir/graph.ts';
import type { Requantised } from '../../../../ir/ops.ts';
import { roundAway } from '../../../../ir/quantise/multipliers.ts';
import { FUSED_ACTIVATIONS } from '../../schema.ts';
import type { OperatorContext } from '../../context.ts';
import type { Quantisation } from '../../quantisation.ts';
import type { TfliteTensor } from '../../tensor.ts';

/** The types that quantised operators compute with. */
export type Byte = 'int8' | 'uint8';

/** The lowest and the highest integer of a type. */
export const RANGES: { readonly [B in Byte]: readonly [number, number] } = { int8: [-128, 127], uint8: [0, 255] };

/** An 8-bit type. Refuses any other. */
function byteOf(c: OperatorContext, { type, name }: TfliteTensor): Byte {
  return type === 'int8' || type === 'uint8' ? type : c.refuse(`quantised ${type} elements of "${name}"`);
}

/** The type of an input. */
export function byteAt(c: OperatorContext, index: number): Byte {
  return byteOf(c, c.tensor(index));
}

/** The type of the result. */
export function resultByte(c: OperatorContext): Byte {
  return byteOf(c, c.outputTensor());
}

/** One scale and one zero point. Refuses those of channels. */
function single(c: OperatorContext, parameters: Quantisation | undefined, what: string): IntegerScale {
  if (!parameters) return c.fail(`has a quantised ${what} without a scale`);
  const { scales, zeroPoints, unknown } = parameters;
  const [scale = 0] = scales;
  if (unknown) c.refuse(unknown);
  return scales.length > 1
    ? c.refuse(`an ${what} of ${scales.length} scales`)
    : { scale, zeroPoint: zeroPoints[0] ?? 0 };
}

/** Scale and zero point of an input. */
export function affineAt(c: OperatorContext, index: number): IntegerScale {
  return single(c, c.quantisation(index), 'input');
}

/** Scale and zero point of the result. */
export function resultAffine(c: OperatorContext): IntegerScale {
  return single(c, c.outputQuantisation(), 'output');
}

/** Constants of a scale and a zero point. */
export function parametersOf(c: OperatorContext, dtype: DType, { scale, zeroPoint }: IntegerScale): string[] {
  return [c.scalar('float32', scale), c.scalar(dtype, zeroPoint)];
}

/** An input with its scale and zero point. */
export function quantisedInput(c: OperatorContext, index: number): string[] {
  return [c.rawInput(index), ...parametersOf(c, byteAt(c, index), affineAt(c, index))];
}

/** Constants of a filter's scales and zero points, one or one for each output channel. */
export function filterParameters(c: OperatorContext, index: number): string[] {
  const { scales, zeroPoints, unknown } = c.quantisation(index) ?? c.fail('has quantised weights without a scale');
  if (unknown) c.refuse(unknown);
  const shape = scales.length === 1 ? [] : [scales.length];
  const zeros = tensorOf(byteAt(c, index), shape, zeroPoints);
  return [c.constant(tensorOf('float32', shape, scales)), c.constant(zeros)];
}

/** Constants of the result's scale and zero point. */
export function resultParameters(c: OperatorContext): string[] {
  return parametersOf(c, resultByte(c), resultAffine(c));
}

/** Real bounds of fused activations that hold a result between two. */
const BOUNDS: { readonly [K in (typeof FUSED_ACTIVATIONS)[number]]?: readonly [number, number] } = {
  NONE: [-Infinity, Infinity],
  RELU: [0, Infinity],
  RELU_N1_TO_1: [-1, 1],
  RELU6: [0, 6],
};

/** A range of integers that stands for real bounds, within the type. */
export function boundedRange(
  dtype: Byte,
  { scale, zeroPoint }: IntegerScale,
  [low, high]: readonly [number, number],
): readonly [number, number] {
  const [lowest, highest] = RANGES[dtype];
  const bound = (real: number): number => zeroPoint + roundAway(Math.fround(real / scale));
  return [
    low === -Infinity ? lowest : Math.max(lowest, bound(low)),
    high === Infinity ? highest : Math.min(highest, bound(high)),
  ];
}

/** How results are rounded and held: `activation` is the code of a fused one. */
export function requantisation(c: OperatorContext, activation = 0): Requantised {
  const name = FUSED_ACTIVATIONS[activation] ?? c.fail(`has fused activation ${activation}, which is none`);
  const bounds = BOUNDS[name] ?? c.refuse(`fused activation ${name} on integers`);
  return { rounding: c.rounding, range: boundedRange(resultByte(c), resultAffine(c), bounds) };
}
