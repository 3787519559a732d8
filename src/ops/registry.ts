/** Every operator's semantics. Exhaustive: a missing row is a type error. */
import type { OpKind } from '../ir/ops.ts';
import { activation } from './activation.ts';
import type { OpDefinition } from './definition.ts';

export const OPS: { readonly [K in OpKind]: OpDefinition<K> } = {
  Activation: activation,
};
