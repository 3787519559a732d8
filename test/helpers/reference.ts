/** The CPU meaning of a graph, straight from the operator definitions: what the oracle is compared with. */
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { definitionOf } from './known-values.ts';

/** Evaluates every node with `infer` then `reference`; returns the graph's outputs by name. */
export function referenceRun(graph: Graph, feeds: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const values = new Map<string, Tensor>([...graph.initializers, ...feeds]);
  for (const node of graph.nodes) {
    const { infer, reference } = definitionOf(node.op);
    const tensors = node.inputs.map((i) => (i === '' ? undefined : values.get(i)));
    const descs = infer(
      node,
      tensors.map((t) => t && { dtype: t.dtype, shape: t.shape, value: t }),
    );
    const results = reference(node, tensors, descs);
    node.outputs.forEach((name, i) => {
      const result = results[i];
      if (name !== '' && result) values.set(name, result);
    });
  }
  const outputs = graph.outputs.map((name): [string, Tensor] => {
    const value = values.get(name);
    if (!value) throw new Error(`the graph did not compute "${name}"`);
    return [name, value];
  });
  return new Map(outputs);
}
