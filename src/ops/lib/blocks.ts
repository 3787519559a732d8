/** Which scale belongs to which element of a quantised tensor: one for all, for positions of an axis, or for blocks of them. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, type Shape } from '../../core/tensor.ts';
import type { Operands } from '../definition.ts';
import { operand } from './operands.ts';
import { at, ceilDiv, product, sameArray } from '../../util/arrays.ts';

/** Throws ShapeError unless the scales at input 1 fit `x`, and the zero points at input 2, if there are any, the scales. */
export function checkBlocks(x: Shape, inputs: Operands, scaled: { axis: number; blockSize: number }): void {
  const { shape, dtype } = operand(inputs, 1);
  if (!isFloat(dtype)) throw new ShapeError(`the scale is ${dtype}, not a float`);
  checkScales(x, shape, scaled);
  const zeroPoint = inputs[2];
  const one = elementCount(shape) === 1 && zeroPoint && elementCount(zeroPoint.shape) === 1;
  if (zeroPoint && !one && !sameArray(zeroPoint.shape, shape)) {
    throw new ShapeError(`zero points of ${shapeText(zeroPoint.shape)} do not fit scales of ${shapeText(shape)}`);
  }
}

function checkScales(x: Shape, scale: Shape, { axis, blockSize }: { axis: number; blockSize: number }): void {
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
