/** What is computed of whole matrices. */
import type { OnnxNode } from '../../node.ts';

export function det(n: OnnxNode): string {
  return n.one('Det', [n.input(0)], {});
}

export function inverse(n: OnnxNode): string {
  return n.one('Inverse', [n.input(0)], {});
}
