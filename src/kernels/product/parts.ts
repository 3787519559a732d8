/** What products take only on some devices is loaded for these. */
import { lazy } from '../../core/on-demand.ts';
import type { OpKind } from '../../ir/ops.ts';
import type { LazyPart } from '../definition.ts';
import { hasSubgroups } from './subgroup-tiles.ts';

/** What runs them by subgroups. */
export const subgroupProducts = lazy(() => import('./subgroup-products.ts'), 'subgroupKernels');

/** Which of them a software adapter prefers. */
export const softwareProducts = lazy(() => import('./software.ts'), 'softwarePreference');

/** Loads these. */
export const PRODUCT_PARTS: readonly LazyPart<OpKind>[] = [
  { needs: (_, __, device) => hasSubgroups(device), load: () => subgroupProducts.load() },
  { needs: (_, __, device) => device?.adapterClass === 'software', load: () => softwareProducts.load() },
];
