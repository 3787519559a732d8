/** Operators of which no node is left once shapes are inferred: see `passes/control`. */
import { ShapeError } from '../../core/errors.ts';
import type { UnrolledOp } from '../../ir/facts.ts';
import type { NodeOf } from '../../ir/ops.ts';

/** What inference and the reference are given a node of. Throws ShapeError, whatever the node. */
export function unrolled({ op }: NodeOf<UnrolledOp>): never {
  throw new ShapeError(`${op} stands for other nodes, and has no value of its own`);
}
