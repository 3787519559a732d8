/**
 * TensorFlow's operators that regroup pixels between space and batch, which is how older converters write a dilated
 * convolutionWith: reshape, transpose, reshape; extents come from shape arithmetic that folds when they are bound.
 */
import { tensorOf } from '../../../core/tensor.ts';
import { product, range } from '../../../util/arrays.ts';
import { reorder } from '../composites.ts';
import type { OperandSource } from './operands.ts';

/** The block extents of a space/batch operator on `[N, …S, …rest]`, one for each of the dimensions S. */
function blockOf(c: OperandSource): number[] {
  const block = c.knownInts(1, 'a block shape');
  if (block.length === 0 || block.some((b) => b < 1)) c.refuse(`a block shape of [${block.join(', ')}]`);
  return block;
}

/** The paddings or crops, times `sign`, as pads of `[N, …S, rest]`: all begins, then all ends. */
function marginsOf(c: OperandSource, dims: number, sign: 1 | -1): string {
  const constant = c.constantInput(2);
  if (constant) {
    const side = (end: 0 | 1): number[] => range(dims).map((i) => sign * (constant.data[2 * i + end] ?? 0));
    return c.ints([0, ...side(0), 0, 0, ...side(1), 0]);
  }
  const sides = c.one('Transpose', [c.binary('mul', c.int64Input(2), c.scalar('int64', sign))], { perm: [1, 0] });
  const none = c.constant(tensorOf('int64', [2, 1], [0, 0]));
  return c.reshape(c.one('Concat', [none, sides, none], { axis: 1 }), [-1]);
}

/** The dimensions behind the blocked ones as one, and what gives `value` of that form those of the input again. */
function withoutRest(
  c: OperandSource,
  dims: number,
): { x: string; restored: (value: string, shape: string) => string } {
  const rest = c.one('Slice', [c.one('Shape', [c.input(0)], {}), c.ints([dims + 1]), c.ints([2 ** 31 - 1])], {});
  const first = c.ints(range(dims + 1));
  return {
    x: c.reshape(c.input(0), [...range(dims + 1).fill(0), -1]),
    restored: (value, shape) =>
      c.reshapeTo(value, c.one('Concat', [c.one('Gather', [shape, first], { axis: 0 }), rest], { axis: 0 })),
  };
}

/** SpaceToBatchND(x, block shape, paddings), padded with a value, 0 where none is given. */
export function spaceToBatch(c: OperandSource, fill?: string): string {
  const block = blockOf(c);
  const dims = block.length;
  const { x, restored } = withoutRest(c, dims);
  const padded = c.one('Pad', [x, marginsOf(c, dims, 1), ...(fill ? [fill] : [])], { mode: 'constant' });
  // [N, …S/block, rest]
  const cells = c.binary('div', c.one('Shape', [padded], {}), c.ints([1, ...block, 1]));
  const parts = c.one('Concat', [cells, c.ints(block)], { axis: 0 });
  const pairs = range(dims).flatMap((i) => [i + 1, dims + 2 + i]);
  const split = c.reshapeTo(padded, reorder(c, parts, [0, ...pairs, dims + 1]));
  const [inner, outer] = [range(dims).map((i) => 2 * i + 2), range(dims).map((i) => 2 * i + 1)];
  const moved = c.one('Transpose', [split], { perm: [...inner, 0, ...outer, 2 * dims + 1] });
  return restored(moved, c.binary('mul', cells, c.ints([product(block), ...block.map(() => 1), 1])));
}

/** BatchToSpaceND(x, block shape, crops). */
export function batchToSpace(c: OperandSource): string {
  const block = blockOf(c);
  const dims = block.length;
  const { x, restored } = withoutRest(c, dims);
  // [N/∏block, …S, rest]
  const cells = c.binary('div', c.one('Shape', [x], {}), c.ints([product(block), ...block.map(() => 1), 1]));
  const split = c.reshapeTo(x, c.one('Concat', [c.ints(block), cells], { axis: 0 }));
  const pairs = range(dims).flatMap((i) => [dims + 1 + i, i]);
  const moved = c.one('Transpose', [split], { perm: [dims, ...pairs, 2 * dims + 1] });
  const image = c.reshapeTo(moved, c.binary('mul', cells, c.ints([1, ...block, 1])));
  const cropped = c.one('Pad', [image, marginsOf(c, dims, -1)], { mode: 'constant' });
  return restored(cropped, c.one('Shape', [cropped], {}));
}
