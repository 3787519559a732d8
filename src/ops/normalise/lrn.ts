/** LRN: local response normalisation across channels, x / (bias + alpha/size·Σx²)^beta (Krizhevsky et al., 2012). */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, zeros } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt, requireFloat } from '../lib/operands.ts';

/** Keeps shape and type, floats only; channels are the last dimension. */
export const lrn: OpDefinition<'LRN'> = {
  infer: ({ attributes: { size } }, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    requireFloat({ dtype, shape }, 'LRN');
    if (shape.length === 0) throw new ShapeError('LRN of a scalar is not defined');
    if (!Number.isInteger(size) || size < 1) throw new ShapeError(`LRN over ${size} channels is not defined`);
    return [{ dtype, shape }];
  },
  work: ({ attributes: { size } }, _inputs, outputs) => {
    const { shape } = at(outputs, 0);
    return Math.min(size, at(shape, shape.length - 1)) * elementCount(shape);
  },
  reference: ({ attributes: { size, alpha, beta, bias } }, inputs) => {
    const x = tensorAt(inputs, 0);
    const y = zeros(x.dtype, x.shape);
    const channels = at(x.shape, x.shape.length - 1);
    const before = Math.floor((size - 1) / 2);
    const after = size - 1 - before;
    for (let i = 0; i < y.data.length; i++) {
      const c = i % channels;
      const base = i - c;
      let squares = 0;
      for (let k = Math.max(0, c - before); k <= Math.min(channels - 1, c + after); k++) {
        squares += (x.data[base + k] ?? 0) ** 2;
      }
      y.data[i] = (x.data[i] ?? 0) / (bias + (alpha / size) * squares) ** beta;
    }
    return [y];
  },
};
