/** Ranges of activations, from runs of the graph on examples. */
import { InputError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import { descOf } from '../../ir/rewrite.ts';
import { product } from '../../util/arrays.ts';
import { Histogram } from './histogram.ts';
import type { ValueRange } from './scales.ts';

/**
 * How the range of an activation follows from the values it had: all of it, without the least and the greatest few, or as far
 * as the distribution loses least.
 */
export type CalibrationMethod = 'minmax' | 'percentile' | 'entropy';

/** Results by name. */
export type Results = Readonly<Record<string, Tensor>>;

/** A graph that is ready to run on examples of whatever kind. */
export interface RunnableGraph<Example> {
  readonly run: (example: Example, outputs: readonly string[]) => Promise<Results>;
  readonly dispose: () => void;
}

/** Makes a graph ready to run. */
export type OpenGraph<Example> = (graph: Graph) => Promise<RunnableGraph<Example>>;

/** What calibrating takes. */
export interface Calibration<Example> {
  readonly examples: readonly Example[];
  readonly open: OpenGraph<Example>;
  readonly method: CalibrationMethod;
  /** The share of values that `percentile` keeps. */
  readonly share: number;
  readonly symmetric: boolean;
  /** Is told of each example that was run. */
  readonly onExample: (done: number, total: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Elements that are read back with one run: 128 MiB. */
const MOST_ELEMENTS = 2 ** 25;

/** The values in parts that one run may give: where there are many, a graph is run again for each part. */
export function inParts<T>(items: readonly T[], sizeOf: (item: T) => number): T[][] {
  const parts: T[][] = [];
  let size = Infinity;
  for (const item of items) {
    size += sizeOf(item);
    if (size > MOST_ELEMENTS) {
      parts.push([]);
      size = sizeOf(item);
    }
    parts.at(-1)?.push(item);
  }
  return parts;
}

/** Elements of a value. */
export function elementsOf(graph: Graph, value: string): number {
  return product(descOf(graph, value).shape);
}

/** The ranges of values of a graph. Rejects with InputError that names one that is not finite. */
export async function calibrate<Example>(
  graph: Graph,
  values: readonly string[],
  { examples, open, method, share, symmetric, onExample, signal }: Calibration<Example>,
): Promise<Map<string, ValueRange>> {
  const ranges = new Map<string, ValueRange>();
  const parts = inParts(values, (value) => elementsOf(graph, value));
  let done = 0;
  for (const part of parts) {
    const histograms = new Map(part.map((value) => [value, new Histogram()]));
    const running = await open({ ...graph, outputs: part });
    try {
      for (const example of examples) {
        signal?.throwIfAborted();
        const results = await running.run(example, part);
        for (const [value, histogram] of histograms) count(value, histogram, results[value]);
        onExample(++done, parts.length * examples.length);
      }
    } finally {
      running.dispose();
    }
    for (const [value, histogram] of histograms) ranges.set(value, rangeBy(method, histogram, share, symmetric));
  }
  return ranges;
}

function count(value: string, histogram: Histogram, result: Tensor | undefined): void {
  try {
    histogram.add(result?.data ?? new Float32Array());
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`"${value}" cannot be calibrated: ${cause.reason}`, {
      hint: 'Look for NaN and infinity among the inputs and the weights, or exclude the node that computes it',
      cause,
    });
  }
}

function rangeBy(method: CalibrationMethod, histogram: Histogram, share: number, symmetric: boolean): ValueRange {
  switch (method) {
    case 'minmax':
      return histogram.range;
    case 'percentile':
      return histogram.percentile(share);
    case 'entropy':
      // Of numbers that are not negative uint8 has twice as many steps.
      return histogram.entropy(symmetric || histogram.range.min < 0 ? 128 : 256);
  }
}
