/** The element types of products: what Gemm and MatMul agree on. */
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import type { NodeOf } from '../../ir/ops.ts';
import type { InputDescs } from '../definition.ts';

/**
 * Throws ShapeError unless operands of these types make a product: all floats, or one type of integers of 32 bits and more,
 * which wrap, have no activation, and no factor that is a fraction.
 */
export function requireTypes({ op, attributes }: NodeOf<'Gemm' | 'MatMul'>, operands: InputDescs): void {
  const types = operands.flatMap((x) => x?.dtype ?? []);
  if (types.every(isFloat)) return;
  const { alpha, beta, activation } = { alpha: 1, beta: 1, ...attributes };
  if (
    types.some((type) => type !== types[0] || !/32|64/.test(type)) ||
    ![alpha, operands[2] ? beta : 1].every(Number.isInteger) ||
    activation.kind !== 'none'
  ) {
    const factors = op === 'Gemm' ? `, by ${alpha} and ${beta},` : '';
    throw new ShapeError(`${op} of ${types.join(' and ')}${factors} is not defined`, { hint: 'Cast them to float32' });
  }
}
