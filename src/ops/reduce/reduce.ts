/** Reduce: sums, means, extremes and norms over axes. */
import { axesOrAll } from '../../core/broadcast.ts';
import { isFloat, type DType } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import type { Shape } from '../../core/tensor.ts';
import type { ReduceKind } from '../../ir/ops.ts';
import type { OpDefinition } from '../definition.ts';
import { operand } from '../lib/operands.ts';

function checkType(kind: ReduceKind, dtype: DType): void {
  const fits =
    isFloat(dtype) || kind === 'max' || kind === 'min' || (dtype !== 'bool' && kind !== 'l2' && kind !== 'logSumExp');
  if (!fits) throw new ShapeError(`a ${kind} reduction is not defined on ${dtype}`);
}

function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  return keepDims ? shape.map((d, i) => (axes.includes(i) ? 1 : d)) : shape.filter((_, i) => !axes.includes(i));
}

/** Keeps the type. Throws ShapeError on a kind that is not defined on it. */
export const reduce: OpDefinition<'Reduce'> = {
  infer: ({ attributes }, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    checkType(attributes.kind, dtype);
    return [{ dtype, shape: reducedShape(shape, axesOrAll(attributes.axes, shape.length), attributes.keepDims) }];
  },
  shapeInputs: [1],
  listed: (attributes, axes) => ({ ...attributes, axes }),
  bounded: ({ attributes: { axes, keepDims } }, _input, axis, inputs) => {
    const folded = axesOrAll(axes, operand(inputs, 0).shape.length);
    if (folded.includes(axis)) return undefined;
    return keepDims ? axis : axis - folded.filter((other) => other < axis).length;
  },
  reference: lazy(() => import('./reduce-loop.ts'), 'reduceReference'),
};
