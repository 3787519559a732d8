/** Writes quantised operators: ONNX has its own rule of rounding for a few types, and arithmetic for all else. */
import { extremesOf } from '../../../core/extremes.ts';
import type { NodeOf, OpKind, QuantiseOps, Rounding } from '../../../ir/ops.ts';
import { tensorOf, zeros } from '../../../core/tensor.ts';
import { DATA_TYPE } from './model.ts';
import { broadcastScales } from './scales.ts';
import type { OnnxWriter } from './writer.ts';

type Quantised = OpKind & keyof QuantiseOps;

/** What may help where integers are rounded by a rule that ONNX does not have. */
const WITHOUT_RULES =
  'Write it dequantized (dequantized: true, --dequantized): real numbers between QuantizeLinear and DequantizeLinear, whose results may be a step away';

/** QuantizeLinear: ONNX's own for bytes by its own rule, by others the arithmetic that they are. */
export function writeQuantizeLinear(w: OnnxWriter, n: NodeOf<'QuantizeLinear'>): void {
  const { axis, to, rounding, blockSize } = n.attributes;
  const [given = '', scale = '', zeroPoint = ''] = n.inputs;
  const x = w.cast(given, w.dtype(scale));
  const isOwn = rounding === 'float-even' && blockSize === 0 && (to === 'int8' || to === 'uint8');
  if (!isOwn) return void quantiseByHand(w, n, x);
  const own = { axis: { i: axis } };
  // Without a zero point the result would be uint8.
  const zero = zeroPoint || (to === 'uint8' ? '' : zerosLike(w, scale, to));
  w.emit('QuantizeLinear', [x, scale, zero], own, n.outputs[0] ?? '');
}

function quantiseByHand(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'QuantizeLinear'>, x: string): void {
  const { rounding, to } = attributes;
  const [, scale = '', zeroPoint = ''] = inputs.map((name, i) =>
    i > 0 ? broadcastScales(w, name, inputs[0] ?? '', attributes) : name,
  );
  const number = (value: number): string => w.scalar(w.dtype(inputs[1] ?? ''), value);
  const quotient =
    rounding === 'xnnpack' ? w.emit('Mul', [x, w.emit('Reciprocal', [scale])]) : w.emit('Div', [x, scale]);
  const rounded = roundedBy(w, rounding, quotient, number);
  const isNone = w.emit('IsNaN', [quotient]);
  const whole = w.emit('Where', [isNone, number(0), rounded]);
  const shifted =
    zeroPoint === '' ? whole : w.emit('Add', [whole, w.emit('Cast', [zeroPoint], { to: { i: typeOf(w, inputs[1]) } })]);
  // To ONNX's rule what is no number is 0, to others the zero point.
  const known = rounding === 'float-even' ? w.emit('Where', [isNone, number(0), shifted]) : shifted;
  const [lowest, highest] = extremesOf(to);
  const held = w.emit('Clip', [known, number(lowest), number(highest)]);
  w.emit('Cast', [held], { to: { i: DATA_TYPE[to] } }, outputs[0] ?? '');
}

function typeOf(w: OnnxWriter, value = ''): number {
  return DATA_TYPE[w.dtype(value)];
}

/** The nearest whole number. Half away from zero is told by what is left: half more, and down, would be one of it that is nearly a half. */
function roundedBy(w: OnnxWriter, rounding: Rounding, x: string, number: (value: number) => string): string {
  if (rounding === 'float-even' || rounding === 'xnnpack') return w.emit('Round', [x]);
  const magnitude = w.emit('Abs', [x]);
  const below = w.emit('Floor', [magnitude]);
  const isHalf = w.emit('GreaterOrEqual', [w.emit('Sub', [magnitude, below]), number(0.5)]);
  const more = w.emit('Where', [isHalf, number(1), number(0)]);
  return w.emit('Mul', [w.emit('Sign', [x]), w.emit('Add', [below, more])]);
}

/** DequantizeLinear: ONNX's own for the types that it has, for others the arithmetic that it is. */
export function writeDequantizeLinear(w: OnnxWriter, n: NodeOf<'DequantizeLinear'>): void {
  const { axis, blockSize } = n.attributes;
  const [x = '', scale = '', zeroPoint = ''] = n.inputs;
  const dtype = w.dtype(x);
  const hasNone = w.value(zeroPoint)?.data.every((zero) => zero === 0) ?? zeroPoint === '';
  const isOwn = dtype === 'int8' || dtype === 'uint8' || (dtype === 'int32' && hasNone);
  if (isOwn && blockSize === 0) {
    w.dequantises(n);
    const zero = dtype === 'int32' ? '' : zeroPoint;
    return void w.emit('DequantizeLinear', [x, scale, zero], { axis: { i: axis } }, n.outputs[0] ?? '');
  }
  const [spread = '', zero = ''] = [scale, zeroPoint].map((name) => broadcastScales(w, name, x, n.attributes));
  // The difference of bytes is none.
  const wide = dtype === 'int32' || dtype === 'uint32' ? dtype : 'int32';
  const to = { to: { i: DATA_TYPE[wide] } };
  const integers = zero === '' ? x : w.emit('Sub', [w.cast(x, wide), w.emit('Cast', [zero], to)]);
  const reals = w.emit('Cast', [integers], { to: { i: DATA_TYPE[w.dtype(scale)] } });
  w.emit('Mul', [reals, spread], {}, n.outputs[0] ?? '');
}

/** Zero points of 0, as many as there are scales. */
function zerosLike(w: OnnxWriter, scale: string, dtype: 'int8'): string {
  const shape = w.shape(scale);
  if (shape) return w.constant(zeros(dtype, shape));
  const value = { t: tensorOf(dtype, [1], [0]) };
  return w.emit('ConstantOfShape', [w.emit('Shape', [scale])], { value });
}

/** Weights as they are; int8 ones of scales, for each extent of an axis, as the real numbers they stand for. */
export function realWeights(w: OnnxWriter, weights: string, scale: string, axis: number): string {
  return scale ? w.emit('DequantizeLinear', [weights, scale], { axis: { i: axis } }) : weights;
}

/** Gather, of what is no byte but an index. */
export function writeLookupTable(
  w: OnnxWriter,
  { inputs: [x = '', table = ''], outputs }: NodeOf<'LookupTable'>,
): void {
  const [lowest] = extremesOf(w.dtype(x));
  const index = w.emit('Cast', [x], { to: { i: DATA_TYPE.int64 } });
  const moved = lowest === 0 ? index : w.emit('Sub', [index, w.scalar('int64', lowest)], {});
  w.emit('Gather', [table, moved], { axis: { i: 0 } }, outputs[0] ?? '');
}

/** Throws UnsupportedError. */
export function writeQuantised<K extends Quantised>(w: OnnxWriter, { attributes }: NodeOf<K>): never {
  const rounding = 'rounding' in attributes ? String(attributes.rounding) : 'unknown';
  return w.refuse(`rounding "${rounding}" of integers`, WITHOUT_RULES);
}
