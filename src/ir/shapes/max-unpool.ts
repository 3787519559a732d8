/** The extents that a MaxUnpool's result has, and those that its indices count in. */
import { ShapeError } from '../../core/errors.ts';
import { shapeText, type Shape } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import type { OpAttributes } from '../ops.ts';
import { checkKernel, checkWindowList } from './window-limits.ts';

/** Spatial extents. */
export interface UnpoolExtents {
  readonly output: readonly number[];
  readonly counted: readonly number[];
}

/** Of an x of this shape; `given` are the extents that the node has as an input. Throws ShapeError on those that cannot be. */
export function unpoolExtents(
  { kernel, strides, pads, countIn }: OpAttributes['MaxUnpool'],
  shape: Shape,
  given: readonly number[] | undefined,
): UnpoolExtents {
  const spatial = shape.slice(1, -1);
  const dims = spatial.length;
  if (dims < 1 || dims > 3)
    throw new ShapeError(`MaxUnpool of ${shapeText(shape)}: it is of 1 to 3 spatial dimensions`);
  checkKernel(
    kernel,
    kernel.map(() => 1),
    dims,
  );
  checkWindowList('strides', strides, dims, 1);
  checkWindowList('pads', pads, 2 * dims, 0);
  if (given && (given.length !== dims || given.some((extent) => extent < 0))) {
    throw new ShapeError(`extents [${given.join(', ')}] for ${dims} spatial dimensions`);
  }
  const whole = spatial.map(
    (extent, i) => (extent - 1) * at(strides, i) + at(kernel, i) - at(pads, i) - at(pads, i + dims),
  );
  const counted = given && countIn === 'output' ? given : whole;
  if (counted.some((extent) => extent < 0)) {
    throw new ShapeError(`pads [${pads.join(', ')}] leave nothing that indices could count in`);
  }
  return { output: given ?? whole, counted };
}
