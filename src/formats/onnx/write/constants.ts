/** Constants in the order and shape that ONNX has them in. */
import type { Tensor } from '../../../core/tensor.ts';
import { at, range, stridesOf } from '../../../util/arrays.ts';

/** A tensor with its dimensions in another order: dimension i is dimension `perm[i]` of the given one. */
export function permuted({ dtype, shape, data }: Tensor, perm: readonly number[]): Tensor {
  const moved = perm.map((axis) => at(shape, axis));
  const given = stridesOf(shape);
  const strides = perm.map((axis) => at(given, axis));
  const result = data.slice();
  const index = range(moved.length).map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from] ?? 0;
    for (let axis = moved.length - 1; axis >= 0; axis--) {
      const stride = at(strides, axis);
      const next = at(index, axis) + 1;
      const wraps = next === at(moved, axis);
      index[axis] = wraps ? 0 : next;
      from += wraps ? stride * (1 - next) : stride;
      if (!wraps) break;
    }
  }
  return { dtype, shape: moved, data: result };
}

/** True of the order in which dimensions are anyway. */
export function isIdentity(perm: readonly number[] | undefined): boolean {
  return perm?.every((axis, i) => axis === i) ?? false;
}
