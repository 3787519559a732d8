/** Global pools: every spatial dimension folded to extent 1, channel by channel. */
import { ShapeError } from '../core/errors.ts';
import { zeros, type Tensor, type TensorDesc } from '../core/tensor.ts';
import { at, product } from '../util/arrays.ts';
import type { Operands } from './definition.ts';
import { operand } from './operands.ts';
import { requireFloat } from './pool.ts';

/** Description of a global pool's output. Throws ShapeError when there is nothing to fold. */
export function inferGlobalPool(inputs: Operands, op: string): readonly TensorDesc[] {
  const { dtype, shape } = operand(inputs, 0);
  requireFloat({ dtype, shape }, op);
  if (shape.length < 3) throw new ShapeError(`rank ${shape.length} is not batch, spatial dimensions and channels`);
  if (product(shape.slice(1, -1)) === 0) throw new ShapeError('there is no element to pool');
  return [{ dtype, shape: shape.map((d, i) => (i === 0 || i === shape.length - 1 ? d : 1)) }];
}

/** Folds all pixels of each image with `step` from `start`, then `finish` (which gets the number of pixels). */
export function globalPool(
  x: Tensor,
  output: TensorDesc,
  start: number,
  step: (acc: number, v: number) => number,
  finish: (acc: number, pixels: number) => number,
): Tensor {
  const y = zeros(output.dtype, output.shape);
  const channels = at(x.shape, x.shape.length - 1);
  const pixels = product(x.shape.slice(1, -1));
  const acc = new Float64Array(channels);
  for (let n = 0; n < at(x.shape, 0); n++) {
    acc.fill(start);
    for (let p = 0; p < pixels; p++) {
      const base = (n * pixels + p) * channels;
      for (let c = 0; c < channels; c++) acc[c] = step(acc[c] ?? 0, x.data[base + c] ?? 0);
    }
    acc.forEach((v, c) => {
      y.data[n * channels + c] = finish(v, pixels);
    });
  }
  return y;
}
