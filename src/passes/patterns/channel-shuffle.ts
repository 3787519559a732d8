/** Recognises the Reshape–Transpose–Reshape that mixes channel groups (ShuffleNet, arXiv:1707.01083, §3.1). */
import type { Shape } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Node } from '../../ir/ops.ts';
import { at, product, range, sameArray } from '../../util/arrays.ts';
import { invertPerm } from '../lib/permutation.ts';
import { rewrite, type Rewriter } from '../lib/rewriter.ts';

/** Channels that are shuffled as such: kernels and placements look at the address of each. */
const MOST_CHANNELS = 65536;

/**
 * Rewrites `[N, C, …] → [N, g, C/g, …] → [N, C/g, g, …] → [N, C, …]` and its channels-last twin to ChannelShuffle. The
 * former gets a Transpose on either side, which the layout pass cancels against those of the convolutions; between
 * operators that need none it would cost one Transpose more, but no network shuffles channels there.
 */
export function recogniseChannelShuffle(graph: Graph): Graph {
  return rewrite(graph, rule);
}

function rule(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  if (node.op !== 'Reshape') return undefined;
  const swap = rewriter.producerOf(node.inputs[0], 'Transpose');
  const split = rewriter.producerOf(swap?.inputs[0], 'Reshape');
  if (!swap || !split) return undefined;
  if (!rewriter.isSole(at(swap.outputs, 0)) || !rewriter.isSole(at(split.outputs, 0))) return undefined;
  const x = at(split.inputs, 0);
  const { shape, bounded } = rewriter.desc(x);
  if (bounded) return undefined;
  const inner = rewriter.desc(at(split.outputs, 0)).shape;
  if (!sameArray(shape, rewriter.desc(at(node.outputs, 0)).shape)) return undefined;
  const first = swappedAxis(swap.attributes.perm);
  if (first === undefined) return undefined;
  const groups = at(inner, first);
  if (groups * at(inner, first + 1) > MOST_CHANNELS) return undefined;
  if (first === inner.length - 2 && splitsDimension(shape, shape.length - 1, inner, first)) {
    return rewriter.add('ChannelShuffle', [x], { groups }, node);
  }
  if (first !== 1 || shape.length < 3 || !splitsDimension(shape, 1, inner, first)) return undefined;
  const toLast = [0, ...range(shape.length).slice(2), 1];
  const last = rewriter.one('Transpose', [x], { perm: toLast });
  const shuffled = rewriter.one('ChannelShuffle', [last], { groups }, { name: node.name });
  return rewriter.add('Transpose', [shuffled], { perm: invertPerm(toLast) }, node);
}

/** The first of two neighbours that a permutation swaps, when it does nothing else. */
function swappedAxis(perm: readonly number[]): number | undefined {
  const first = perm.findIndex((from, to) => from !== to);
  const swapped = range(perm.length).map((i) => (i === first ? i + 1 : i === first + 1 ? i - 1 : i));
  return first >= 0 && sameArray(perm, swapped) ? first : undefined;
}

/** True when `inner` has dimension `axis` of `shape` as two at `first`, and as many elements before it. */
function splitsDimension(shape: Shape, axis: number, inner: Shape, first: number): boolean {
  const same = product(shape.slice(0, axis)) === product(inner.slice(0, first));
  return same && at(shape, axis) === at(inner, first) * at(inner, first + 1);
}
