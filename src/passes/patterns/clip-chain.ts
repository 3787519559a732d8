/** Merges chains of clips, ReLUs, and minimum/maximum with a number into one activation. */
import type { Graph } from '../../ir/graph.ts';
import type { Activation, Node } from '../../ir/ops.ts';
import { RELU } from '../../ir/ops.ts';
import { splitConstant, uniformValue } from '../lib/constants.ts';
import { rewriteToFixpoint, type Rewriter } from '../lib/rewriter.ts';

/** min(max(value, low), high); an infinite bound does not bind. */
interface Interval {
  readonly value: string;
  readonly low: number;
  readonly high: number;
}

/**
 * Rewrites a chain to one Activation where `relu` or `clip` can say it: both bounds finite, or from 0 up. Other
 * one-sided bounds stay, since a clip with a huge bound would change infinities.
 */
export function mergeClips(graph: Graph): Graph {
  return rewriteToFixpoint(graph, rule);
}

function rule(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  const outer = intervalOf(node, rewriter);
  if (!outer) return undefined;
  const before = rewriter.isSole(outer.value) ? rewriter.producer(outer.value) : undefined;
  const inner = before && intervalOf(before, rewriter);
  const whole = inner ? nest(outer, inner) : outer;
  const activation = asActivation(whole);
  // An Activation on its own is in its final form; a lone minimum or maximum may still become a ReLU.
  if (!activation || (!inner && node.op === 'Activation')) return undefined;
  return rewriter.add('Activation', [whole.value], { activation }, node);
}

function intervalOf(node: Node, rewriter: Rewriter): Interval | undefined {
  if (node.op === 'Activation') {
    const { kind, alpha, beta } = node.attributes.activation;
    const [value = ''] = node.inputs;
    if (kind === 'relu') return { value, low: 0, high: Infinity };
    return kind === 'clip' && alpha <= beta ? { value, low: alpha, high: beta } : undefined;
  }
  if (node.op !== 'Binary') return undefined;
  const split = splitConstant(node, rewriter);
  const bound = split && uniformValue(split.constant);
  if (!split || bound === undefined) return undefined;
  if (node.attributes.kind === 'max') return { value: split.value, low: bound, high: Infinity };
  if (node.attributes.kind === 'min') return { value: split.value, low: -Infinity, high: bound };
  return undefined;
}

function nest(outer: Interval, inner: Interval): Interval {
  const clamp = (v: number): number => Math.min(Math.max(v, outer.low), outer.high);
  return { value: inner.value, low: clamp(inner.low), high: clamp(inner.high) };
}

function asActivation({ low, high }: Interval): Activation | undefined {
  if (low === 0 && high === Infinity) return RELU;
  return Number.isFinite(low) && Number.isFinite(high) ? { kind: 'clip', alpha: low, beta: high } : undefined;
}
