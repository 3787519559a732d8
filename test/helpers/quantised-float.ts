/** Quantises a small graph with the ranges that a few random inputs give on the CPU. */
import { quantisedPart } from '../../src/compress/quantise/part.ts';
import { prepareGraph } from '../../src/compress/quantise/prepare.ts';
import { quantiseGraph, type QuantisedGraph, type QuantiseOptions } from '../../src/compress/quantise/quantise.ts';
import { rangeOf } from '../../src/compress/quantise/ranges.ts';
import type { ValueRange } from '../../src/compress/quantise/scales.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { compileVerified } from './passes.ts';
import { referenceRun } from './reference.ts';
import './every-operator.ts';

/** What `quantiseByFeeds` gives: the graph that was quantised, too. */
export interface QuantisedFloat extends QuantisedGraph {
  readonly float: Graph;
}

/** How a graph is quantised, and by what. */
export interface FeedOptions extends QuantiseOptions {
  readonly exclude?: readonly string[];
  /** The same network on smaller pictures, if these are what the feeds are: it has the same names. */
  readonly calibrated?: Graph;
}

/** The graph quantised by the ranges that its values have with these feeds. */
export async function quantiseByFeeds(
  graph: Graph,
  feeds: ReadonlyMap<string, Tensor>,
  { exclude = [], calibrated, ...options }: FeedOptions = {},
): Promise<QuantisedFloat> {
  const float = await prepared(graph);
  const part = quantisedPart(float, new Set(exclude));
  const sources = [...part.sources.values()].flat();
  const ranges = rangesByFeeds(calibrated ? await prepared(calibrated) : float, sources, feeds);
  return { float, ...quantiseGraph(float, part, ranges, options) };
}

const prepared = (graph: Graph): Promise<Graph> => prepareGraph(compileVerified(graph, { level: 'folded' }));

function rangesByFeeds(
  graph: Graph,
  values: readonly string[],
  feeds: ReadonlyMap<string, Tensor>,
): Map<string, ValueRange> {
  const computed = values.filter((name) => !feeds.has(name));
  const results = referenceRun({ ...graph, outputs: [...new Set([...graph.outputs, ...computed])] }, feeds);
  const ranges = values.flatMap((name) => {
    const value = results.get(name) ?? feeds.get(name);
    return value ? [[name, rangeOf(value)] as const] : [];
  });
  return new Map(ranges);
}
