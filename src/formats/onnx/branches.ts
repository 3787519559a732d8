/**
 * If, whose branches are graphs of their own: their nodes and constants become ones of the graph around, under names that nobody
 * has, and an If is left that chooses between values. What a branch lacks is told when it may be taken.
 */
import { ImportError, type Unsupported } from '../../core/errors.ts';
import type { Putting } from '../lib/translate.ts';
import type { GraphProto, NodeProto } from './proto.ts';

/** True for an If whose branches are still graphs. */
export function isBranching({ op, domain, attributes }: NodeProto): boolean {
  return op === 'If' && (domain === '' || domain === 'ai.onnx') && attributes.length > 0;
}

/**
 * The graph with the nodes of both branches in place of each If, within branches too, and one If an output: condition, then,
 * otherwise → value. Throws ImportError on branches that are missing, or give another number of values.
 */
export function withoutBranches(graph: GraphProto): GraphProto {
  const merger = new Merger(graph);
  for (const node of graph.nodes) merger.add(node, (name) => name, false);
  return merger.graph;
}

type Scope = (name: string) => string;

class Merger {
  readonly graph: GraphProto;
  /** Names that are taken, and the number to try next for each. */
  readonly #taken: Map<string, number>;

  constructor(graph: GraphProto) {
    const { inputs, outputs, nodes, initializers, valueInfo } = graph;
    this.graph = { ...graph, nodes: [], initializers: [...initializers], valueInfo: [...valueInfo] };
    const values = [...inputs, ...outputs, ...initializers].map(({ name }) => name);
    this.#taken = new Map([...values, ...nodes.flatMap((node) => node.outputs)].map((name) => [name, 1]));
  }

  /** Adds a node whose values are called as `scope` says. */
  add(node: NodeProto, scope: Scope, guarded: boolean): void {
    const inputs = node.inputs.map(scope);
    if (!isBranching(node)) {
      this.graph.nodes.push({ ...node, inputs, outputs: node.outputs.map(scope), guarded });
      return;
    }
    const then = this.#branch(node, 'then_branch', scope);
    const otherwise = this.#branch(node, 'else_branch', scope);
    const [condition = ''] = inputs;
    node.outputs.forEach((output, i) => {
      const chosen = [condition, then[i] ?? '', otherwise[i] ?? ''];
      const choice = { ...node, inputs: chosen, outputs: [scope(output)], attributes: [], guarded };
      if (output !== '') this.graph.nodes.push(choice);
    });
  }

  /** Adds the nodes of a branch; returns what its values are called. */
  #branch(node: NodeProto, attribute: string, outer: Scope): string[] {
    const branch = node.attributes.find(({ name }) => name === attribute)?.g;
    if (!branch) throw invalid(node, `${attribute} is missing`);
    const { initializers, nodes, outputs, valueInfo } = branch;
    if (outputs.length !== node.outputs.length) {
      throw invalid(node, `${attribute} gives ${outputs.length} values, the node names ${node.outputs.length}`);
    }
    const own = new Map<string, string>();
    for (const name of [...initializers.map((t) => t.name), ...nodes.flatMap((n) => n.outputs)]) {
      if (own.has(name)) throw invalid(node, `${attribute} defines "${name}" twice`);
      if (name !== '') own.set(name, this.#unique(name));
    }
    const scope: Scope = (name) => own.get(name) ?? outer(name);
    for (const t of initializers) this.graph.initializers.push({ ...t, name: scope(t.name) });
    for (const v of [...valueInfo, ...outputs]) this.graph.valueInfo.push({ ...v, name: scope(v.name) });
    for (const inner of nodes) this.add(inner, scope, true);
    return outputs.map(({ name }) => scope(name));
  }

  #unique(stem: string): string {
    let name = stem;
    let number = this.#taken.get(stem) ?? 0;
    if (number > 0) while (this.#taken.has((name = `${stem}_${number}`))) number++;
    this.#taken.set(stem, number + 1);
    if (name !== stem) this.#taken.set(name, 1);
    return name;
  }
}

function invalid({ name, op }: NodeProto, message: string): ImportError {
  return new ImportError(message, { format: 'onnx', node: name, op });
}

interface ProtoNode {
  readonly proto: NodeProto;
}

/** What branches lack, kept until it is known whether they may be taken. */
export class Lacks implements Putting<ProtoNode> {
  /** What is lacked in branches that need not be taken. */
  readonly guarded = new Set<Unsupported>();
  readonly #lacks = new Map<string, readonly Unsupported[]>();

  of(value: string): readonly Unsupported[] {
    return this.#lacks.get(value) ?? [];
  }

  /** What keeps a node from being read because it was put off before. Of an If one branch may lack what it will. */
  inherited({ proto: { op, inputs } }: ProtoNode): readonly Unsupported[] {
    const [condition = '', then = '', otherwise = ''] = inputs;
    if (op !== 'If' || this.#lacks.has(condition)) return inputs.flatMap((name) => this.of(name));
    return this.#lacks.has(then) && this.#lacks.has(otherwise) ? [...this.of(then), ...this.of(otherwise)] : [];
  }

  /** Remembers what a node lacks. True where that may never matter, since its branch need not be taken. */
  put({ proto: { outputs, guarded = false } }: ProtoNode, items: readonly Unsupported[]): boolean {
    for (const name of outputs) if (name !== '') this.#lacks.set(name, items);
    if (guarded) for (const item of items) this.guarded.add(item);
    return guarded;
  }
}
