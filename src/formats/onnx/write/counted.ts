/** Operators that are told an extent that depends on data. */
import { normalizeAxis } from '../../../core/broadcast.ts';
import type { NodeOf } from '../../../ir/ops.ts';
import { at, range } from '../../../util/arrays.ts';
import { DATA_TYPE } from './model.ts';
import { GIVE_EXTENTS, type OnnxWriter } from './writer.ts';

/** A count says where the only part ends. */
export function writeSlice(w: OnnxWriter, { inputs, outputs: [output] }: NodeOf<'Slice'>): void {
  const [x = '', starts = '', , axes = '', steps = '', count = ''] = inputs;
  if (count === '') return void w.emit('Slice', inputs, {}, output);
  w.emit('Slice', [x, starts, w.emit('Add', [w.cast(starts, 'int64'), wholeCount(w, count)]), axes, steps], {}, output);
}

/** Rows may be picked of none: some are made before. */
export function writeGather(w: OnnxWriter, { inputs, outputs: [output], attributes }: NodeOf<'Gather'>): void {
  const [x = '', indices = '', count = ''] = inputs;
  const picked = count === '' ? [x, indices] : [paddedRows(w, x, attributes.axis, count), within(w, indices, count)];
  w.emit('Gather', picked, { axis: { i: attributes.axis } }, output);
}

/** Slices are picked of those that there are. */
export function writeGatherND(w: OnnxWriter, { inputs, outputs: [output], attributes }: NodeOf<'GatherND'>): void {
  const [x = '', indices = '', counts = ''] = inputs;
  const rows = counts === '' ? indices : within(w, indices, counts);
  w.emit('GatherND', [x, rows], { batch_dims: { i: attributes.batchDims } }, output);
}

/** The same of single elements. */
export function writeGatherElements(
  w: OnnxWriter,
  { inputs, outputs: [output], attributes }: NodeOf<'GatherElements'>,
): void {
  const [x = '', indices = '', count = ''] = inputs;
  const own = count === '' ? [x, indices] : [paddedRows(w, x, attributes.axis, count), within(w, indices, count)];
  w.emit('GatherElements', own, { axis: { i: attributes.axis } }, output);
}

/** Indices into as many as there are, counted from the front, of those outside the nearest. */
function within(w: OnnxWriter, indices: string, counts: string): string {
  const int64 = (x: string): string => w.emit('Cast', [x], { to: { i: DATA_TYPE.int64 } });
  const one = w.scalar('int64', 1);
  const extent = w.emit('Max', [int64(counts), one]);
  const before = w.emit('Min', [int64(indices), w.emit('Sub', [extent, one])]);
  return w.emit('Mod', [w.emit('Max', [before, w.emit('Neg', [extent])]), extent]);
}

/** As many rows as there may be. */
function paddedRows(w: OnnxWriter, x: string, along: number, count: string): string {
  const shape = w.shape(x) ?? w.refuse('rows whose number is not known', GIVE_EXTENTS);
  const axis = normalizeAxis(along, shape.length);
  const behind = w.emit('Sub', [w.ints([at(shape, axis)]), wholeCount(w, count)]);
  const none = (entries: number): string[] => (entries === 0 ? [] : [w.ints(range(entries).map(() => 0))]);
  const pads = [...none(shape.length + axis), behind, ...none(shape.length - axis - 1)];
  return w.emit('Pad', [x, w.emit('Concat', pads, { axis: { i: 0 } })]);
}

/** How many there are is the length of a list of them. */
export function writeUnique(w: OnnxWriter, { inputs, outputs, attributes, name }: NodeOf<'Unique'>): void {
  const [y = '', count = '', firsts = '', ...others] = outputs;
  const indices = firsts || w.unique(`${name}/firsts`);
  const own = { axis: { i: attributes.axis }, sorted: { i: attributes.sorted ? 1 : 0 } };
  w.many('Unique', inputs, own, [y || w.unique(`${name}/unique`), indices, ...others]);
  w.emit('Cast', [w.emit('Size', [indices])], { to: { i: DATA_TYPE.int32 } }, count);
}

/** A count as a list of one int64. */
export function wholeCount(w: OnnxWriter, count: string): string {
  return w.reshape(w.emit('Cast', [count], { to: { i: DATA_TYPE.int64 } }), [1]);
}
