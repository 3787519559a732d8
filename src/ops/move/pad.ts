/** Pad: adds (or, where negative, removes) elements at both ends of each dimension. */
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { elementCount, type Shape } from '../../core/tensor.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { knownInts, operand } from '../lib/operands.ts';

type PadKind = OpAttributes['Pad']['mode'];

function paddedShape(shape: Shape, pads: readonly number[], mode: PadKind): number[] {
  if (pads.length !== 2 * shape.length) {
    throw new ShapeError(`${pads.length} pads for a tensor of rank ${shape.length}; it takes two per dimension`);
  }
  const out = shape.map((extent, axis) => {
    const [begin, end] = [at(pads, axis), at(pads, axis + shape.length)];
    // Negative pads cut first; what is left is reflected or repeated.
    const kept = extent + Math.min(0, begin) + Math.min(0, end);
    const most = Math.max(begin, end);
    if (kept < 0)
      throw new ShapeError(`pads ${begin} and ${end} remove more than the extent ${extent} of axis ${axis}`);
    // Reflected once at most, repeated any number of times; but nothing goes around what was cut.
    const around = kept > 0 && (mode !== 'wrap' || begin * end >= 0) ? most : 0;
    if (mode !== 'constant' && most > Math.max(0, mode === 'reflect' ? kept - 1 : around)) {
      throw new ShapeError(`cannot pad axis ${axis}, which has ${kept}, by ${most} (${mode})`);
    }
    return extent + begin + end;
  });
  elementCount(out);
  return out;
}

/** Throws ShapeError on pads that are not known, remove more than there is, or reflect further than that. */
export const pad: OpDefinition<'Pad'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const constant = inputs[2];
    if (constant && (constant.dtype !== dtype || elementCount(constant.shape) !== 1)) {
      throw new ShapeError(`the pad value must be one ${dtype} element`);
    }
    return [{ dtype, shape: paddedShape(shape, knownInts(inputs, 1, 'the pads'), node.attributes.mode) }];
  },
  shapeInputs: [1],
  reference: lazy(() => import('./pad-loop.ts'), 'padReference'),
};
