/** Unary → one elementwise dispatch. */
import { UNARY_WORKGROUP, unaryShader } from '../../../shaders/elementwise/unary.ts';
import { wgslScalar } from '../../core/dtype.ts';
import { lazy } from '../../core/on-demand.ts';
import type { UnaryKind } from '../../ir/ops.ts';
import { required, result, type KernelDefinition } from '../definition.ts';
import { ELEMENTWISE_TRAITS, elementwiseVariants } from '../lib/elementwise.ts';

/** Kinds whose functions are loaded for the nodes that have them. */
const FURTHER_KINDS: readonly UnaryKind[] = ['tan', 'asin', 'acos', 'sinh', 'cosh', 'asinh', 'acosh', 'atanh'];

const functions = lazy(() => import('./functions.ts'), 'FURTHER_FUNCTIONS');

/** Kinds whose results need the range of a float32. */
const WIDE: readonly UnaryKind[] = ['square', 'exp', 'reciprocal', 'sinh', 'cosh', 'tan'];

export const unary: KernelDefinition<'Unary'> = {
  kind: 'dispatch',
  variants: elementwiseVariants(UNARY_WORKGROUP, (context, operands) => {
    const { kind } = context.node.attributes;
    const declare = FURTHER_KINDS.includes(kind) ? functions.get()[kind] : undefined;
    return {
      shader: unaryShader({
        kind,
        type: wgslScalar(required(context, 0).dtype),
        result: result(context).dtype,
        operands,
        declared: declare?.(operands.width) ?? '',
      }),
    };
  }),
  ...ELEMENTWISE_TRAITS,
  isWide: ({ attributes: { kind }, inputs }, isWide) => WIDE.includes(kind) || inputs.every(isWide),
  divisor: ({ attributes: { kind } }) => (kind === 'reciprocal' ? 0 : undefined),
  parts: [{ needs: ({ attributes }) => FURTHER_KINDS.includes(attributes.kind), load: () => functions.load() }],
};
