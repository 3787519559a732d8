/** Nodes and the operators they use: the guard that tells which, and the constructor of one whose operator is a type parameter. */
import type { Node, NodeOf, OpKind } from './ops.ts';

/** True when the node is a use of one of these operators, and its attributes are therefore theirs. */
export function isOp<K extends OpKind>(node: Node | undefined, ...ops: readonly K[]): node is Extract<Node, { op: K }> {
  return node !== undefined && ops.some((op) => op === node.op);
}

/**
 * A node of operator K as a member of the union. The overload says what inference cannot: a `NodeOf<K>` is one of `Node`'s
 * members whatever K is. Give it one operator, not several at once.
 */
export function nodeOf<K extends OpKind>(node: NodeOf<K>): Node;
export function nodeOf(node: Node): Node {
  return node;
}
