/** Quantised operands as the engine's operators take them, and what holds their results. */
import type { IntegerScale } from '../../../../ir/graph.ts';
import type { Requantised, Rounding } from '../../../../ir/ops.ts';
import { at, range } from '../../../../util/arrays.ts';
import { roundAway, roundEven } from '../../../../ir/quantise/multipliers.ts';
import { FUSED_ACTIVATIONS } from '../../schema.ts';
import type { OperatorContext } from '../../context.ts';
import type { Quantisation } from '../../quantisation.ts';
import type { TfliteTensor } from '../../tensor.ts';

/** The types that quantised operators compute with. */
export type Byte = 'int8' | 'uint8';

/** The types that are moved, and brought to real numbers and back: nothing computes with 16 bits. */
export type MovedInteger = Byte | 'int16';

/** The lowest and the highest integer of a type. */
export const RANGES: { readonly [B in MovedInteger]: readonly [number, number] } = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
};

/** An 8-bit type. Refuses any other. */
function byteOf(c: OperatorContext, { type, name }: TfliteTensor): Byte {
  return type === 'int8' || type === 'uint8' ? type : c.refuse(`quantised ${type} elements of "${name}"`);
}

function movedType(c: OperatorContext, tensor: TfliteTensor): MovedInteger {
  return tensor.type === 'int16' ? 'int16' : byteOf(c, tensor);
}

/** The type of an input that is moved only, or brought to real numbers. */
export function movedAt(c: OperatorContext, index: number): MovedInteger {
  return movedType(c, c.tensor(index));
}

/** The type of a result that is moved only, or comes from real numbers. */
export function movedResult(c: OperatorContext): MovedInteger {
  return movedType(c, c.outputTensor());
}

/** The type of an input. */
export function byteAt(c: OperatorContext, index: number): Byte {
  return byteOf(c, c.tensor(index));
}

/** The type of the result. */
export function resultByte(c: OperatorContext): Byte {
  return byteOf(c, c.outputTensor());
}

/** Scales and zero points that the engine knows. Refuses others. */
function known(c: OperatorContext, parameters: Quantisation | undefined, what: string): Quantisation {
  if (!parameters) return c.fail(`has a quantised ${what} without a scale`);
  return parameters.unknown ? c.refuse(parameters.unknown) : parameters;
}

/** Those of one scale. Refuses those of channels. */
function single(c: OperatorContext, parameters: Quantisation | undefined, what: string): Quantisation {
  const found = known(c, parameters, what);
  const { length } = found.scales;
  return length === 1 ? found : c.refuse(`an ${what} of ${length} scales`);
}

function affineOf({ scales, zeroPoints }: Quantisation): IntegerScale {
  return { scale: at(scales, 0), zeroPoint: at(zeroPoints, 0) };
}

/** Scale and zero point of an input. */
export function affineAt(c: OperatorContext, index: number): IntegerScale {
  return affineOf(single(c, c.quantisation(index), 'input'));
}

/** Scale and zero point of the result. */
export function resultAffine(c: OperatorContext): IntegerScale {
  return affineOf(single(c, c.outputQuantisation(), 'output'));
}

/** Constants of scales and zero points; whatever reads the tensor reads the same. */
function constantsOf(c: OperatorContext, type: MovedInteger, { scales, zeroPoints }: Quantisation): string[] {
  return [c.parameter('float32', scales), c.parameter(type, zeroPoints)];
}

/** An input with its scale and zero point. */
export function quantisedInput(c: OperatorContext, index: number, type: MovedInteger = byteAt(c, index)): string[] {
  const parameters = single(c, c.quantisation(index), 'input');
  return [c.rawInput(index), ...constantsOf(c, type, parameters)];
}

/** Constants of a filter's scales and zero points, one or one for each output channel, which lie along `channels`. */
export function filterParameters(c: OperatorContext, index: number, channels: number): string[] {
  const byte = byteAt(c, index);
  const parameters = known(c, c.quantisation(index), 'filter');
  const { scales, axis } = parameters;
  if (scales.length > 1 && axis !== channels) {
    c.fail(`has a filter quantised along axis ${axis}, its output channels lie along ${channels}`);
  }
  return constantsOf(c, byte, parameters);
}

/** Scales that differ by less than this part of them say the same of 8 bits. */
const SAME_SCALE = 1e-3;

/** Throws ImportError where elements that are moved, or chosen between, stand for other numbers there than here. */
export function sameMeaning(c: OperatorContext): void {
  const tensors = [
    ...range(c.inputCount).flatMap((i) => (c.has(i) ? [{ ...c.tensor(i), quantisation: c.quantisation(i) }] : [])),
    ...range(c.outputCount).map((i) => c.outputTensor(i)),
  ];
  const [first, ...others] = tensors.flatMap(({ name, type, quantisation }) =>
    quantisation && type !== 'int32' ? [{ name, type, ...affineOf(single(c, quantisation, 'operand')) }] : [],
  );
  if (!first) return;
  for (const { name, type, scale, zeroPoint } of others) {
    const same = Math.abs(scale - first.scale) <= SAME_SCALE * scale && zeroPoint === first.zeroPoint;
    if (!same || type !== first.type) {
      c.fail(`moves elements of "${first.name}" to "${name}", which has another type, scale or zero point`);
    }
  }
}

/** Constants of the result's scale and zero point. */
export function resultParameters(c: OperatorContext, type: MovedInteger = resultByte(c)): string[] {
  return constantsOf(c, type, single(c, c.outputQuantisation(), 'output'));
}

/** Real bounds of fused activations that hold a result between two. */
const BOUNDS: { readonly [K in (typeof FUSED_ACTIVATIONS)[number]]?: readonly [number, number] } = {
  NONE: [-Infinity, Infinity],
  RELU: [0, Infinity],
  RELU_N1_TO_1: [-1, 1],
  RELU6: [0, 6],
};

/** A range of integers that stands for real bounds, within the type. What lies between two integers goes as results do. */
function boundedRange(
  dtype: MovedInteger,
  { scale, zeroPoint }: IntegerScale,
  [low, high]: readonly [number, number],
  rounding: Rounding,
): readonly [number, number] {
  const [lowest, highest] = RANGES[dtype];
  const bound = (real: number): number => {
    const steps = Math.fround(real / scale);
    return rounding === 'xnnpack' ? roundEven(Math.fround(steps + zeroPoint)) : roundAway(steps) + zeroPoint;
  };
  return [
    low === -Infinity ? lowest : Math.max(lowest, bound(low)),
    high === Infinity ? highest : Math.min(highest, bound(high)),
  ];
}

/** How results are rounded and held: `activation` is the code of a fused one. */
export function requantisation(c: OperatorContext, activation = 0, rounding = c.rounding): Requantised {
  const name = FUSED_ACTIVATIONS[activation] ?? c.fail(`has fused activation ${activation}, which is none`);
  const bounds = BOUNDS[name] ?? c.refuse(`fused activation ${name} on integers`);
  return { rounding, range: boundedRange(movedResult(c), resultAffine(c), bounds, rounding) };
}

/** Refuses a result of another scale: it is 1/256 of softmax, 1/16 of its logarithm, 1/128 of a norm. */
export function fixedScale(
  c: OperatorContext,
  scale: number,
  zeroPoint: { readonly int8: number; readonly uint8: number },
): void {
  const expected = zeroPoint[resultByte(c)];
  const to = resultAffine(c);
  if (Math.abs(to.scale - scale) > scale * 1e-3 || to.zeroPoint !== expected) {
    c.refuse(`a result of scale ${to.scale} and zero point ${to.zeroPoint}`);
  }
}
