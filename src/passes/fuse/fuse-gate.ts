/** Hands the factors of a squeeze-and-excite block to the convolution that reads the product: one pass over memory fewer. */
import { isFloat } from '../../core/dtype.ts';
import type { Graph } from '../../ir/graph.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { isPointwise } from '../../ir/shapes/pointwise.ts';
import { at, sameArray } from '../../util/arrays.ts';
import { rewriteToFixpoint, type Rewriter } from '../lib/rewriter.ts';

/**
 * Turns x·s, with s `[N, 1…, C]`, into the scale of a 1×1 convolution that is its only reader: stride 1, no padding, one
 * group, so that every product would be used for one output pixel only. (Hu et al., Squeeze-and-Excitation Networks, 2018.)
 */
export function fuseGate(graph: Graph): Graph {
  return rewriteToFixpoint(graph, (node, rewriter) => {
    if (node.op !== 'Conv' || node.inputs[4] || !takesScale(node, rewriter)) return undefined;
    const product = gateBefore(node, rewriter);
    if (!product) return undefined;
    const [, w = '', bias = '', residual = ''] = node.inputs;
    return rewriter.add('Conv', [product.x, w, bias, residual, product.scale], node.attributes, node);
  });
}

function takesScale({ inputs, attributes }: NodeOf<'Conv'>, rewriter: Rewriter): boolean {
  return attributes.group === 1 && isPointwise(attributes, rewriter.desc(at(inputs, 1)).shape.slice(0, -2));
}

/** The operands of the multiplication that only this convolution reads: the map, and its factors. */
function gateBefore({ inputs }: NodeOf<'Conv'>, rewriter: Rewriter): { x: string; scale: string } | undefined {
  const [input = ''] = inputs;
  const mul = rewriter.producerOf(input, 'Binary');
  if (!mul || mul.attributes.kind !== 'mul' || mul.attributes.activation.kind !== 'none') return undefined;
  const { dtype, shape } = rewriter.desc(input);
  if (!isFloat(dtype) || !rewriter.isSole(input)) return undefined;
  const wanted = shape.map((extent, i) => (i === 0 || i === shape.length - 1 ? extent : 1));
  const [a = '', b = ''] = mul.inputs;
  for (const [x, scale] of [
    [a, b],
    [b, a],
  ] as const) {
    const fits = sameArray(rewriter.desc(scale).shape, wanted) && rewriter.desc(scale).dtype === dtype;
    if (fits && sameArray(rewriter.desc(x).shape, shape)) return { x, scale };
  }
  return undefined;
}
