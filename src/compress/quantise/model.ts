/** Post-training quantisation of a whole model: calibrated by some examples, judged by others. */
import { InputError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import { definitionOf } from '../../ops/registry.ts';
import {
  calibrate,
  elementsOf,
  inParts,
  type CalibrationMethod,
  type OpenGraph,
  type RunnableGraph,
} from './calibrate.ts';
import { Noise } from './noise.ts';
import { quantisedPart } from './part.ts';
import { prepareGraph } from './prepare.ts';
import { quantiseGraph, type QuantisedLayer, type QuantiseOptions } from './quantise.ts';

/** What is going on, and how much of it is done. */
export interface QuantiseProgress {
  readonly stage: 'calibrate' | 'judge';
  readonly done: number;
  readonly total: number;
}

/** How a model is quantised, and with what. */
export interface QuantiseModelOptions<Example> extends QuantiseOptions {
  readonly calibrate: readonly Example[];
  /** Examples that the calibration has not seen. */
  readonly judge: readonly Example[];
  readonly open: OpenGraph<Example>;
  readonly method: CalibrationMethod;
  readonly percentile: number;
  readonly exclude: readonly string[];
  /** The output that has one score a class, if there is one. */
  readonly scores: string | undefined;
  readonly onProgress: (progress: QuantiseProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/** How near a node's result is to that of the model on real numbers. */
export interface LayerNoise {
  readonly node: string;
  readonly op: string;
  /** The signal's power over the noise's, in decibels; null where the results are equal. */
  readonly snr: number | null;
}

/** How near an output is. */
export interface OutputNoise {
  readonly name: string;
  readonly snr: number | null;
}

/** How far the quantised model agrees with the one on real numbers. */
export interface QuantisedJudgement {
  readonly layers: readonly LayerNoise[];
  readonly outputs: readonly OutputNoise[];
  /** Examples by which layers and outputs were judged, and those whose best class is the same; null where there are no scores. */
  readonly judged: number;
  readonly agreed: number | null;
}

/** The quantised graph, and how it was judged. */
export interface QuantisedModel extends QuantisedJudgement {
  readonly graph: Graph;
}

/**
 * Quantises a graph of level `folded`. Rejects with InputError for a node to exclude that there is none of, where there is nothing
 * to quantise, or something already is; as `open` does; and with the signal's reason.
 */
export async function quantiseModel<Example>(
  folded: Graph,
  options: QuantiseModelOptions<Example>,
): Promise<QuantisedModel> {
  const graph = await prepareGraph(folded);
  requireReal(graph);
  requireNodes(graph, options.exclude);
  const part = quantisedPart(graph, new Set(options.exclude));
  if (part.roles.size === 0) {
    throw new InputError(
      'the model has no convolution or matrix product of float32 with constant weights to quantise',
      {
        hint: 'Models of float16 have to be exported as float32 first',
      },
    );
  }
  const { method, open, percentile, symmetric = false, onProgress, signal } = options;
  const ranges = await calibrate(graph, [...part.sources.values()].flat(), {
    examples: options.calibrate,
    open,
    method,
    share: percentile / 100,
    symmetric,
    signal,
    onExample: (done, total) => onProgress({ stage: 'calibrate', done, total }),
  });
  const quantised = quantiseGraph(graph, part, ranges, options);
  return { graph: quantised.graph, ...(await judge(graph, quantised, options)) };
}

function requireReal({ nodes }: Graph): void {
  const found = nodes.find(({ op }) => definitionOf(op).quantised);
  if (!found) return;
  throw new InputError(`the model is quantised already: node "${found.name}" is ${found.op}`, {
    hint: 'Quantise the model that it was made of',
  });
}

function requireNodes({ nodes }: Graph, exclude: readonly string[]): void {
  const names = new Set(nodes.map(({ name }) => name));
  const unknown = exclude.find((name) => !names.has(name));
  if (unknown === undefined) return;
  const listed = [...names].slice(0, 12).map((name) => `"${name}"`);
  throw new InputError(`the model has no node "${unknown}" to exclude, or it was folded into one beside it`, {
    hint: `Its nodes are ${listed.join(', ')}${names.size > listed.length ? ` and ${names.size - listed.length} more` : ''}`,
  });
}

/** Runs both graphs on the examples, and sets their results against each other. */
async function judge<Example>(
  float: Graph,
  { graph, layers }: { readonly graph: Graph; readonly layers: readonly QuantisedLayer[] },
  { judge: examples, open, scores, onProgress, signal }: QuantiseModelOptions<Example>,
): Promise<QuantisedJudgement> {
  const ofOutputs = float.outputs.map((name) => ({ value: name, dequantised: name, noise: new Noise() }));
  const ofLayers = layers.map((layer) => ({ ...layer, noise: new Noise() }));
  const ofScores = ofOutputs.find(({ value }) => value === scores);
  const parts = inParts([...ofOutputs, ...ofLayers], ({ value }) => elementsOf(float, value));
  let [done, agreed] = [0, 0];
  for (const part of parts) {
    const values = [...new Set(part.map(({ value }) => value))];
    const own = [...new Set(part.map(({ dequantised }) => dequantised))];
    await withOpen(
      open,
      [
        { ...float, outputs: values },
        { ...graph, outputs: own },
      ],
      async ([real, integer]) => {
        for (const example of examples) {
          signal?.throwIfAborted();
          const expected = (await real?.run(example, values)) ?? {};
          const actual = (await integer?.run(example, own)) ?? {};
          for (const { value, dequantised, noise } of part) addTo(noise, expected[value], actual[dequantised]);
          if (scores !== undefined && part.some((item) => item === ofScores)) {
            agreed += best(expected[scores]) === best(actual[scores]) ? 1 : 0;
          }
          onProgress({ stage: 'judge', done: ++done, total: parts.length * examples.length });
        }
      },
    );
  }
  return {
    layers: ofLayers.map(({ node, op, noise }) => ({ node, op, snr: noise.decibels })),
    outputs: ofOutputs.map(({ value, noise }) => ({ name: value, snr: noise.decibels })),
    judged: examples.length,
    agreed: ofScores ? agreed : null,
  };
}

/** Opens graphs one after the other, and disposes of those that were opened. */
async function withOpen<Example>(
  open: OpenGraph<Example>,
  graphs: readonly Graph[],
  work: (opened: readonly RunnableGraph<Example>[]) => Promise<void>,
): Promise<void> {
  const opened: RunnableGraph<Example>[] = [];
  try {
    for (const graph of graphs) opened.push(await open(graph));
    await work(opened);
  } finally {
    for (const { dispose } of opened) dispose();
  }
}

function addTo(noise: Noise, expected: Tensor | undefined, actual: Tensor | undefined): void {
  if (expected && actual) noise.add(expected.data, actual.data);
}

/** The class with the best score, the first of several. */
function best(scores: Tensor | undefined): number {
  let found = 0;
  scores?.data.forEach((v, i) => {
    if (v > (scores.data[found] ?? -Infinity)) found = i;
  });
  return found;
}
