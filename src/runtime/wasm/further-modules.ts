/** Modules of kernels that not every network needs. */
import type { KernelFamily } from '../../simd/definition.ts';

/** A module as `packaging/kernels.ts` writes it: deflated, in base64. */
export interface PackedModule {
  readonly packed: string;
}

/** A module that is one family of kernels. */
export type FurtherModule = Exclude<KernelFamily, 'conv' | 'depthwise' | 'pool' | 'product'>;

/** How to load a module: for every engine, and for those with relaxed SIMD. */
export type ModuleBuilds = readonly [plain: () => Promise<PackedModule>, relaxed: () => Promise<PackedModule>];

/** By name. */
export const FURTHER_MODULES: Readonly<Record<FurtherModule, ModuleBuilds>> = {
  activation: [() => import('./generated/activation.ts'), () => import('./generated/activation-relaxed.ts')],
  elementwise: [() => import('./generated/elementwise.ts'), () => import('./generated/elementwise-relaxed.ts')],
  move: [() => import('./generated/move.ts'), () => import('./generated/move-relaxed.ts')],
  normalise: [() => import('./generated/normalise.ts'), () => import('./generated/normalise-relaxed.ts')],
  quantise: [() => import('./generated/quantise.ts'), () => import('./generated/quantise-relaxed.ts')],
  reduce: [() => import('./generated/reduce.ts'), () => import('./generated/reduce-relaxed.ts')],
  sample: [() => import('./generated/sample.ts'), () => import('./generated/sample-relaxed.ts')],
  wide: [() => import('./generated/wide.ts'), () => import('./generated/wide-relaxed.ts')],
  winograd: [() => import('./generated/winograd.ts'), () => import('./generated/winograd-relaxed.ts')],
};
