/** What products take only on some devices is loaded for these. */
import { INT8_WEIGHTS } from '../../../shaders/lib/weights.ts';
import { lazy } from '../../core/on-demand.ts';
import type { OpKind } from '../../ir/ops.ts';
import type { LazyPart } from '../definition.ts';
import { hasSubgroups } from './subgroup-tiles.ts';

/** What runs them by subgroups. */
export const subgroupProducts = lazy(() => import('./subgroup-products.ts'), 'subgroupKernels');

/** Which of them a software adapter prefers. */
export const softwareProducts = lazy(() => import('./software.ts'), 'softwarePreference');

/** Loads these, and what int8 weights take. */
export const PRODUCT_PARTS: readonly LazyPart<OpKind>[] = [
  { needs: (_, [, w]) => w?.dtype === 'int8', load: () => INT8_WEIGHTS.load() },
  { needs: (_, __, device) => hasSubgroups(device), load: () => subgroupProducts.load() },
  { needs: (_, __, device) => device?.adapterClass === 'software', load: () => softwareProducts.load() },
];
