/** Winograd convolutions, which the networks for small devices have none of: their variants, and loading what runs them. */
import { PlanError } from '../../core/errors.ts';
import { onDemand } from '../../core/on-demand.ts';
import { required, variant, type KernelCall, type Variant } from '../definition.ts';
import type { ConvContext } from './shared.ts';
import { isWinograd, WINOGRAD, winogradName } from './winograd-names.ts';

type Part = typeof import('./winograd-part.ts');

let part: Part | undefined;

/** To be awaited before a convolution of this kind is lowered. Rejects with LoadError when it cannot be fetched. */
export async function loadWinograd(): Promise<void> {
  part ??= await onDemand('Winograd kernels', () => import('./winograd-part.ts'));
}

/** What runs them, where the convolution is one. Throws PlanError when that was not loaded. */
function partFor(context: ConvContext): Part | undefined {
  if (!isWinograd(context.node.attributes, required(context, 1).shape)) return undefined;
  if (part) return part;
  throw new PlanError('the Winograd kernels are not loaded', { hint: 'Call loadKernels(graph) before planning it' });
}

/** The variants. */
export const winograd: readonly Variant<'Conv'>[] = WINOGRAD.map(({ outputs, family }) =>
  variant<'Conv', readonly Omit<KernelCall, 'variant'>[]>(
    winogradName(outputs, family),
    (context) => partFor(context)?.winogradCalls(context, outputs, family),
    (_, calls) => calls,
    { placed: true },
  ),
);

/** Names of the Winograd variants in the order in which they should be tried; none where others are faster. */
export function preferredWinograd(context: ConvContext): string[] {
  return partFor(context)?.preferredWinograd(context) ?? [];
}
