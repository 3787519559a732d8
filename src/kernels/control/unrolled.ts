/** Operators of which no node is left once shapes are inferred. */
import type { UnrolledOp } from '../../ir/facts.ts';
import type { KernelDefinition } from '../definition.ts';

/** Never asked for. */
export const unrolledKernels: KernelDefinition<UnrolledOp> = { kind: 'host' };
