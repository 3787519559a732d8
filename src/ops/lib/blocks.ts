/** Which scale belongs to which element of a quantised tensor: one for all, for positions of an axis, or for blocks of them. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, type Shape } from '../../core/tensor.ts';
import { at, ceilDiv, product, sameArray } from '../../util/arrays.ts';

/** Throws ShapeError unless scales of this shape fit `x`. */
export function checkBlocks(x: Shape, scale: Shape, { axis, blockSize }: { axis: number; blockSize: number }): void {
  if (elementCount(scale) === 1 && blockSize === 0) return;
  const chosen = normalizeAxis(axis, x.length);
  const wanted = blockSize > 0 ? x.with(chosen, ceilDiv(at(x, chosen), blockSize)) : [at(x, chosen)];
  if (!sameArray(scale, wanted)) {
    throw new ShapeError(`scales of ${shapeText(scale)} do not fit: ${shapeText(wanted)} are needed, or a scalar`);
  }
}

/** A function from an element's index in `x` to its scale's. */
export function blockIndex(
  x: Shape,
  scale: Shape,
  { axis, blockSize }: { axis: number; blockSize: number },
): (i: number) => number {
  if (elementCount(scale) === 1) return () => 0;
  const chosen = normalizeAxis(axis, x.length);
  const inner = product(x.slice(chosen + 1));
  const extent = at(x, chosen);
  if (blockSize === 0) return (i) => Math.floor(i / inner) % extent;
  const blocks = ceilDiv(extent, blockSize);
  return (i) => {
    const row = Math.floor(i / inner);
    const block = Math.floor((row % extent) / blockSize);
    return (Math.floor(row / extent) * blocks + block) * inner + (i % inner);
  };
}
