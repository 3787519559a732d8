/** Inverse → one dispatch: an invocation a matrix, or for large ones a workgroup. */
import { PIVOT_WORKGROUP } from '../../../shaders/lib/pivot.ts';
import { inverseShader } from '../../../shaders/product/inverse.ts';
import { at, product } from '../../util/arrays.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  value,
  variant,
  type KernelDefinition,
  type LowerContext,
  type Variant,
} from '../definition.ts';

/** Rows from which on a workgroup shares a matrix: with fewer most of its invocations would have nothing to do. */
const SHARED_ROWS = 17;

function sizes(context: LowerContext<'Inverse'>): { n: number; count: number } {
  const { shape } = required(context, 0);
  return { n: at(shape, shape.length - 1), count: product(shape.slice(0, -2)) };
}

const inverseVariant = (name: string, group: boolean): Variant<'Inverse'> =>
  variant(
    name,
    (context) => {
      const plan = sizes(context);
      return group && plan.n < SHARED_ROWS ? undefined : plan;
    },
    ({ node, device }, { n, count }) => {
      if (n * count === 0) return [];
      return [
        {
          shader: inverseShader({ group }),
          operands: [
            value(node.inputs[0]),
            { kind: 'scratch', id: 'rows', elements: n * n * count },
            value(node.outputs[0]),
          ],
          params: { count, n },
          workgroups: dispatch1d(group ? count * PIVOT_WORKGROUP : count, PIVOT_WORKGROUP, device),
        },
      ];
    },
  );

export const inverse: KernelDefinition<'Inverse'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  isWide: () => true,
  variants: [inverseVariant('group', true), inverseVariant('serial', false)],
};
