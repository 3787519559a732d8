/** GridSample: a map at the places that a grid names (the sampler of Spatial Transformer Networks, arXiv 1506.02025). */
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { elementCount, shapeText, type TensorDesc } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { MOST_PIXELS, TAPS } from '../../ir/shapes/grid-sample.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { operand, requireFloat } from '../lib/operands.ts';

function infer(_: NodeOf<'GridSample'>, inputs: Operands): readonly TensorDesc[] {
  const [x, grid] = [operand(inputs, 0), operand(inputs, 1)];
  requireFloat(x, 'GridSample');
  requireFloat(grid, 'a grid');
  const dims = x.shape.length - 2;
  const what = `a grid ${shapeText(grid.shape)} over ${shapeText(x.shape)}`;
  if (dims < 1 || dims > 3) throw new ShapeError(`${what}: GridSample is of 1 to 3 spatial dimensions`);
  if (grid.shape.length !== x.shape.length || grid.shape.at(-1) !== dims) {
    throw new ShapeError(`${what}: it must be [N, …, ${dims}], with as many dimensions as x`);
  }
  if (grid.shape[0] !== x.shape[0]) throw new ShapeError(`${what}: the numbers of images differ`);
  const shape = [...grid.shape.slice(0, -1), at(x.shape, x.shape.length - 1)];
  const extents = x.shape.slice(1, -1);
  if (elementCount(shape) > 0 && extents.includes(0)) throw new ShapeError(`${what}: there is nothing to sample`);
  if (extents.some((extent) => extent > MOST_PIXELS)) {
    throw new ShapeError(`${what}: an extent above ${MOST_PIXELS}; cut the map into parts`);
  }
  return [{ dtype: x.dtype, shape }];
}

/**
 * x `[N, …S, C]` at the places of the grid `[N, …S', dims]`, float. Places are computed in float32, as what is nearest hangs
 * on their rounding (ties to even); those beyond ±2²⁰ elements count as there, infinite ones too, and NaN as −2²⁰. Elements
 * without weight have no part in a sum, be they infinite or not a number. The cubic filter is Keys' with a = −0.75. Throws
 * ShapeError where x and grid do not fit.
 */
export const gridSample: OpDefinition<'GridSample'> = {
  infer,
  reference: lazy(() => import('./grid-sample-loop.ts'), 'gridSampleReference'),
  work: ({ attributes: { mode } }, inputs, outputs) => {
    const dims = operand(inputs, 0).shape.length - 2;
    return elementCount(at(outputs, 0).shape) * TAPS[mode] ** dims;
  },
};
