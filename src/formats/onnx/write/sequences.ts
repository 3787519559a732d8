/** What goes along an axis: sums, and sequences that are turned round. */
import { normalizeAxis } from '../../../core/broadcast.ts';
import { isFloat, type DType } from '../../../core/dtype.ts';
import type { NodeOf } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { DATA_TYPE } from './model.ts';
import type { OnnxWriter } from './writer.ts';

/** ReverseSequence: ONNX has the batch and the time first; where they are not, they are brought there and back. */
export function writeReverseSequence(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'ReverseSequence'>): void {
  const [x = '', lengths = ''] = inputs;
  const rank = w.rank(x);
  const [batch, time] = [normalizeAxis(attributes.batchAxis, rank), normalizeAxis(attributes.timeAxis, rank)];
  const reverse = (value: string, batchAxis: number, output?: string): string =>
    w.emit(
      'ReverseSequence',
      [value, lengths],
      { batch_axis: { i: batchAxis }, time_axis: { i: 1 - batchAxis } },
      output,
    );
  if (batch < 2 && time < 2) return void reverse(x, batch, outputs[0]);
  const perm = [batch, time, ...range(rank).filter((axis) => axis !== batch && axis !== time)];
  const back = range(rank).map((axis) => perm.indexOf(axis));
  w.transpose(reverse(w.transpose(x, perm), 0), back, outputs[0]);
}

/** Integers that ONNX sums. */
const SUMMED: ReadonlySet<DType> = new Set<DType>(['int32', 'uint32', 'int64', 'uint64']);

/** CumSum; shorter integers are summed as longer ones, and wrap when they are shortened again. */
export function writeCumSum(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'CumSum'>): void {
  const [x = '', axis = ''] = inputs;
  const along = axis || w.scalar('int64', attributes.axis);
  const own = { exclusive: { i: attributes.exclusive ? 1 : 0 }, reverse: { i: attributes.reverse ? 1 : 0 } };
  const dtype = w.dtype(x);
  if (isFloat(dtype) || SUMMED.has(dtype)) return void w.emit('CumSum', [x, along], own, outputs[0]);
  const sums = w.emit('CumSum', [w.cast(x, 'int32'), along], own);
  w.emit('Cast', [sums], { to: { i: DATA_TYPE[dtype] } }, outputs[0]);
}
