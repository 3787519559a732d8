/** What is known while the nodes of a graph with control flow are looked at, and what may still be unrolled. */
import { UnsupportedError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Graph, ValueDesc } from '../../ir/graph.ts';
import { nodeOf } from '../../ir/is-op.ts';
import type { Node, NodeOf, OpAttributes, OpKind } from '../../ir/ops.ts';
import type { Walk } from '../extents/data-extents.ts';

/** Rounds, and nodes in them: a file of a hundred bytes can ask for any number. */
const MOST_NODES = 50_000;

/** Entries of all lists there ever are: a loop that adds to one makes a list a round. */
const MOST_ENTRIES = 2 ** 22;

/** See the file's header. */
export class ControlWalk {
  readonly #walk: Walk;
  readonly #taken: Set<string>;
  /** The tensors of each list, by the list's name. */
  readonly #lists = new Map<string, readonly string[]>();
  #nodes = MOST_NODES;
  #entries = MOST_ENTRIES;

  constructor({ inputs, initializers, nodes }: Graph, walk: Walk) {
    this.#walk = walk;
    const named = nodes.flatMap(({ name, outputs }) => [name, ...outputs]);
    this.#taken = new Set([...inputs.map(({ name }) => name), ...initializers.keys(), ...named]);
  }

  /** The elements of a value, where they are known. */
  constant(name: string): Tensor | undefined {
    return this.#walk.constant(name);
  }

  /** Makes a constant under a name that nothing has. */
  define(stem: string, value: Tensor): string {
    const name = this.unique(stem);
    this.#walk.define(name, value);
    return name;
  }

  /** Makes what a value of the graph is known. */
  set(name: string, value: Tensor): void {
    this.#walk.define(name, value);
  }

  /** Describes a tensor that was looked at; undefined of a list. Throws GraphError, naming the node, of what is neither. */
  desc(node: Node, name: string): ValueDesc | undefined {
    return this.#lists.has(name) ? undefined : this.#walk.operandsOf({ ...node, inputs: [name] })[0];
  }

  /** The tensors of a list; undefined of what is none. */
  list(name: string): readonly string[] | undefined {
    return this.#lists.get(name);
  }

  setList(node: Node, name: string, tensors: readonly string[]): void {
    this.#entries -= tensors.length;
    if (this.#entries < 0) this.refuse(node, `lists of more than ${MOST_ENTRIES} entries in all`);
    this.#lists.set(name, tensors);
  }

  /** Counts a node of a round, or a round. Throws UnsupportedError when there are too many. */
  spend(node: Node, nodes = 1): void {
    this.#nodes -= nodes;
    if (this.#nodes < 0) this.refuse(node, `more than ${MOST_NODES} nodes in the rounds of all loops`);
  }

  /** A name that no value and no node has. */
  unique(stem: string): string {
    let name = stem;
    for (let i = 1; this.#taken.has(name); i++) name = `${stem}_${i}`;
    this.#taken.add(name);
    return name;
  }

  /** A node of one output beside those of the graph, named after what it is made for. */
  made<K extends OpKind>(
    stem: string,
    op: K,
    inputs: readonly string[],
    attributes: OpAttributes[K],
  ): { node: Node; output: string } {
    const [name, output] = [this.unique(`${stem}/${op}`), this.unique(stem)];
    return { node: nodeOf({ op, name, inputs, outputs: [output], attributes } as NodeOf<K>), output };
  }

  /** A node as messages name it. */
  where({ name: node, op }: Node): { readonly node: string; readonly op: string } {
    return { node, op: op.replace(/^Loop.*/, 'Loop') };
  }

  /** Throws UnsupportedError naming the node. */
  refuse(node: Node, what: string, hint?: string): never {
    throw new UnsupportedError([{ ...this.where(node), what }], { hint });
  }
}
