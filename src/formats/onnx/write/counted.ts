/** Operators that are told an extent that depends on data. */
import { normalizeAxis } from '../../../core/broadcast.ts';
import type { NodeOf } from '../../../ir/ops.ts';
import { at, range } from '../../../util/arrays.ts';
import { DATA_TYPE } from './model.ts';
import type { OnnxWriter } from './writer.ts';

/** A count says where the only part ends. */
export function writeSlice(w: OnnxWriter, { inputs, outputs: [output] }: NodeOf<'Slice'>): void {
  const [x = '', starts = '', , axes = '', steps = '', count = ''] = inputs;
  if (count === '') return void w.emit('Slice', inputs, {}, output);
  w.emit('Slice', [x, starts, w.emit('Add', [starts, wholeCount(w, count)]), axes, steps], {}, output);
}

/** Rows are picked behind the last, too: they are made before. */
export function writeGather(w: OnnxWriter, { inputs, outputs: [output], attributes }: NodeOf<'Gather'>): void {
  const [x = '', indices = '', count = ''] = inputs;
  const rows = count === '' ? x : paddedRows(w, x, attributes.axis, count);
  w.emit('Gather', [rows, indices], { axis: { i: attributes.axis } }, output);
}

/** As many rows as there may be. */
function paddedRows(w: OnnxWriter, x: string, along: number, count: string): string {
  const shape = w.shape(x) ?? w.refuse('rows whose number is not known');
  const axis = normalizeAxis(along, shape.length);
  const behind = w.emit('Sub', [w.ints([at(shape, axis)]), wholeCount(w, count)]);
  const none = (entries: number): string[] => (entries === 0 ? [] : [w.ints(range(entries).map(() => 0))]);
  const pads = [...none(shape.length + axis), behind, ...none(shape.length - axis - 1)];
  return w.emit('Pad', [x, w.emit('Concat', pads, { axis: { i: 0 } })]);
}

/** A count as a list of one int64. */
export function wholeCount(w: OnnxWriter, count: string): string {
  return w.reshape(w.emit('Cast', [count], { to: { i: DATA_TYPE.int64 } }), [1]);
}
