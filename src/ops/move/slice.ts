/** Slice: a range with a step, possibly negative, along each of some axes (ONNX Slice-13). */
import { normalizeAxes, normalizeAxis } from '../../core/broadcast.ts';
import { boundBeside } from '../lib/bounded.ts';
import { resolveSlice, type ResolvedSlice } from '../../ir/shapes/slice.ts';
import type { Shape } from '../../core/tensor.ts';
import { at, range, stridesOf } from '../../util/arrays.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { knownInts, operand, tensorAt } from '../lib/operands.ts';
import { stridedCopy } from '../lib/strided.ts';

function resolved(shape: Shape, inputs: Operands): ResolvedSlice {
  return resolveSlice(shape, {
    starts: knownInts(inputs, 1, 'the starts'),
    ends: knownInts(inputs, 2, 'the ends'),
    axes: inputs[3] && knownInts(inputs, 3, 'the axes'),
    steps: inputs[4] && knownInts(inputs, 4, 'the steps'),
  });
}

/** The only axis that is sliced. */
function countedAxis(shape: Shape, inputs: Operands): number {
  return normalizeAxis(at(knownInts(inputs, 3, 'the axes'), 0), shape.length);
}

/** Throws ShapeError on bounds that are not known or name an axis twice. */
export const slice: OpDefinition<'Slice'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const { extents } = resolved(shape, inputs);
    const { 5: count } = node.inputs;
    return [
      count
        ? { dtype, shape: extents, bounded: { axis: countedAxis(shape, inputs), count } }
        : { dtype, shape: extents },
    ];
  },
  shapeInputs: [1, 2, 3, 4],
  bounded: (_node, input, axis, inputs) => {
    const rank = operand(inputs, 0).shape.length;
    const axes = inputs[3] ? knownInts(inputs, 3, 'the axes') : range(knownInts(inputs, 1, 'the starts').length);
    return inputs[5] ? null : boundBeside(normalizeAxes(axes, rank), input, axis);
  },
  reference: (_node, inputs) => {
    const x = tensorAt(inputs, 0);
    const operands = inputs.map((value) => value && { ...value, value });
    const { starts, steps, extents: most } = resolved(x.shape, operands);
    const count = inputs[5]?.data[0];
    const extents = count === undefined ? most : most.with(countedAxis(x.shape, operands), count);
    const strides = stridesOf(x.shape);
    const start = starts.reduce((sum, s, axis) => sum + s * at(strides, axis), 0);
    return [
      stridedCopy(
        x,
        extents,
        steps.map((step, axis) => step * at(strides, axis)),
        start,
      ),
    ];
  },
};
