/** Writes quantised operators: ONNX has its own rule of rounding and no other. */
import { extremesOf } from '../../../core/extremes.ts';
import { isOp } from '../../../ir/is-op.ts';
import type { NodeOf, OpKind, QuantiseOps } from '../../../ir/ops.ts';
import { DATA_TYPE } from './model.ts';
import type { OnnxWriter } from './writer.ts';

type Quantised = OpKind & keyof QuantiseOps;

/** QuantizeLinear and DequantizeLinear, as ONNX has them. */
export function writeScaled(w: OnnxWriter, n: NodeOf<'QuantizeLinear'> | NodeOf<'DequantizeLinear'>): void {
  const { axis, blockSize } = n.attributes;
  if ('rounding' in n.attributes && n.attributes.rounding !== 'float-even') refuseRounding(w, n.attributes.rounding);
  if (blockSize > 0) w.refuse('blocks of scales, which came after opset 20');
  if (isOp(n, 'DequantizeLinear')) w.dequantises(n);
  w.emit(
    n.op,
    n.inputs.filter((name) => name !== ''),
    { axis: { i: axis } },
    n.outputs[0] ?? '',
  );
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
  const moved = lowest === 0 ? index : w.emit('Sub', [index, w.ints([lowest])], {});
  w.emit('Gather', [table, moved], { axis: { i: 0 } }, outputs[0] ?? '');
}

/** Throws UnsupportedError. */
export function writeQuantised<K extends Quantised>(w: OnnxWriter, { attributes }: NodeOf<K>): never {
  return refuseRounding(w, 'rounding' in attributes ? String(attributes.rounding) : 'unknown');
}

function refuseRounding(w: OnnxWriter, rounding: string): never {
  return w.refuse(`rounding "${rounding}" of integers`);
}
