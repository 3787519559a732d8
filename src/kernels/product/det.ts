/** Det → one dispatch: an invocation a matrix, or for large ones a workgroup. */
import { PIVOT_WORKGROUP } from '../../../shaders/lib/pivot.ts';
import { detShader } from '../../../shaders/product/det.ts';
import { elementCount } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  result,
  value,
  variant,
  type KernelDefinition,
  type LowerContext,
  type Variant,
} from '../definition.ts';

/** Rows from which on a workgroup shares a matrix: with fewer most of its invocations would have nothing to do. */
const SHARED_ROWS = 17;

function sizes(context: LowerContext<'Det'>): { n: number; count: number } {
  const { shape } = required(context, 0);
  return { n: at(shape, shape.length - 1), count: elementCount(result(context).shape) };
}

const detVariant = (name: string, group: boolean): Variant<'Det'> =>
  variant(
    name,
    (context) => {
      const plan = sizes(context);
      return group && plan.n < SHARED_ROWS ? undefined : plan;
    },
    ({ node, device }, { n, count }) => {
      if (count === 0) return [];
      return [
        {
          shader: detShader({ group }),
          operands: [
            value(node.inputs[0]),
            { kind: 'scratch', id: 'rows', elements: Math.max(1, n * n * count) },
            value(node.outputs[0]),
          ],
          params: { count, n },
          workgroups: dispatch1d(group ? count * PIVOT_WORKGROUP : count, PIVOT_WORKGROUP, device),
        },
      ];
    },
  );

export const det: KernelDefinition<'Det'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  isWide: () => true,
  variants: [detVariant('group', true), detVariant('serial', false)],
};
