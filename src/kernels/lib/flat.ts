/** Variants that make four neighbours of the output at a time, in the order of its elements. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { elementCount } from '../../core/tensor.ts';
import type { OpKind } from '../../ir/ops.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { dispatch1d, result, variant, type KernelCall, type LowerContext, type Variant } from '../definition.ts';

/** A variant of such kernels: `lower` gives all but the dispatch, or nothing where it does not apply. */
export function flatVariant<K extends OpKind>(
  name: string,
  lower: (context: LowerContext<K>) => Pick<KernelCall, 'shader' | 'operands' | 'params'> | undefined,
): Variant<K> {
  return variant(name, lower, (context, { shader, operands, params }) => {
    const count = ceilDiv(elementCount(result(context).shape), 4);
    if (count === 0) return [];
    return [
      {
        shader,
        operands,
        params: { count, ...params },
        workgroups: dispatch1d(count, FLAT_WORKGROUP, context.device),
      },
    ];
  });
}
