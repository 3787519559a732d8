/** Quantises a small graph with the ranges that a few random inputs give on the CPU. */
import { quantisedPart } from '../../src/compress/quantise/part.ts';
import { prepareGraph } from '../../src/compress/quantise/prepare.ts';
import { quantiseGraph, type QuantisedGraph, type QuantiseOptions } from '../../src/compress/quantise/quantise.ts';
import { rangeOf } from '../../src/compress/quantise/ranges.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { compileVerified } from './passes.ts';
import { referenceRun } from './reference.ts';
import './every-operator.ts';

/** What `quantiseByFeeds` gives: the graph that was quantised, too. */
export interface QuantisedFloat extends QuantisedGraph {
  readonly float: Graph;
}

/** The graph quantised by the ranges that its values have with these feeds. */
export async function quantiseByFeeds(
  graph: Graph,
  feeds: ReadonlyMap<string, Tensor>,
  { exclude = [], ...options }: QuantiseOptions & { readonly exclude?: readonly string[] } = {},
): Promise<QuantisedFloat> {
  const float = await prepareGraph(compileVerified(graph, { level: 'folded' }));
  const part = quantisedPart(float, new Set(exclude));
  const sources = [...part.sources.values()].flat();
  const computed = sources.filter((name) => !feeds.has(name));
  const results = referenceRun({ ...float, outputs: [...new Set([...float.outputs, ...computed])] }, feeds);
  const ranges = sources.flatMap((name) => {
    const value = results.get(name) ?? feeds.get(name);
    return value ? [[name, rangeOf(value)] as const] : [];
  });
  return { float, ...quantiseGraph(float, part, new Map(ranges), options) };
}
