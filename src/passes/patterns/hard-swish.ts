/** Recognises x·clip(x + 3, 0, 6)/6 (MobileNet v3, arXiv:1905.02244, §5.2) and x·hardSigmoid(x) as hard-swish. */
import type { Graph } from '../../ir/graph.ts';
import type { Node } from '../../ir/ops.ts';
import { about } from '../constants.ts';
import { rewriteToFixpoint, type Rewriter } from '../rewriter.ts';
import { productOf } from './expressions.ts';
import { clipGate, type Gate } from './hard-sigmoid.ts';

/** Rewrites products of a value and its hard-sigmoid of slope 1/6 and offset 1/2 to Activation hardSwish. */
export function recogniseHardSwish(graph: Graph): Graph {
  return rewriteToFixpoint(graph, rule);
}

function rule(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  const product = node.op === 'Binary' ? productOf(node, rewriter) : undefined;
  if (product?.factors.length !== 2) return undefined;
  const [a = '', b = ''] = product.factors;
  for (const [x, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const gate = gateOf(other, product.scale, rewriter);
    if (gate?.source !== x || !about(gate.alpha, 1 / 6) || !about(gate.beta, 0.5)) continue;
    return rewriter.add('Activation', [x], { activation: { kind: 'hardSwish', alpha: 0, beta: 0 } }, node);
  }
  return undefined;
}

/** scale·value as a gate: a scaled clip, or a hard-sigmoid when the scale is 1. */
function gateOf(value: string, scale: number, rewriter: Rewriter): Gate | undefined {
  const producer = rewriter.producer(value);
  if (producer?.op !== 'Activation') return undefined;
  const { kind, alpha, beta } = producer.attributes.activation;
  const [source = ''] = producer.inputs;
  if (kind === 'hardSigmoid') return about(scale, 1) ? { source, alpha, beta } : undefined;
  return clipGate(producer, scale, rewriter);
}
