/** TensorFlow's operators that choose elements by their index or value. */
import type { OperandSource } from './operands.ts';

/** TopKV2(x, k): values and their int32 indices. */
export function topK(c: OperandSource): string[] {
  const [values = '', indices = ''] = c.many('TopK', [c.input(0), c.int64Input(1)], { axis: -1, largest: true }, 2);
  return [values, c.one('Cast', [indices], { to: 'int32' })];
}

/** Gather(x, indices) along `axis`; the first `batchDims` dimensions, up to the axis, are walked in step. */
export function gather(c: OperandSource, axis: number, batchDims: number): string {
  if (batchDims === 0) return c.one('Gather', [c.input(0), c.input(1)], { axis });
  if (batchDims < 0 || batchDims !== axis) c.refuse(`batch_dims ${batchDims} along axis ${axis}`);
  return c.one('GatherND', [c.input(0), c.one('Unsqueeze', [c.input(1)], { axes: [-1] })], { batchDims });
}

/** GatherNd(x, indices). */
export function gatherNd(c: OperandSource): string {
  return c.one('GatherND', [c.input(0), c.input(1)], { batchDims: 0 });
}

/** Where(x), in int64 or int32: coordinates of the elements that are not zero, one a row. */
export function whereOf(c: OperandSource, to: 'int64' | 'int32'): string {
  const [columns = ''] = c.many('NonZero', [c.input(0)], {}, 2);
  const rows = c.one('Transpose', [columns], { perm: [1, 0] });
  return to === 'int64' ? rows : c.one('Cast', [rows], { to });
}
