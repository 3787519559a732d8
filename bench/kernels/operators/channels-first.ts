/** A graph and its tensors with channels-first activations at the border, as ONNX files have them. */
import type { Tensor } from '../../../src/core/tensor.ts';
import { toFirst, toLast } from '../../../src/formats/lib/channels-first.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { nodeOf } from '../../../src/ir/is-op.ts';
import { stridedCopy } from '../../../src/ops/lib/strided.ts';
import { at, stridesOf } from '../../../src/util/arrays.ts';
import { compileGraph } from '../../../src/session/compile-graph.ts';

/** The graph with Transposes behind those inputs and before those outputs that are `images`: they keep their names. */
export async function firstGraph(graph: Graph, images: readonly string[]): Promise<Graph> {
  const { values } = await compileGraph(graph, { level: 'reference' });
  const rankOf = (name: string): number => values.get(name)?.shape.length ?? 0;
  const inside = new Map(images.map((name) => [name, `${name}/last`]));
  const renamed = (names: readonly string[]): string[] => names.map((name) => inside.get(name) ?? name);
  const isInput = (name: string): boolean => graph.inputs.some((input) => input.name === name);
  return {
    ...graph,
    values: new Map(),
    inputs: graph.inputs.map((input) =>
      inside.has(input.name)
        ? { ...input, shape: toFirst(input.shape.length).map((axis) => at(input.shape, axis)) }
        : input,
    ),
    nodes: [
      ...images.filter(isInput).map((name) => transposeNode(name, `${name}/last`, toLast(rankOf(name)))),
      ...graph.nodes.map((node) => ({ ...node, inputs: renamed(node.inputs), outputs: renamed(node.outputs) })),
      ...images
        .filter((name) => !isInput(name))
        .map((name) => transposeNode(`${name}/last`, name, toFirst(rankOf(name)))),
    ],
  };
}

function transposeNode(from: string, to: string, perm: readonly number[]): Graph['nodes'][number] {
  return nodeOf({ op: 'Transpose', name: `${to}/transpose`, inputs: [from], outputs: [to], attributes: { perm } });
}

/** Feeds as the transposed graph takes them. */
export function firstFeeds(
  feeds: Readonly<Record<string, Tensor>>,
  images: readonly string[],
): Readonly<Record<string, Tensor>> {
  const entries = Object.entries(feeds).map(([name, t]): [string, Tensor] => [
    name,
    images.includes(name) ? transposed(t, toFirst(t.shape.length)) : t,
  ]);
  return Object.fromEntries(entries);
}

/** Results of the transposed graph as the graph itself gives them. */
export function lastTensors(
  results: ReadonlyMap<string, Tensor>,
  images: readonly string[],
): ReadonlyMap<string, Tensor> {
  const entries = [...results].map(([name, t]): [string, Tensor] => [
    name,
    images.includes(name) ? transposed(t, toLast(t.shape.length)) : t,
  ]);
  return new Map(entries);
}

function transposed(t: Tensor, perm: readonly number[]): Tensor {
  const strides = stridesOf(t.shape);
  const shape = perm.map((axis) => at(t.shape, axis));
  return stridedCopy(
    t,
    shape,
    perm.map((axis) => at(strides, axis)),
  );
}
