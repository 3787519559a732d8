/** MatMulInteger: NumPy matmul of integers that gives its sums. */
import { broadcastShapes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { shapeText } from '../../core/tensor.ts';
import { at, sameArray } from '../../util/arrays.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { operand } from '../lib/operands.ts';
import { checkByte } from '../lib/quantised.ts';
import { integerMatMul, integersAsReal } from '../lib/real-products.ts';
import { matMul } from '../product/mat-mul.ts';

/**
 * Throws ShapeError unless the zero points of the operand at `index`, where there are any, fit it: `summed` is the dimension
 * along which they have one element.
 */
function checkZeroPoints(inputs: Operands, index: number, summed: number): void {
  const [x, zeroPoint] = [operand(inputs, index), inputs[index + 2]];
  checkByte(x);
  if (!zeroPoint) return;
  if (zeroPoint.dtype !== x.dtype) {
    throw new ShapeError(`the zero point at input ${index + 2} is ${zeroPoint.dtype}, the operand ${x.dtype}`);
  }
  const { shape } = zeroPoint;
  const alike = shape.length <= x.shape.length && sameArray(broadcastShapes(shape, x.shape), x.shape);
  if (!alike || (shape.at(summed) ?? 1) !== 1) {
    throw new ShapeError(`zero points of ${shapeText(shape)} do not fit an operand of ${shapeText(x.shape)}`);
  }
}

/** NumPy's shapes. Throws ShapeError where operands or zero points do not fit. */
export const matMulInteger: OpDefinition<'MatMulInteger'> = {
  infer: (node, inputs) => {
    const { shape } = at(matMul.infer(integerMatMul(node), integersAsReal(inputs)), 0);
    checkZeroPoints(inputs, 0, -1);
    checkZeroPoints(inputs, 1, operand(inputs, 1).shape.length > 1 ? -2 : -1);
    return [{ dtype: 'int32', shape }];
  },
  reference: lazy(() => import('./integers-loop.ts'), 'matMulIntegerReference'),
  multiplyAdds: (node, inputs, outputs) => matMul.multiplyAdds?.(integerMatMul(node), inputs, outputs) ?? 0,
  parameters: () => [{ slot: 1, role: 'weight', channels: -1 }],
  quantised: { operands: [] },
};
