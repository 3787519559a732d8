/** ConvInteger: a convolution of integers that gives its sums. */
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { elementCount, shapeText } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import { conv } from '../conv/conv.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { operand } from '../lib/operands.ts';
import { checkByte } from '../lib/quantised.ts';
import { integerConv, integersAsReal } from '../lib/real-products.ts';

/** Throws ShapeError unless the zero point at `index`, where there is one, is of the operand's type, and one or `channels`. */
function checkZeroPoint(inputs: Operands, index: number, { dtype }: { dtype: string }, channels = 1): void {
  const zeroPoint = inputs[index];
  if (!zeroPoint) return;
  if (zeroPoint.dtype !== dtype) {
    throw new ShapeError(`the zero point at input ${index} is ${zeroPoint.dtype}, the operand ${dtype}`);
  }
  const elements = elementCount(zeroPoint.shape);
  if (zeroPoint.shape.length > 1 || (elements !== 1 && elements !== channels)) {
    const wanted = channels > 1 ? `a scalar, or [${channels}]` : 'a scalar';
    throw new ShapeError(`the zero point at input ${index} is ${shapeText(zeroPoint.shape)}: ${wanted} is needed`);
  }
}

/** x `[N, …S, C]` with weights `[…K, C/group, M]` to `[N, …S', M]`. Throws ShapeError where operands do not fit. */
export const convInteger: OpDefinition<'ConvInteger'> = {
  infer: (node, inputs) => {
    const [x, w] = [operand(inputs, 0), operand(inputs, 1)];
    checkByte(x);
    checkByte(w);
    checkZeroPoint(inputs, 2, x);
    checkZeroPoint(inputs, 3, w, w.shape.at(-1));
    const { shape } = at(conv.infer(integerConv(node), integersAsReal(inputs)), 0);
    return [{ dtype: 'int32', shape }];
  },
  reference: lazy(() => import('./integers-loop.ts'), 'convIntegerReference'),
  multiplyAdds: (node, inputs, outputs) => conv.multiplyAdds?.(integerConv(node), inputs, outputs) ?? 0,
  sees: (node, inputs, outputs) => conv.sees?.(integerConv(node), inputs, outputs) ?? [],
  parameters: () => [{ slot: 1, role: 'weight', channels: -1 }],
  quantised: { operands: [] },
};
