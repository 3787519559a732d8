/** How normalisations are written that ONNX has not as one operator. */
import type { NodeOf } from '../../../ir/ops.ts';
import type { OnnxWriter } from './writer.ts';

/** The norm, what it is at least, and what is added to it; then a division and a product. */
export function writeLpNormalization(w: OnnxWriter, node: NodeOf<'LpNormalization'>): void {
  const { p, least, added } = node.attributes;
  const [x = '', scale = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const number = (value: number): string => w.scalar(w.dtype(x), value);
  const norm = w.emit(p === 1 ? 'ReduceL1' : 'ReduceL2', [x, w.ints([-1])], { keepdims: { i: 1 } });
  const bound = w.emit('Max', [norm, number(least)]);
  const divisor = added === 0 ? bound : w.emit('Add', [bound, number(added)]);
  if (scale === '') return void w.emit('Div', [x, divisor], {}, y);
  w.emit('Mul', [w.emit('Div', [x, divisor]), scale], {}, y);
}
