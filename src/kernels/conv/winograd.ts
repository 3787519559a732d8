/** Winograd convolutions, which the networks for small devices have none of: their variants, and loading what runs them. */
import { lazy } from '../../core/on-demand.ts';
import { required, variant, type KernelCall, type LazyPart, type Variant } from '../definition.ts';
import type { ConvContext } from './shared.ts';
import { isWinograd, WINOGRAD, winogradName } from './winograd-names.ts';

const kernels = lazy(() => import('./winograd-choice.ts'), 'winogradKernels');

/** What runs them. */
export const winogradPart: LazyPart<'Conv'> = {
  needs: ({ attributes }, [, weights]) => weights !== undefined && isWinograd(attributes, weights.shape),
  load: () => kernels.load(),
};

function applies(context: ConvContext): boolean {
  return isWinograd(context.node.attributes, required(context, 1).shape);
}

/** The variants. */
export const winograd: readonly Variant<'Conv'>[] = WINOGRAD.map(({ outputs, family }) =>
  variant<'Conv', readonly Omit<KernelCall, 'variant'>[]>(
    winogradName(outputs, family),
    (context) => (applies(context) ? kernels.get().calls(context, outputs, family) : undefined),
    (_, planned) => planned,
    { placed: true },
  ),
);

/** Names of the Winograd variants in the order in which they should be tried; none where others are faster. */
export function preferredWinograd(context: ConvContext): string[] {
  return applies(context) ? kernels.get().preferred(context) : [];
}
