/** Recognises PRelu with one slope for all channels as leaky ReLU, which can be fused. */
import { isFloat } from '../../core/dtype.ts';
import type { Graph } from '../../ir/graph.ts';
import { at, sameArray } from '../../util/arrays.ts';
import { uniformValue } from '../lib/constants.ts';
import { rewrite } from '../lib/rewriter.ts';

/** Rewrites PRelu whose constant slope holds one number to Activation leakyRelu. */
export function recogniseUniformPRelu(graph: Graph): Graph {
  return rewrite(graph, (node, rewriter) => {
    if (node.op !== 'PRelu') return undefined;
    const [x = '', slope = ''] = node.inputs;
    const alpha = uniformValue(rewriter.constant(slope));
    const { dtype, shape } = rewriter.desc(x);
    if (alpha === undefined || !isFloat(dtype) || !sameArray(shape, rewriter.desc(at(node.outputs, 0)).shape)) {
      return undefined;
    }
    return rewriter.add('Activation', [x], { activation: { kind: 'leakyRelu', alpha, beta: 0 } }, node);
  });
}
