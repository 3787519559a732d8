/** Every row of both registries. Importing this file loads them, for tests that compile graphs without a session. */
import type { OpKind } from '../../src/ir/ops.ts';
import type { KernelDefinition } from '../../src/kernels/definition.ts';
import { RARE_KERNELS } from '../../src/kernels/rare.ts';
import { loadWinograd } from '../../src/kernels/conv/winograd.ts';
import { CORE_KERNELS, loadRareKernels } from '../../src/kernels/registry.ts';
import type { OpDefinition } from '../../src/ops/definition.ts';
import { loadLoops } from '../../src/ops/lib/loops.ts';
import { RARE_OPS } from '../../src/ops/rare.ts';
import { CORE_OPS, loadOps } from '../../src/ops/registry.ts';

export const OPS: { readonly [K in OpKind]: OpDefinition<K> } = { ...CORE_OPS, ...RARE_OPS };
export const KERNELS: { readonly [K in OpKind]: KernelDefinition<K> } = { ...CORE_KERNELS, ...RARE_KERNELS };

await Promise.all([loadOps(Object.keys(RARE_OPS) as OpKind[]), loadRareKernels(), loadWinograd(), loadLoops()]);
