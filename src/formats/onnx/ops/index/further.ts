/** The largest or smallest elements along an axis, and elements chosen, or written, by indices of their own. */
import type { ScatterReduction } from '../../../../ir/ops.ts';
import { oneHotBy } from '../../../lib/composites.ts';
import type { OnnxNode } from '../../node.ts';
import { dataTypeName, dtypeOfTensor } from '../../tensor.ts';

export { tensorScatter } from './tensor-scatter.ts';

/** Before opset 10 `k` is an attribute. Unsorted results may come in any order, so sorted ones do. */
export function topK(n: OnnxNode): string[] {
  n.attr.ignore('sorted');
  const k = n.attr.has('k') ? n.ints([n.attr.int('k', 0)]) : n.input(1);
  const attributes = { axis: n.attr.int('axis', -1), largest: n.attr.flag('largest', true) };
  return n.many('TopK', [n.input(0), k], attributes, 2);
}

export function gatherND(n: OnnxNode): string {
  return n.one('GatherND', [n.input(0), n.input(1)], { batchDims: n.attr.int('batch_dims', 0) });
}

export function gatherElements(n: OnnxNode): string {
  return n.one('GatherElements', [n.input(0), n.input(1)], { axis: n.attr.int('axis', 0) });
}

const REDUCTIONS: readonly ScatterReduction[] = ['none', 'add', 'mul', 'max', 'min'];

/** Scatter, of opset 9, is the same under an older name. Before opset 16 updates replace. */
export function scatterElements(n: OnnxNode): string {
  const attributes = { axis: n.attr.int('axis', 0), reduction: n.attr.choice('reduction', 'none', REDUCTIONS) };
  return n.one('ScatterElements', [n.input(0), n.input(1), n.input(2)], attributes);
}

export function scatterND(n: OnnxNode): string {
  const reduction = n.attr.choice('reduction', 'none', REDUCTIONS);
  return n.one('ScatterND', [n.input(0), n.input(1), n.input(2)], { reduction });
}

/** The count that the engine's operator gives besides has no name in the model. */
export function nonZero(n: OnnxNode): string {
  const [coordinates = ''] = n.many('NonZero', [n.input(0)], {}, 2);
  return coordinates;
}

/** Without an axis the elements are one row. */
export function compress(n: OnnxNode): string {
  const x = n.attr.has('axis') ? n.input(0) : n.one('Reshape', [n.input(0), n.ints([-1])], { allowZero: false });
  const [chosen = ''] = n.many('Compress', [x, n.input(1)], { axis: n.attr.int('axis', 0) }, 2);
  return chosen;
}

/** The values are those off and on; indices outside of the depth are off everywhere. */
export function oneHot(n: OnnxNode): string {
  const axis = n.attr.int('axis', -1);
  const behind = axis < 0 ? -1 - axis : n.rank(0) - axis;
  if (behind < 0) n.fail(`axis ${axis} is none of ${n.rank(0) + 1}`);
  const value = (i: number): string => n.one('Gather', [n.input(2), n.scalar('int64', i)], { axis: 0 });
  const whole = (i: number): string =>
    n.facts(i).dtype === 'int64' ? n.input(i) : n.one('Cast', [n.input(i)], { to: 'int64' });
  const depth = n.reshape(whole(1), [1]);
  if ((n.constantInput(1)?.data[0] ?? 0) < 0) n.fail('the depth is negative');
  return oneHotBy(n, whole(0), depth, { off: value(0), on: value(1), behind });
}

/** Ones on a diagonal of a matrix. */
export function eyeLike(n: OnnxNode): string {
  const code = n.attr.int('dtype', 0);
  const own = n.facts(0).dtype;
  const dtype = n.attr.has('dtype') ? dtypeOfTensor(code) : own;
  const rank = n.rank(0);
  if (rank !== 2) n.fail(`a tensor of ${rank} dimensions is no matrix`);
  if (!dtype) return n.attr.has('dtype') ? n.refuse(`dtype = ${dataTypeName(code)}`) : n.unknown(0, 'element type');
  const k = n.scalar('int64', n.attr.int('k', 0));
  const ones = n.one('Expand', [n.scalar(dtype, 1), n.one('Shape', [n.input(0)], {})], {});
  return n.one('Trilu', [n.one('Trilu', [ones, k], { upper: true }), k], { upper: false });
}

/** Without an axis the elements are one row, and so is what is found of them. */
export function unique(n: OnnxNode): string[] {
  const x = n.attr.has('axis') ? n.input(0) : n.one('Reshape', [n.input(0), n.ints([-1])], { allowZero: false });
  const attributes = { axis: n.attr.int('axis', 0), sorted: n.attr.flag('sorted', true) };
  const [y = '', , ...places] = n.many('Unique', [x], attributes, 5);
  return [y, ...places];
}
