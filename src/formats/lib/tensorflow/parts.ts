/** TensorFlow's operators that stack tensors and take them apart. */
import type { OperandSource } from './operands.ts';

/** More outputs than this of one node is no network but a damaged attribute. */
const MAX_PARTS = 4096;

/** Pack: the inputs along a new dimension. */
export function packOf(c: OperandSource, axis: number): string {
  const parts = c.inputs().map((x) => c.one('Unsqueeze', [x], { axes: [axis] }));
  return c.one('Concat', parts, { axis });
}

/** Unpack: the `count` positions of a dimension, which is left out. */
export function unpackOf(c: OperandSource, axis: number, count: number): string[] {
  if (count < 1 || count > MAX_PARTS) c.refuse(`num ${count}`);
  const parts = count === 1 ? [c.input(0)] : c.many('Split', [c.input(0)], { axis, sizes: [] }, count);
  return parts.map((part) => c.one('Squeeze', [part], { axes: [axis] }));
}

/** Split(axis, x): `count` equal parts. */
export function split(c: OperandSource, count: number): string[] {
  if (count < 1 || count > MAX_PARTS) c.refuse(`num_split ${count}`);
  return c.many('Split', [c.input(1)], { axis: c.knownInt(0, 'a split axis'), sizes: [] }, count);
}

/** SplitV(x, sizes, axis). One of the sizes may be −1: what the others leave. */
export function splitV(c: OperandSource): string[] {
  const sizes = c.knownInts(1, 'split sizes');
  if (sizes.length > MAX_PARTS) c.refuse(`${sizes.length} parts`);
  const open = sizes.indexOf(-1);
  const others = sizes.filter((_, i) => i !== open);
  if (others.some((size) => size < 0)) c.refuse(`split sizes [${sizes.join(', ')}]`);
  const axis = c.knownInt(2, 'a split axis');
  if (open < 0) return c.many('Split', [c.input(0)], { axis, sizes }, sizes.length);
  const extent = c.one('Gather', [c.one('Shape', [c.input(0)], {}), c.ints([axis])], { axis: 0 });
  const left = c.binary('sub', extent, c.ints([others.reduce((a, b) => a + b, 0)]));
  const computed = c.one('Concat', [c.ints(sizes.slice(0, open)), left, c.ints(sizes.slice(open + 1))], { axis: 0 });
  return c.many('Split', [c.input(0), computed], { axis, sizes: [] }, sizes.length);
}
