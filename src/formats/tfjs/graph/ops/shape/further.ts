/** Tensors made of extents, and what extents say: the number of elements, the rank. */
import type { GraphTranslation } from '../../context.ts';
import { shapeOp } from './shape.ts';

export const fill: GraphTranslation = (c) => c.one('Expand', [c.input(1), c.int64Input(0)], {});

export const size: GraphTranslation = (c) => {
  const shape = shapeOp(c, c.input(0));
  return c.one('Reduce', [shape], { kind: 'prod', axes: [0], keepDims: false });
};

/** The rank is the one element of the shape's own shape. */
export const rank: GraphTranslation = (c) => {
  const shape = c.one('Shape', [c.input(0)], {});
  return c.one('Squeeze', [shapeOp(c, shape)], { axes: [0] });
};

const filledLike =
  (value: number): GraphTranslation =>
  (c) => {
    const one = c.scalar(c.attr.dtype('T') ?? 'float32', value);
    return c.one('Expand', [one, c.one('Shape', [c.input(0)], {})], {});
  };

export const zerosLike = filledLike(0);
export const onesLike = filledLike(1);

export const range: GraphTranslation = (c) => c.one('Range', c.inputs(0, 3), {});
