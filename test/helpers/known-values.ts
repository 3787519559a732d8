/** Shapes, and values where they follow from constants, of everything in a graph with static inputs. */
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import type { OpDefinition, Operand } from '../../src/ops/definition.ts';
import { OPS } from '../../src/ops/registry.ts';

/** The registry's row for an operator named at run time. */
export function definitionOf(op: OpKind): OpDefinition<OpKind> {
  return OPS[op] as unknown as OpDefinition<OpKind>;
}

/** Describes every value of the graph by walking `infer`, evaluating nodes whose inputs are all constant. */
export function knownValues(graph: Graph): Map<string, Operand> {
  const known = new Map<string, Operand>();
  for (const { name, dtype, shape } of graph.inputs) {
    known.set(name, { dtype, shape: shape.map((d) => staticExtent(name, d)) });
  }
  for (const [name, value] of graph.initializers) known.set(name, { ...value, value });
  for (const node of graph.nodes) {
    const definition = definitionOf(node.op);
    const operands = node.inputs.map((i) => (i === '' ? undefined : known.get(i)));
    const outputs = definition.infer(node, operands);
    const values = constantOutputs(graph, node, operands, outputs);
    node.outputs.forEach((name, i) => {
      const desc = outputs[i];
      if (name !== '' && desc) known.set(name, { dtype: desc.dtype, shape: desc.shape, value: values?.[i] });
    });
  }
  return known;
}

function staticExtent(name: string, dim: number | string): number {
  if (typeof dim === 'number') return dim;
  throw new Error(`input "${name}" has a symbolic dimension "${dim}"; this helper needs static ones`);
}

function constantOutputs(
  graph: Graph,
  node: Graph['nodes'][number],
  operands: readonly (Operand | undefined)[],
  outputs: ReturnType<OpDefinition<OpKind>['infer']>,
): readonly Tensor[] | undefined {
  const definition = definitionOf(node.op);
  const folded = definition.fold?.(node, operands);
  if (folded) return [folded];
  // A graph whose whole purpose is this one node (a case with constant inputs only) is not worth folding.
  if (graph.nodes.length === 1) return undefined;
  const values: (Tensor | undefined)[] = [];
  for (const operand of operands) {
    if (operand && !operand.value) return undefined;
    values.push(operand?.value);
  }
  return definition.reference(node, values, outputs);
}
