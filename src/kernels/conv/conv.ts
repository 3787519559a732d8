/** Convolution: the variants in `conv/`, from the most special to the one that takes every shape. */
import { depthwisePart, depthwiseVariants, dilatedPart } from './depthwise-part.ts';
import { direct } from './direct.ts';
import { implicit, subgroupConvPart } from './implicit.ts';
import { pointwise } from './pointwise.ts';
import { preferredConv } from './preferred.ts';
import { withoutScale } from './shared.ts';
import { winograd, winogradPart } from './winograd.ts';
import { FLOATS } from '../../core/dtype.ts';
import { lazy } from '../../core/on-demand.ts';
import type { Dispatched } from '../definition.ts';
import { withLazyVariant } from '../lib/lazy-variant.ts';
import { isVolume } from '../lib/window.ts';
import { PRODUCT_PARTS } from '../product/parts.ts';

const planar: Dispatched<'Conv'> = {
  kind: 'dispatch',
  variants: [...pointwise, ...[...depthwiseVariants, ...winograd, ...implicit].map(withoutScale), direct],
  preferred: preferredConv,
  // x, w, bias, residual, scale, weightScale
  inputs: [
    { dtypes: FLOATS, storage: ['f16'], lies: 'rows' },
    { storage: ['f16', 'i8x4'] },
    {},
    { storage: ['f16'], lies: 'rows' },
    { storage: ['f16'] },
    {},
  ],
  outputs: { storage: ['f16'], lies: 'channels' },
  overwrites: () => [3],
  siblings: ({ inputs }) => ({ accumulates: Boolean(inputs[3]) }),
  parts: [
    depthwisePart,
    dilatedPart,
    winogradPart,
    { ...winogradPart, needs: isVolume },
    subgroupConvPart,
    ...PRODUCT_PARTS,
  ],
};

export const conv = withLazyVariant(planar, {
  name: ['unfolded', 'volume'],
  needs: isVolume,
  calls: lazy(() => import('./conv-volume.ts'), 'convVolumeCalls'),
});
