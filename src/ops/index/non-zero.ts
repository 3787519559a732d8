/** NonZero: where a tensor is not zero. NaN is not. */
import { tensorOf } from '../../core/tensor.ts';
import { elementCount, zeros } from '../../core/tensor.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { countOf } from '../lib/counted.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/** Coordinates as columns, and how many there are. */
export const nonZero: OpDefinition<'NonZero'> = {
  infer: ({ outputs }, inputs) => {
    const { shape } = operand(inputs, 0);
    return [
      {
        dtype: 'int64',
        shape: [shape.length, elementCount(shape)],
        bounded: { axis: 1, count: countOf(outputs) },
      },
      { dtype: 'int32', shape: [] },
    ];
  },
  reference: (_node, inputs) => {
    const x = tensorAt(inputs, 0);
    const found: number[] = [];
    x.data.forEach((v, i) => {
      if (v !== 0) found.push(i);
    });
    const y = zeros('int64', [x.shape.length, found.length]);
    stridesOf(x.shape).forEach((stride, axis) => {
      found.forEach((i, k) => {
        y.data[axis * found.length + k] = Math.floor(i / stride) % at(x.shape, axis);
      });
    });
    return [y, tensorOf('int32', [], [found.length])];
  },
};
