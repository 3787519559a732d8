/** Eliminations in square matrices → one dispatch: an invocation a matrix, or for large ones a workgroup. */
import { PIVOT_WORKGROUP, type EliminationSpec } from '../../../shaders/lib/pivot.ts';
import type { ShaderModule } from '../../../shaders/lib/module.ts';
import { elementCount } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import { PLAIN_TRAITS, dispatch1d, required, result, value, variant } from '../definition.ts';
import type { KernelDefinition, Variant } from '../definition.ts';

type EliminationOp = 'Det' | 'Inverse';

/** Rows from which on a workgroup shares a matrix: with fewer most of its invocations would have nothing to do. */
const SHARED_ROWS = 17;

/** The kernel of an operator on x `[…, n, n]` by the shader that eliminates in each matrix. */
export function elimination<K extends EliminationOp>(
  shader: (spec: EliminationSpec) => ShaderModule,
): KernelDefinition<K> {
  const eliminating = (name: string, group: boolean): Variant<K> =>
    variant(
      name,
      (context) => {
        const { shape } = required(context, 0);
        const n = at(shape, shape.length - 1);
        if (group && n < SHARED_ROWS) return undefined;
        return { n, count: product(shape.slice(0, -2)), isEmpty: elementCount(result(context).shape) === 0 };
      },
      ({ node, device }, { n, count, isEmpty }) => {
        if (isEmpty) return [];
        return [
          {
            shader: shader({ group }),
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
  return {
    kind: 'dispatch',
    ...PLAIN_TRAITS,
    isWide: () => true,
    variants: [eliminating('group', true), eliminating('serial', false)],
  };
}
