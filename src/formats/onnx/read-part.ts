/** What of a file's graph is read by anybody: the rest is neither decoded nor asked whether the engine has it. */
import { GraphError, type Unsupported } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Lacks } from './lacks.ts';
import type { GraphProto, NodeProto, ValueInfoProto } from './proto.ts';

/** The part of a graph that its outputs depend on. */
export interface ReadPart extends GraphProto {
  /** Names of the values that a node or a caller reads. */
  readonly read: ReadonlySet<string>;
  /** Constants that were read already, by the names of their values. */
  readonly constants?: ReadonlyMap<string, Tensor>;
  /** What inputs and constants ask for in vain: thrown together with what nodes do. */
  readonly unsupported?: readonly Unsupported[];
  /** What branches lack, where there are branches. */
  readonly lacks?: Lacks;
  /** Adds to the imported graph what the file's metadata says for it. */
  readonly complete?: (graph: Graph) => Graph;
  /** What the caller should know of how the model was read. */
  readonly warnings?: readonly string[];
}

const STRING = 8;

/** True where the file does not say that a value is a string, or no tensor at all. */
export function isTensor({ other, elemType }: ValueInfoProto): boolean {
  return other === undefined && elemType !== STRING;
}

/**
 * The nodes and initializers that the outputs depend on, in the file's order, and the inputs: up to IR version 3 initializers
 * are listed among these too. Throws GraphError where a value is defined twice.
 */
export function readPart(graph: GraphProto): ReadPart {
  const producers = new Map<string, NodeProto>();
  for (const node of graph.nodes) {
    for (const output of node.outputs) {
      if (output === '') continue;
      if (producers.has(output)) throw new GraphError(`value "${output}" is defined twice`, { node: node.name });
      producers.set(output, node);
    }
  }
  const initialized = new Set(graph.initializers.map(({ name }) => name));
  const read = new Set(graph.outputs.map(({ name }) => name));
  const needed = new Set<NodeProto>();
  // The set grows while it is walked.
  for (const name of read) {
    const node = producers.get(name);
    if (node && !needed.has(node)) addReads(node, read);
    if (node) needed.add(node);
  }
  return {
    ...graph,
    read,
    nodes: graph.nodes.filter((node) => needed.has(node)),
    initializers: graph.initializers.filter(({ name }) => read.has(name)),
    inputs: graph.inputs.filter(({ name }) => !initialized.has(name)),
  };
}

/** Adds what a node reads, its subgraphs included: a name that they define themselves does no harm. */
function addReads({ inputs, attributes }: NodeProto, read: Set<string>): void {
  for (const input of inputs) read.add(input);
  for (const { g } of attributes) {
    for (const inner of g?.nodes ?? []) addReads(inner, read);
    for (const { name } of g?.outputs ?? []) read.add(name);
  }
}
