/** Unsqueeze: inserts dimensions of extent 1; `axes` index the output. */
import { normalizeAxes } from '../../core/broadcast.ts';
import type { Shape } from '../../core/tensor.ts';
import { range } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { reshaped } from './reshape.ts';

function unsqueezed(shape: Shape, axes: readonly number[]): number[] {
  const out = [...shape];
  for (const axis of normalizeAxes(axes, shape.length + axes.length)) out.splice(axis, 0, 1);
  return out;
}

/** Throws ShapeError on an axis outside the output or given twice. */
export const unsqueeze: OpDefinition<'Unsqueeze'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    return [{ dtype, shape: unsqueezed(shape, node.attributes.axes) }];
  },
  shapeInputs: [1],
  listed: (attributes, axes) => ({ ...attributes, axes }),
  bounded: ({ attributes }, _input, axis, inputs) => {
    const rank = operand(inputs, 0).shape.length + attributes.axes.length;
    const added = normalizeAxes(attributes.axes, rank);
    return range(rank).filter((other) => !added.includes(other))[axis];
  },
  reference: (node, inputs) => [reshaped(inputs, unsqueezed(tensorAt(inputs, 0).shape, node.attributes.axes))],
};
