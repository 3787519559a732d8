/** Every operator's way to the GPU. Exhaustive: a missing row is a type error. */
import type { OpKind } from '../ir/ops.ts';
import { activation } from './activation.ts';
import type { KernelDefinition } from './definition.ts';

export const KERNELS: { readonly [K in OpKind]: KernelDefinition<K> } = {
  Activation: activation,
};
