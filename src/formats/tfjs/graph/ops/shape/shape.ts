/** Translations of operators that give the same elements other extents, and of the extents themselves. */
import type { GraphTranslation, NodeContext } from '../../context.ts';

const reshape: GraphTranslation = (c) => {
  const constant = c.constantInput(1);
  // In TensorFlow a 0 in the shape is an extent of 0, not a copy of the input's.
  const allowZero = constant ? constant.data.includes(0) : true;
  return c.one('Reshape', [c.input(0), c.int64Input(1)], { allowZero });
};

const squeeze: GraphTranslation = (c) => {
  const axes = c.attr.ints('squeeze_dims', c.attr.ints('axis', []));
  return c.one('Squeeze', [c.input(0)], { axes });
};

/** The shape as the int32 that TensorFlow has it in. */
export const shapeOp = (c: NodeContext, x: string): string => c.one('Cast', [c.one('Shape', [x], {})], { to: 'int32' });

/** Rows of the operator table. */
export const SHAPE = {
  Reshape: reshape,
  Squeeze: squeeze,
  ExpandDims: (c: NodeContext) => c.one('Unsqueeze', [c.input(0)], { axes: [c.knownInt(1, 'an axis')] }),
  Shape: (c: NodeContext) => shapeOp(c, c.input(0)),
};
