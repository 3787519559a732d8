/** Translations of operators that move elements without computing: reshape, transpose, concat, split, pad, gather … */
import type { NodeContext, Translation } from './context.ts';

/** More outputs than this of one node is no network but a damaged attribute. */
const MAX_PARTS = 4096;

const reshape: Translation = (c) => {
  const constant = c.constantInput(1);
  // In TensorFlow a 0 in the shape is an extent of 0, not a copy of the input's.
  const allowZero = constant ? constant.data.includes(0) : true;
  return c.one('Reshape', [c.input(0), c.int64Input(1)], { allowZero });
};

const squeeze: Translation = (c) => {
  const axes = c.attr.ints('squeeze_dims', c.attr.ints('axis', []));
  return c.one('Squeeze', [c.input(0)], { axes });
};

const transpose: Translation = (c) =>
  c.one('Transpose', [c.input(0)], { perm: c.inputCount > 1 ? c.knownInts(1, 'a permutation') : [] });

const concat = (c: NodeContext, values: readonly string[], axisInput: number): string =>
  c.one('Concat', values, { axis: c.knownInt(axisInput, 'a concatenation axis') });

const pack: Translation = (c) => {
  const axis = c.attr.int('axis', 0);
  const parts = c.inputs().map((x) => c.one('Unsqueeze', [x], { axes: [axis] }));
  return c.one('Concat', parts, { axis });
};

const unpack: Translation = (c) => {
  const axis = c.attr.int('axis', 0);
  const count = c.attr.int('num', 0);
  if (count < 1 || count > MAX_PARTS) c.refuse(`num ${count}`);
  const parts = count === 1 ? [c.input(0)] : c.many('Split', [c.input(0)], { axis, sizes: [] }, count);
  return parts.map((part) => c.one('Squeeze', [part], { axes: [axis] }));
};

const split: Translation = (c) => {
  const count = c.attr.int('num_split', 1);
  if (count < 1 || count > MAX_PARTS) c.refuse(`num_split ${count}`);
  return c.many('Split', [c.input(1)], { axis: c.knownInt(0, 'a split axis'), sizes: [] }, count);
};

const splitV: Translation = (c) => {
  const sizes = c.knownInts(1, 'split sizes');
  if (sizes.length > MAX_PARTS) c.refuse(`${sizes.length} parts`);
  if (sizes.some((size) => size < 0)) c.refuse(`split sizes [${sizes.join(', ')}]`);
  return c.many('Split', [c.input(0)], { axis: c.knownInt(2, 'a split axis'), sizes }, sizes.length);
};

/** Paddings are `[R, 2]` (begin, end) pairs; the engine takes all begins, then all ends. */
export function pads(c: NodeContext): string {
  const constant = c.constantInput(1);
  if (!constant) {
    const pairs = c.one('Transpose', [c.int64Input(1)], { perm: [1, 0] });
    return c.reshape(pairs, [-1]);
  }
  const values = Array.from(constant.data);
  return c.ints([...values.filter((_, i) => i % 2 === 0), ...values.filter((_, i) => i % 2 === 1)]);
}

const pad: Translation = (c) =>
  c.one('Pad', [c.input(0), pads(c), ...(c.inputCount > 2 ? [c.input(2)] : [])], { mode: 'constant' });

const gather: Translation = (c) => {
  const batchDims = c.attr.int('batch_dims', 0);
  if (batchDims !== 0) c.refuse(`batch_dims ${batchDims}`);
  const axis = c.inputCount > 2 ? c.knownInt(2, 'a gather axis') : 0;
  return c.one('Gather', [c.input(0), c.input(1)], { axis });
};

/** The shape as the int32 that TensorFlow has it in. */
export const shapeOp = (c: NodeContext, x: string): string => c.one('Cast', [c.one('Shape', [x], {})], { to: 'int32' });

/** Rows of the operator table. */
export const SHAPE: Readonly<Record<string, Translation>> = {
  Reshape: reshape,
  Squeeze: squeeze,
  ExpandDims: (c) => c.one('Unsqueeze', [c.input(0)], { axes: [c.knownInt(1, 'an axis')] }),
  Transpose: transpose,
  Concat: (c) => concat(c, c.inputs(1), 0),
  ConcatV2: (c) => concat(c, c.inputs(0, c.inputCount - 1), c.inputCount - 1),
  Pack: pack,
  Unpack: unpack,
  Split: split,
  SplitV: splitV,
  Pad: pad,
  PadV2: pad,
  Gather: gather,
  GatherV2: gather,
  Shape: (c) => shapeOp(c, c.input(0)),
};
