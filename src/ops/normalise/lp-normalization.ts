/**
 * LpNormalization: x over its L1 or L2 norm along the last dimension, times a factor for each element of that (the
 * normalisation layer of ParseNet, arXiv:1506.04579, §3.3, which SSD has before its first head).
 */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, zeros } from '../../core/tensor.ts';
import { at, sameArray } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, requireFloat, tensorAt } from '../lib/operands.ts';

/** Keeps shape and type, floats only. Throws ShapeError for a scalar, and for factors that are not `[C]` of the same type. */
export const lpNormalization: OpDefinition<'LpNormalization'> = {
  infer: (_, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    requireFloat({ dtype, shape }, 'LpNormalization');
    if (shape.length === 0) throw new ShapeError('LpNormalization of a scalar is not defined');
    const [, scale] = inputs;
    const wanted = [at(shape, shape.length - 1)];
    if (scale && (scale.dtype !== dtype || !sameArray(scale.shape, wanted))) {
      throw new ShapeError(
        `LpNormalization of ${dtype} ${shapeText(shape)} by factors ${scale.dtype} ${shapeText(scale.shape)}`,
        { hint: `Give ${dtype} factors of shape ${shapeText(wanted)}, one for each channel` },
      );
    }
    return [{ dtype, shape }];
  },
  work: (_, _inputs, outputs) => elementCount(at(outputs, 0).shape),
  reference: ({ attributes: { p, least, added } }, inputs) => {
    const x = tensorAt(inputs, 0);
    const scale = inputs[1]?.data;
    const y = zeros(x.dtype, x.shape);
    const length = at(x.shape, x.shape.length - 1);
    for (let row = 0; row < y.data.length; row += length) {
      let total = 0;
      for (let c = 0; c < length; c++) total += Math.abs(x.data[row + c] ?? 0) ** p;
      const divisor = Math.max(p === 1 ? total : Math.sqrt(total), least) + added;
      for (let c = 0; c < length; c++) y.data[row + c] = ((x.data[row + c] ?? 0) / divisor) * (scale?.[c] ?? 1);
    }
    return [y];
  },
};
