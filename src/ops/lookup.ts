/** An operator's semantics, looked up by a name known only at run time. */
import type { OpKind } from '../ir/ops.ts';
import type { OpDefinition } from './definition.ts';
import { OPS } from './registry.ts';

/** The registry's row for an operator. */
export function definitionOf(op: OpKind): OpDefinition<OpKind> {
  // Row K takes nodes of kind K; a row is only ever looked up by the kind of the node it is then given.
  return OPS[op] as unknown as OpDefinition<OpKind>;
}
