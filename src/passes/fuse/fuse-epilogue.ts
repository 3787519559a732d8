/** Hands activations and residual additions to the node that computes their operand: one pass over memory fewer each. */
import { isFloat } from '../../core/dtype.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Activation, Node, NodeOf } from '../../ir/ops.ts';
import { NO_ACTIVATION } from '../../ir/ops.ts';
import { at, sameArray } from '../../util/arrays.ts';
import type { EmitNames, Rewriter } from '../lib/rewriter.ts';
import { rewriteToFixpoint } from '../lib/rewriter.ts';

/**
 * Fuses an Activation into the node before it, where that operator can apply one to its result, and the addition of a
 * value of the same shape into the Conv that computes the other, as its residual input. The producer's result must have
 * no other reader and no activation yet. (Constant biases are folded by fold-batchnorm.)
 */
export function fuseEpilogue(graph: Graph): Graph {
  return rewriteToFixpoint(graph, (node, rewriter) => {
    if (node.op === 'Activation') return fuseActivation(node, rewriter);
    if (node.op === 'Binary') return fuseResidual(node, rewriter);
    return undefined;
  });
}

function fuseActivation(node: NodeOf<'Activation'>, rewriter: Rewriter): readonly string[] | undefined {
  const input = at(node.inputs, 0);
  const before = rewriter.producer(input);
  if (!before || !rewriter.isSole(input) || !isFloat(rewriter.desc(input).dtype)) return undefined;
  return withActivation(before, node.attributes.activation, { name: before.name, outputs: node.outputs }, rewriter);
}

function withActivation(
  node: Node,
  activation: Activation,
  names: EmitNames,
  rewriter: Rewriter,
): readonly string[] | undefined {
  const { op, inputs, attributes } = node;
  if (!('activation' in attributes) || attributes.activation.kind !== 'none') return undefined;
  return rewriter.add(op, inputs, { ...attributes, activation }, names);
}

/** conv + x → conv with residual x. Of two convolutions the later takes the earlier: it runs when both are known. */
function fuseResidual(node: NodeOf<'Binary'>, rewriter: Rewriter): readonly string[] | undefined {
  const [a = '', b = ''] = node.inputs;
  if (node.attributes.kind !== 'add' || a === b) return undefined;
  if (!sameArray(rewriter.desc(a).shape, rewriter.desc(b).shape)) return undefined;
  const first = rewriter.position(a) > rewriter.position(b) ? a : b;
  for (const value of [first, first === a ? b : a]) {
    const conv = rewriter.producerOf(value, 'Conv');
    if (!conv || !rewriter.isSole(value) || conv.inputs[3]) continue;
    if (conv.attributes.activation.kind !== NO_ACTIVATION.kind) continue;
    const [x = '', w = '', bias = ''] = conv.inputs;
    const inputs = [x, w, bias, value === a ? b : a];
    const names = { name: conv.name, outputs: node.outputs };
    return rewriter.add('Conv', inputs, { ...conv.attributes, activation: node.attributes.activation }, names);
  }
  return undefined;
}
