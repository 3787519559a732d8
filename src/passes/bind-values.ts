/** Inputs that may become constants of whatever is compiled, since their elements decide shapes or branches. */
import type { Tensor } from '../core/tensor.ts';
import type { Graph, GraphInput } from '../ir/graph.ts';
import { product } from '../util/arrays.ts';

/** Larger inputs are data: nobody wants a plan for each content of a picture. */
const MOST_ELEMENTS = 64;

/** Extents without a number may be any, but a list of that many entries is a short one. */
export function isSmall({ shape }: GraphInput): boolean {
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
