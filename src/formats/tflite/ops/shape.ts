/** Translations of operators that give the same elements other extents, and of the extents themselves. */
import { product } from '../../../util/arrays.ts';
import type { OperatorContext, TfliteTranslation } from '../context.ts';

/** The shape is an input, or, in older files, an option. One that is no list but a single 0 says that there are no dimensions. */
const reshape: TfliteTranslation = (c) => {
  const constant = c.has(1) ? c.constantInput(1) : undefined;
  if (c.has(1) && !constant) return c.one('Reshape', [c.input(0), c.int64Input(1)], { allowZero: true });
  const shape = constant ? Array.from(constant.data) : [...c.options('Reshape').newShape];
  const sizes = shape.length === 1 && shape[0] === 0 && product(c.shape(0)) === 1 ? [] : shape;
  return c.one('Reshape', [c.input(0), c.ints(sizes)], { allowZero: sizes.includes(0) });
};

const squeeze: TfliteTranslation = (c) => c.one('Squeeze', [c.input(0)], { axes: c.options('Squeeze').squeezeDims });

/** Rows of the operator table. */
export const SHAPE = { RESHAPE: reshape, SQUEEZE: squeeze };

/** The extents, in the type that the output has. */
function extents(c: OperatorContext, x: string): string {
  const shape = c.one('Shape', [x], {});
  return c.outputDtype() === 'int64' ? shape : c.one('Cast', [shape], { to: 'int32' });
}

export const expandDims: TfliteTranslation = (c) =>
  c.one('Unsqueeze', [c.input(0)], { axes: [c.knownInt(1, 'an axis')] });

export const shapeRow: TfliteTranslation = (c) => extents(c, c.input(0));

/** The rank is the one element of the shape's own shape. */
export const rank: TfliteTranslation = (c) =>
  c.one('Squeeze', [extents(c, c.one('Shape', [c.input(0)], {}))], { axes: [0] });

/** FILL(shape, value). */
export const fill: TfliteTranslation = (c) => c.one('Expand', [c.input(1), c.int64Input(0)], {});

export const zerosLike: TfliteTranslation = (c) =>
  c.one('Expand', [c.scalar(c.outputDtype(), 0), c.one('Shape', [c.input(0)], {})], {});

export const range: TfliteTranslation = (c) => c.one('Range', c.inputs(0, 3), {});

export const broadcastTo: TfliteTranslation = (c) => c.one('Expand', [c.input(0), c.int64Input(1)], {});
