/** Runs a pass on a frozen graph and checks everything a pass promises, whatever it does. */
import './every-operator.ts';
import { expect } from 'vitest';
import { floatTolerance, type Tolerance } from '../../src/core/compare.ts';
import { isFloat } from '../../src/core/dtype.ts';
import { extremesOf } from '../../src/core/extremes.ts';
import type { Tensor, TensorDesc } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { print } from '../../src/ir/print.ts';
import { verify } from '../../src/ir/verify.ts';
import { getRow } from '../../src/core/on-demand.ts';
import { isBeyond, PASSES, type CompileOptions } from '../../src/passes/pipeline.ts';
import { foldConstants } from '../../src/passes/fold/fold-constants.ts';
import { inferShapes } from '../../src/passes/infer-shapes.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { expectClose } from './close.ts';
import { randomSource, randomTensor } from './random.ts';

/** A graph as passes after fold-constants see it: described, constants folded. The builder's outputs are `fill`'s. */
export function graphOf(fill: (b: GraphBuilder) => string | readonly string[]): Graph {
  const b = new GraphBuilder('test');
  for (const output of [fill(b)].flat()) b.output(output);
  return foldConstants(b.build());
}

/** A random constant in [low, high). */
export function weights(b: GraphBuilder, name: string, shape: readonly number[], low = -1, high = 1): string {
  return b.initializer(name, randomTensor('float32', shape, randomSource(name.length + shape.length * 7), low, high));
}

/** Freezes a graph and everything in it but the elements of its tensors, which JavaScript cannot freeze. */
export function freeze(graph: Graph): Graph {
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Map) {
      for (const method of ['set', 'delete', 'clear']) Object.defineProperty(value, method, { value: refuse });
      for (const entry of value.values()) visit(entry);
    }
    for (const entry of Object.values(value)) visit(entry);
    Object.freeze(value);
  };
  visit(graph);
  return graph;
}

function refuse(): never {
  throw new TypeError('a pass changed its input');
}

/** Random tensors for a graph's inputs: every integer of a narrow type, small numbers of the others. */
export function feedsFor(graph: Graph, seed = 1): Map<string, Tensor> {
  const random = randomSource(seed);
  return new Map(
    graph.inputs.map(({ name, dtype, shape }) => {
      const [lowest, highest] = extremesOf(dtype);
      const [low, high] = highest - lowest === 255 ? [lowest, highest + 1] : [isFloat(dtype) ? -4 : 0, 4];
      return [name, randomTensor(dtype, shape.map(Number), random, low, high)];
    }),
  );
}

/** Throws unless both graphs give the same outputs for random inputs. */
export function expectSameMeaning(before: Graph, after: Graph, tolerance: Tolerance = floatTolerance(16, 4)): void {
  const feeds = feedsFor(before);
  const expected = runGraph(before, feeds);
  for (const [name, actual] of runGraph(after, feeds)) {
    const reference = expected.get(name);
    if (!reference) throw new Error(`no output ${name}`);
    expectClose(actual, reference, tolerance, name);
  }
}

/**
 * Runs a pass and returns its result. Checks that the input is left alone, the result verifies, its descriptions are
 * what inference gives, it computes the same, inputs and outputs are as before, and a second run changes nothing.
 */
export function applyPass(pass: (graph: Graph) => Graph, graph: Graph, tolerance?: Tolerance): Graph {
  const before = print(graph);
  const after = verify(pass(freeze(graph)));
  expect(print(graph)).toBe(before);
  expect(after.outputs).toEqual(graph.outputs);
  expect(after.inputs).toEqual(graph.inputs);
  expectConsistent(after);
  expectSameMeaning(graph, after, tolerance);
  expect(pass(freeze(after)), 'a second run must change nothing').toBe(after);
  return after;
}

/** Throws unless `values` describes every value, and as inference does. */
export function expectConsistent(graph: Graph): void {
  const inferred = inferShapes({ ...graph, values: new Map() }).values;
  expect(described(graph.values)).toEqual(described(inferred));
}

function described(values: ReadonlyMap<string, TensorDesc>): string[] {
  return [...values].map(([name, { dtype, shape }]) => `${name}: ${dtype} [${shape.join()}]`).sort();
}

/** The nodes of a graph as text, without the lines of inputs and constants. */
export function printNodes(graph: Graph): string {
  return print(graph)
    .split('\n')
    .filter((line) => !/^(input|const|output) /.test(line))
    .join('\n');
}

/** What `compile` gives, verified after every pass. */
export function compileVerified(graph: Graph, options: CompileOptions): Graph {
  return PASSES.reduce((current, { name, level, applies, run }) => {
    if (isBeyond(level, options.level) || applies?.(current, options, graph) === false) return current;
    const next = getRow(run)(current, options);
    try {
      return verify(next);
    } catch (cause) {
      throw new Error(`the pass ${name} broke the graph`, { cause });
    }
  }, graph);
}
