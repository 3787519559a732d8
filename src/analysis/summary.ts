/** What a graph is made of and what one run of it costs. */
import { isFloat } from '../core/dtype.ts';
import { stored, valueBytes } from '../core/storage.ts';
import { elementCount, type Shape } from '../core/tensor.ts';
import { VIEWS } from '../ir/facts.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node, OpKind } from '../ir/ops.ts';
import { descOf } from '../ir/rewrite.ts';
import { definitionOf } from '../ops/registry.ts';
import { at } from '../util/arrays.ts';
import { quantisationOf, type QuantisationSummary } from './quantisation.ts';

/** The cost of one node. */
export interface NodeSummary {
  readonly name: string;
  readonly op: OpKind;
  /** Shape of the first output. */
  readonly shape: Shape;
  readonly multiplyAdds: number;
  /** Trainable elements that this node is the first to read. */
  readonly parameters: number;
  /**
   * Elements read and written: inputs, constants, outputs. For a pointwise convolution without bias this is
   * hw(c₁ + c₂) + c₁c₂/g. A view moves nothing.
   */
  readonly memoryAccess: number;
}

/** Totals of a graph. */
export interface GraphSummary {
  /**
   * Trainable elements, each constant counted once: float constants read as weights or bias by Conv, Gemm and MatMul,
   * as slope by PRelu, as scale or bias (not the running mean and variance, which are statistics) by
   * BatchNormalization, as table by Gather, and as one value per channel by an addition, subtraction, multiplication or
   * division, which is how formats write biases and scales out; and integers that their quantised forms read so. Shapes,
   * indices, scalars, anchors and the scales of integers do not count.
   */
  readonly parameters: number;
  /** Multiply-adds of one run; elementwise operators, pools and data movement count nothing. */
  readonly multiplyAdds: number;
  /**
   * The largest sum of simultaneously live activations while the nodes run in order, in bytes as the engine holds them
   * (4 per element), constants left out. No assignment of buffers can need less for this order.
   */
  readonly activationBytesPeak: number;
  /** Operators by how often they occur. */
  readonly operators: Readonly<Partial<Record<OpKind, number>>>;
  readonly perNode: readonly NodeSummary[];
  /** What the graph has of integers that stand for real numbers; absent where it has no operator on any. */
  readonly quantisation?: QuantisationSummary;
}

/**
 * Analyses a described graph (`values` filled, as `compile` gives it). At level `reference` the numbers are the model's
 * own; at level `full` they are what runs, where folding has merged parameters. Throws GraphError before inference.
 */
export function analyse(graph: Graph): GraphSummary {
  const counted = new Set<string>();
  const perNode = graph.nodes.map((node) => summarise(node, graph, counted));
  const operators: Partial<Record<OpKind, number>> = {};
  for (const { op } of perNode) operators[op] = (operators[op] ?? 0) + 1;
  return {
    parameters: perNode.reduce((sum, n) => sum + n.parameters, 0),
    multiplyAdds: perNode.reduce((sum, n) => sum + n.multiplyAdds, 0),
    activationBytesPeak: peakActivations(graph),
    operators,
    perNode,
    ...quantisationOf(graph),
  };
}

function summarise(node: Node, graph: Graph, counted: Set<string>): NodeSummary {
  const inputs = node.inputs.map((name) => (name === '' ? undefined : descOf(graph, name)));
  const outputs = node.outputs.filter((name) => name !== '').map((name) => descOf(graph, name));
  const moved = [...inputs, ...outputs].reduce((sum, desc) => sum + (desc ? elementCount(desc.shape) : 0), 0);
  const definition = definitionOf(node.op);
  let parameters = 0;
  for (const { slot } of definition.parameters?.(node, inputs) ?? []) {
    const name = node.inputs[slot] ?? '';
    const constant = graph.initializers.get(name);
    if (!constant || counted.has(name) || !(isFloat(constant.dtype) || definition.quantised)) continue;
    counted.add(name);
    parameters += elementCount(constant.shape);
  }
  return {
    name: node.name,
    op: node.op,
    shape: at(outputs, 0).shape,
    multiplyAdds: definition.multiplyAdds?.(node, inputs, outputs) ?? 0,
    parameters,
    memoryAccess: VIEWS.has(node.op) ? 0 : moved,
  };
}

/** The largest sum of live bytes: each piece of memory lives from the node that writes it to the last that reads it. */
function peakActivations(graph: Graph): number {
  const root = new Map<string, string>();
  const rootOf = (name: string): string => root.get(name) ?? name;
  const born = new Map<string, number>(graph.inputs.map(({ name }) => [name, 0]));
  const dies = new Map<string, number>(graph.inputs.map(({ name }) => [name, 0]));
  graph.nodes.forEach((node, i) => {
    for (const name of node.inputs) if (born.has(rootOf(name))) dies.set(rootOf(name), i);
    const source = rootOf(node.inputs[0] ?? '');
    for (const name of node.outputs) {
      if (name === '') continue;
      if (VIEWS.has(node.op) && born.has(source)) {
        root.set(name, source);
        continue;
      }
      born.set(name, i);
      dies.set(name, i);
    }
  });
  for (const name of graph.outputs) if (born.has(rootOf(name))) dies.set(rootOf(name), graph.nodes.length);
  const change = Array.from({ length: graph.nodes.length + 2 }, () => 0);
  for (const [name, from] of born) {
    const bytes = valueBytes(stored(descOf(graph, name)));
    const until = (dies.get(name) ?? from) + 1;
    change[from] = (change[from] ?? 0) + bytes;
    change[until] = (change[until] ?? 0) - bytes;
  }
  let live = 0;
  return change.reduce((peak, delta) => Math.max(peak, (live += delta)), 0);
}
