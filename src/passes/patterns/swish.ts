/** Recognises x·sigmoid(x) as swish (SiLU; arXiv:1710.05941). */
import type { Graph } from '../../ir/graph.ts';
import type { Node } from '../../ir/ops.ts';
import { isFloat } from '../../core/dtype.ts';
import { rewrite, type Rewriter } from '../lib/rewriter.ts';

/** Rewrites a product of a value and its own sigmoid to Activation swish. */
export function recogniseSwish(graph: Graph): Graph {
  return rewrite(graph, rule);
}

function rule(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  if (node.op !== 'Binary' || node.attributes.kind !== 'mul') return undefined;
  const [a = '', b = ''] = node.inputs;
  const { activation } = node.attributes;
  if (activation.kind !== 'none' || !isFloat(rewriter.desc(a).dtype)) return undefined;
  const x = isSigmoidOf(b, a, rewriter) ? a : isSigmoidOf(a, b, rewriter) ? b : undefined;
  if (x === undefined) return undefined;
  return rewriter.add('Activation', [x], { activation: { kind: 'swish', alpha: 0, beta: 0 } }, node);
}

function isSigmoidOf(value: string, x: string, rewriter: Rewriter): boolean {
  const node = rewriter.producerOf(value, 'Activation');
  return node?.attributes.activation.kind === 'sigmoid' && node.inputs[0] === x;
}
