/** Inputs of a graph whose elements decide shapes, such as the shape of a Reshape: constants of whatever is compiled. */
import type { Tensor } from '../core/tensor.ts';
import type { Graph, GraphInput } from '../ir/graph.ts';
import { definitionOf } from '../ops/registry.ts';
import { product } from '../util/arrays.ts';

/** Larger inputs are data: nobody wants a plan for each content of a picture. */
const MOST_ELEMENTS = 64;

/**
 * Names of the inputs that must be known before shapes are, by way of whatever computes a shape from them. Inputs of many
 * elements are left out: inference then says what depends on the data. The operators must be loaded.
 */
export function decidingInputs(graph: Graph): string[] {
  const needed = new Set<string>();
  for (const { op, inputs, outputs } of graph.nodes.toReversed()) {
    const { shapeInputs = [], fold } = definitionOf(op);
    // What follows from descriptions alone needs no elements.
    const wanted = !fold && outputs.some((name) => needed.has(name)) ? inputs : shapeInputs.map((i) => inputs[i] ?? '');
    for (const name of wanted) needed.add(name);
  }
  return graph.inputs.filter((input) => needed.has(input.name) && isSmall(input)).map(({ name }) => name);
}

/** Extents without a number may be any, but a list of that many entries is a short one. */
function isSmall({ shape }: GraphInput): boolean {
  const extents = shape.filter((d) => typeof d === 'number');
  return extents.length === shape.length ? product(extents) <= MOST_ELEMENTS : shape.length === 1;
}

/** The graph with some of its inputs as constants. */
export function bindValues(graph: Graph, values: ReadonlyMap<string, Tensor>): Graph {
  if (values.size === 0) return graph;
  return {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => !values.has(name)),
    initializers: new Map([...graph.initializers, ...values]),
  };
}
