/** Operators whose results are some of the elements that they are given. */
import { isOp } from './is-op.ts';
import type { Node } from './ops.ts';

/** True where every element of the results is one of the inputs', beside numbers that fill. */
export function picksElements(node: Node): boolean {
  if (isOp(node, 'Reduce')) return node.attributes.kind === 'max' || node.attributes.kind === 'min';
  return isOp(node, 'Compress', 'Gather', 'GatherElements', 'GatherND', 'TopK', 'Where');
}
