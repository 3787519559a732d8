/** Modules of kernels that not every network needs. */
import type { FurtherModule, ModuleBuilds } from './modules.ts';

/** By name. */
export const FURTHER_MODULES: Readonly<Record<FurtherModule, ModuleBuilds>> = {
  activation: [() => import('./generated/activation.ts'), () => import('./generated/activation-relaxed.ts')],
  elementwise: [() => import('./generated/elementwise.ts'), () => import('./generated/elementwise-relaxed.ts')],
  move: [() => import('./generated/move.ts'), () => import('./generated/move-relaxed.ts')],
  normalise: [() => import('./generated/normalise.ts'), () => import('./generated/normalise-relaxed.ts')],
  quantise: [() => import('./generated/quantise.ts'), () => import('./generated/quantise-relaxed.ts')],
  reduce: [() => import('./generated/reduce.ts'), () => import('./generated/reduce-relaxed.ts')],
  sample: [() => import('./generated/sample.ts'), () => import('./generated/sample-relaxed.ts')],
  winograd: [() => import('./generated/winograd.ts'), () => import('./generated/winograd-relaxed.ts')],
};
