/** Recognises x·clip(x + 3, 0, 6)/6 (MobileNet v3, arXiv:1905.02244, §5.2) and x·hardSigmoid(x) as hard-swish. */
import type { Graph } from '../../ir/graph.ts';
import type { Node } from '../../ir/ops.ts';
import { NO_ACTIVATION } from '../../ir/ops.ts';
import { tensorOf } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import { rewriteToFixpoint, type Rewriter } from '../lib/rewriter.ts';
import { about, productOf } from './expressions.ts';
import { clipGate, type Gate } from './hard-sigmoid.ts';

/** How far 1/6 may be off when a model file stores it in half precision. */
const HALF_ROUNDING = 1e-3;

/**
 * Rewrites products of a value and its hard-sigmoid of slope 1/6 and offset 1/2 to Activation hardSwish. A sixth that
 * was rounded to half precision leaves a factor near 1 behind, which fold-scale hands on.
 */
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
    const gate = gateOf(other, rewriter);
    if (gate?.source !== x || !about(gate.alpha, 1 / 6) || !about(gate.beta, 0.5)) continue;
    const activation = { kind: 'hardSwish', alpha: 0, beta: 0 } as const;
    const factor = product.scale * gate.height;
    if (about(factor, 1)) return rewriter.add('Activation', [x], { activation }, node);
    if (Math.abs(factor - 1) > HALF_ROUNDING) continue;
    const swish = rewriter.one('Activation', [x], { activation }, { name: node.name });
    const scalar = tensorOf(rewriter.desc(x).dtype, [], [factor]);
    const inputs = [swish, rewriter.addConstant(`${at(node.outputs, 0)}_factor`, scalar)];
    return rewriter.add('Binary', inputs, { kind: 'mul', activation: NO_ACTIVATION }, node);
  }
  return undefined;
}

/** A value as height·clip(alpha·source + beta, 0, 1). */
function gateOf(value: string, rewriter: Rewriter): (Gate & { readonly height: number }) | undefined {
  const producer = rewriter.producer(value);
  if (producer?.op !== 'Activation') return undefined;
  const { kind, alpha, beta } = producer.attributes.activation;
  const [source = ''] = producer.inputs;
  if (kind === 'hardSigmoid') return { source, alpha, beta, height: 1 };
  const gate = kind === 'clip' && beta > 0 ? clipGate(producer, 1 / beta, rewriter) : undefined;
  return gate && { ...gate, height: beta };
}
