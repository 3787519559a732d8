/** Recognises clip(x + 3, 0, 6) / 6 and its relatives as one hard-sigmoid. */
import { isFloat } from '../../core/dtype.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Node } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import { rewriteToFixpoint, type Rewriter } from '../lib/rewriter.ts';
import { about, affineOf, productOf } from './expressions.ts';

/** clip(alpha·source + beta, 0, 1) */
export interface Gate {
  readonly source: string;
  readonly alpha: number;
  readonly beta: number;
}

/** Rewrites scale·clip(a·x + b, 0, 1/scale), when more than a plain clip, to Activation hardSigmoid. */
export function recogniseHardSigmoid(graph: Graph): Graph {
  return rewriteToFixpoint(graph, rule);
}

function rule(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  const gate = node.op === 'Binary' ? scaledGate(node, rewriter) : plainGate(node, rewriter);
  if (!gate || (gate.alpha === 1 && gate.beta === 0)) return undefined;
  const activation = { kind: 'hardSigmoid', alpha: gate.alpha, beta: gate.beta } as const;
  return rewriter.add('Activation', [gate.source], { activation }, node);
}

function scaledGate(node: Extract<Node, { op: 'Binary' }>, rewriter: Rewriter): Gate | undefined {
  const product = productOf(node, rewriter);
  if (product?.factors.length !== 1 || !rewriter.isSole(at(product.factors, 0))) return undefined;
  const producer = rewriter.producer(product.factors[0]);
  return producer && clipGate(producer, product.scale, rewriter);
}

function plainGate(node: Node, rewriter: Rewriter): Gate | undefined {
  const gate = clipGate(node, 1, rewriter);
  return gate && gate.source !== node.inputs[0] ? gate : undefined;
}

/** scale·node(x) as a gate, where the node is a clip from 0 to 1/scale of an affine map. */
export function clipGate(node: Node, scale: number, rewriter: Rewriter): Gate | undefined {
  if (node.op !== 'Activation' || node.attributes.activation.kind !== 'clip') return undefined;
  const { alpha: low, beta: high } = node.attributes.activation;
  const input = at(node.inputs, 0);
  if (low !== 0 || !about(scale * high, 1) || !isFloat(rewriter.desc(input).dtype)) return undefined;
  const affine = affineOf(input, rewriter);
  return { source: affine.source, alpha: scale * affine.scale, beta: scale * affine.offset };
}
