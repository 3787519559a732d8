/** ScatterElements: updates written over elements of x, or joined to them, each where an index of its own says. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { boundTogether } from '../lib/bound-together.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { checkUpdates, scattered } from '../lib/scatter.ts';
import { stridedOffsets } from '../lib/strided.ts';
import { elementsAxis } from './gather-elements.ts';
import { checkIndices, positionWithin } from './gather.ts';

/**
 * x, but for what is written. Throws ShapeError where indices or updates do not fit, an index is known and outside, or the
 * reduction is not defined on the type.
 */
export const scatterElements: OpDefinition<'ScatterElements'> = {
  infer: ({ attributes }, inputs) => {
    const [x, indices, updates] = [operand(inputs, 0), operand(inputs, 1), operand(inputs, 2)];
    const axis = elementsAxis(x.shape, indices, attributes.axis);
    checkUpdates(x, updates, indices.shape, attributes.reduction);
    checkIndices(indices, [at(x.shape, axis)]);
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  bounded: ({ attributes }, input, axis, inputs) => {
    const [x, ...others] = inputs.slice(0, 3);
    const along = normalizeAxis(attributes.axis, x?.shape.length ?? 0);
    if (axis !== along) return boundTogether(axis, [x, ...others]);
    return input > 0 && inputs[3] && boundTogether(axis, others) !== undefined ? null : undefined;
  },
  reference: ({ attributes }, inputs) => {
    const [x, indices, updates] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
    const axis = elementsAxis(x.shape, indices, attributes.axis);
    const strides = stridesOf(x.shape);
    const [extent, step] = [at(x.shape, axis), at(strides, axis)];
    const beside = stridedOffsets(indices.shape, strides.with(axis, 0));
    const targetOf = (i: number): number => {
      const place = positionWithin(at(indices.data, i), extent);
      return place < 0 ? -1 : at(beside, i) + place * step;
    };
    return [scattered(x, updates, attributes.reduction, targetOf)];
  },
};
