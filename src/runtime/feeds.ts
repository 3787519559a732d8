/** The check both backends make of what they are fed. */
import { ShapeError } from '../core/errors.ts';
import { shapeText, type Tensor, type TensorDesc } from '../core/tensor.ts';
import { sameArray } from '../util/arrays.ts';

/** The tensor for an input, checked. Throws ShapeError when it is missing, or of another shape or dtype. */
export function feedFor(name: string, { dtype, shape }: TensorDesc, feed: Tensor | undefined): Tensor {
  if (!feed) throw new ShapeError(`no tensor was given for input "${name}"`);
  if (!sameArray(feed.shape, shape) || feed.dtype !== dtype) {
    throw new ShapeError(`input "${name}" is ${dtype} ${shapeText(shape)}, got ${feed.dtype} ${shapeText(feed.shape)}`);
  }
  return feed;
}
