/**
 * Graphs within nodes: those of branches and loops become nodes of the graph around, under names that nobody has. Of an If one
 * is left that chooses between values, of a loop what its rounds begin with and what ends it. What a branch lacks is told when
 * it may be taken.
 */
import { ImportError } from '../../core/errors.ts';
import type { GraphProto, NodeProto } from './proto.ts';

/** What values are called in the graph around. */
export type Naming = (name: string) => string;

/** A graph within a node that is being added: what its values are called, and where it is. */
export interface Within {
  readonly graph: GraphProto;
  readonly naming: Naming;
  /** Set where a branch that is not always taken has it. */
  readonly guarded: boolean;
  /** The loop it is the body of, for messages. */
  readonly body?: string | undefined;
}

/** How a node with graphs is added. */
export type AddNode = (merger: Merger, node: NodeProto, around: Within) => void;

/** The graph around, as far as it is written. */
export class Merger {
  readonly graph: GraphProto;
  readonly #rows: ReadonlyMap<string, AddNode>;
  /** Names that are taken, and the number to try next for each. */
  readonly #taken: Map<string, number>;

  /** Writes nodes of the operators that `rows` has as these say, and the others as they are. */
  constructor(graph: GraphProto, rows: ReadonlyMap<string, AddNode>) {
    const { inputs, outputs, nodes, initializers, valueInfo } = graph;
    this.graph = { ...graph, nodes: [], initializers: [...initializers], valueInfo: [...valueInfo] };
    this.#rows = rows;
    const values = [...inputs, ...outputs, ...initializers].map(({ name }) => name);
    const names = [...values, ...nodes.flatMap((node) => node.outputs), ...unbound(graph, () => false)];
    this.#taken = new Map(names.map((name) => [name, 1]));
  }

  /** Adds a node of the graph that `around` is, with what is within it. */
  add(node: NodeProto, around: Within): void {
    const row = isOnnx(node) ? this.#rows.get(node.op) : undefined;
    if (row) row(this, node, around);
    else
      this.push({ ...node, inputs: node.inputs.map(around.naming), outputs: node.outputs.map(around.naming) }, around);
  }

  /** Adds a node whose values are called as in the graph that is written. */
  push(node: NodeProto, { guarded, body }: Pick<Within, 'guarded' | 'body'>): void {
    this.graph.nodes.push({ ...node, guarded, ...(body === undefined ? {} : { body }) });
  }

  /** Names the values of a node's graph. Throws ImportError where it is missing, or defines a value twice. */
  within(node: NodeProto, attribute: string, around: Within, said: Partial<Within> = {}): Within {
    const graph = node.attributes.find(({ name }) => name === attribute)?.g;
    if (!graph) throw invalid(node, `${attribute} is missing`);
    const { inputs, initializers, nodes } = graph;
    const own = new Map<string, string>();
    const values = [...inputs, ...initializers].map(({ name }) => name);
    for (const name of [...values, ...nodes.flatMap(({ outputs }) => outputs)]) {
      if (own.has(name)) throw invalid(node, `${attribute} defines "${name}" twice`);
      if (name !== '') own.set(name, this.unique(name));
    }
    return { ...around, ...said, graph, naming: (name) => own.get(name) ?? around.naming(name) };
  }

  /** Adds the nodes and constants of a graph whose values have names; returns what its outputs are called. */
  fill(within: Within): string[] {
    const { graph, naming } = within;
    const { inputs, initializers, nodes, outputs, valueInfo } = graph;
    for (const t of initializers) this.graph.initializers.push({ ...t, name: naming(t.name) });
    for (const v of [...valueInfo, ...inputs, ...outputs]) this.graph.valueInfo.push({ ...v, name: naming(v.name) });
    for (const node of nodes) this.add(node, within);
    return outputs.map(({ name }) => naming(name));
  }

  /** A name that no value has. */
  unique(stem: string): string {
    let name = stem;
    let number = this.#taken.get(stem) ?? 0;
    if (number > 0) while (this.#taken.has((name = `${stem}_${number}`))) number++;
    this.#taken.set(stem, number + 1);
    if (name !== stem) this.#taken.set(name, 1);
    return name;
  }
}

/**
 * Names that a graph and those within it use where nobody around has such a value. They are taken, so that no value of another
 * graph, which is not to be seen from there, is found under one.
 */
function unbound({ inputs, outputs, initializers, nodes }: GraphProto, around: (name: string) => boolean): string[] {
  const own = new Set(
    [...inputs, ...initializers].map(({ name }) => name).concat(nodes.flatMap((node) => node.outputs)),
  );
  const has = (name: string): boolean => own.has(name) || around(name);
  const used = [...nodes.flatMap((node) => node.inputs), ...outputs.map(({ name }) => name)];
  const within = nodes.flatMap(({ attributes }) => attributes.flatMap(({ g }) => (g ? unbound(g, has) : [])));
  return [...used.filter((name) => name !== '' && !has(name)), ...within];
}

function isOnnx({ domain }: NodeProto): boolean {
  return domain === '' || domain === 'ai.onnx';
}

/** The error of a node that is not valid. */
export function invalid({ name, op }: NodeProto, message: string): ImportError {
  return new ImportError(message, { format: 'onnx', node: name, op });
}
