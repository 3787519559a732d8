/** Depthwise convolutions, which many networks have none of: their variants, and loading what runs them. */
import { lazy } from '../../core/on-demand.ts';
import type { TensorDesc } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import type { LazyPart, Variant } from '../definition.ts';
import type { ConvContext } from './shared.ts';

const kernels = lazy(() => import('./depthwise-kernels.ts'), 'depthwiseKernels');

/** What runs them. */
export const depthwisePart: LazyPart<'Conv'> = {
  needs: (_, inputs) => isDepthwise(inputs),
  load: () => kernels.load(),
};

const dilated = lazy(() => import('./depthwise-dilated.ts'), 'depthwiseDilated');

/** What runs those with holes between their taps. */
export const dilatedPart: LazyPart<'Conv'> = {
  needs: ({ attributes }, inputs) => isDepthwise(inputs) && attributes.dilations.some((d) => d > 1),
  load: () => dilated.load(),
};

/** Every product takes one input channel. */
function isDepthwise([, weights]: readonly (TensorDesc | undefined)[]): boolean {
  return weights?.shape.at(-2) === 1;
}

/** The variants, from the most special to the one that takes every shape. */
export const depthwiseVariants: readonly Variant<'Conv'>[] = [
  {
    name: 'depthwise-dilated',
    tryLower: (context) => (isDilated(context) ? dilated.get().variant.tryLower(context) : undefined),
  },
  ...['depthwise-slide-4', 'depthwise-slide-2', 'depthwise', 'depthwise-wide'].map((name, i): Variant<'Conv'> => ({
    name,
    tryLower: (context) => (isDepthwise(context.inputs) ? at(kernels.get().variants, i).tryLower(context) : undefined),
  })),
];

function isDilated({ node, inputs }: ConvContext): boolean {
  return dilatedPart.needs(node, inputs);
}

/** Names of the depthwise variants in the order in which they should be tried. */
export function preferredDepthwise(context: ConvContext): readonly string[] {
  if (isDilated(context)) return dilated.get().preferred(context);
  return isDepthwise(context.inputs) ? kernels.get().preferred(context) : [];
}
