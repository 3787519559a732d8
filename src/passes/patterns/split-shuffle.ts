/** Recognises how ShuffleNet v2 units are often exported: every g-th channel taken by Reshape, Transpose, Reshape, Gather. */
import type { Graph } from '../../ir/graph.ts';
import type { Node } from '../../ir/ops.ts';
import { at, product } from '../../util/arrays.ts';
import { isIdentityPerm } from '../lib/permutation.ts';
import { rewrite, type Rewriter } from '../lib/rewriter.ts';

/**
 * Rewrites `[N, k·g, …S] → [N·k, g, S] → [g, N·k, S] → [g, N, k, …S] → element i of the first dimension` to a Slice of
 * channels i, i+g, i+2g, …: shuffle and split of a ShuffleNet v2 unit (arXiv:1807.11164, §4) without a copy between.
 */
export function recogniseSplitShuffle(graph: Graph): Graph {
  return rewrite(graph, rule);
}

function rule(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  if (node.op !== 'Gather' || node.attributes.axis !== 0) return undefined;
  const index = rewriter.constant(node.inputs[1]);
  const stack = rewriter.producerOf(node.inputs[0], 'Reshape');
  const swap = rewriter.producerOf(stack?.inputs[0], 'Transpose');
  const split = rewriter.producerOf(swap?.inputs[0], 'Reshape');
  if (!index || index.shape.length !== 0 || !stack || !swap || !split) return undefined;
  const [p0, p1, ...rest] = swap.attributes.perm;
  if (p0 !== 1 || p1 !== 0 || !isIdentityPerm([0, 1, ...rest])) return undefined;
  const x = at(split.inputs, 0);
  const { shape, bounded } = rewriter.desc(x);
  if (bounded) return undefined;
  const [rows = 0, groups = 0] = rewriter.desc(at(split.outputs, 0)).shape;
  const stacked = rewriter.desc(at(stack.outputs, 0)).shape;
  const [batch = 0, channels = 0, ...spatial] = shape;
  const each = channels / groups;
  // Fewer dimensions than batch, channels and one more could not tell channels from what follows them.
  if (shape.length < 3 || rows !== batch * each || product(spatial) * rows * groups !== product(shape))
    return undefined;
  if (stacked.join() !== [groups, batch, each, ...spatial].join()) return undefined;
  const raw = at(index.data, 0);
  const first = raw < 0 ? raw + groups : raw;
  const output = at(node.outputs, 0);
  const ints = (what: string, v: number): string => rewriter.addInts(`${output}_${what}`, [v]);
  const bounds = [ints('start', first), ints('end', channels), ints('axis', 1), ints('step', groups)];
  return rewriter.add('Slice', [x, ...bounds], {}, node);
}
