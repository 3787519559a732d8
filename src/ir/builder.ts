/** Builds graphs node by node: used by importers, the builders in `models/`, and tests. */
import type { DType } from '../core/dtype.ts';
import { GraphError } from '../core/errors.ts';
import { tensorOf, type Tensor } from '../core/tensor.ts';
import type { Dim, Graph, GraphInput, IntegerScale } from './graph.ts';
import { nodeOf } from './is-op.ts';
import type { Node, OpAttributes, OpKind } from './ops.ts';
import { topologicalOrder, verify } from './verify.ts';

/** Names to give a new node and its outputs; made up when absent. */
export interface NodeNames {
  readonly name?: string;
  readonly outputs?: readonly string[];
  /** How many outputs to name when `outputs` is absent; 1 by default. */
  readonly outputCount?: number;
}

/** A mutable graph under construction. Names must be unique; `build()` orders and verifies. */
export class GraphBuilder {
  readonly #name: string;
  readonly #inputs: GraphInput[] = [];
  readonly #outputs: string[] = [];
  readonly #nodes: Node[] = [];
  readonly #initializers = new Map<string, Tensor>();
  readonly #scales = new Map<string, IntegerScale>();
  readonly #taken = new Set<string>();
  /** The number to try next for each stem. */
  readonly #next = new Map<string, number>();

  constructor(name: string) {
    this.#name = name;
  }

  /** A name that starts with `stem` and is not yet taken; reserves it. */
  unique(stem: string): string {
    let [name, i] = [stem, this.#next.get(stem) ?? 1];
    for (; this.#taken.has(name); i++) name = `${stem}_${i}`;
    this.#next.set(stem, i);
    this.#taken.add(name);
    return name;
  }

  /** Reserves names that appear later, so that made-up names avoid them. */
  reserve(names: Iterable<string>): void {
    for (const name of names) this.#taken.add(name);
  }

  /** Declares a graph input and returns its name. */
  input(name: string, dtype: DType, shape: readonly Dim[]): string {
    this.#taken.add(name);
    this.#inputs.push({ name, dtype, shape });
    return name;
  }

  /** Says what the integers of an input or output stand for. */
  scaled(name: string, scale: IntegerScale): void {
    this.#scales.set(name, scale);
  }

  /** Adds an initializer under exactly this name and returns it. Throws GraphError on a duplicate. */
  initializer(name: string, value: Tensor): string {
    if (this.#initializers.has(name)) throw new GraphError(`initializer "${name}" is defined twice`);
    this.#taken.add(name);
    this.#initializers.set(name, value);
    return name;
  }

  /** Adds an initializer under a made-up name. */
  constant(stem: string, value: Tensor): string {
    return this.initializer(this.unique(stem), value);
  }

  /** Adds a 1-D int64 constant, as shapes, pads and slices are given. */
  ints(stem: string, values: readonly number[]): string {
    return this.constant(stem, tensorOf('int64', [values.length], values));
  }

  /** The initializer of this name, if there is one. */
  tensor(name: string): Tensor | undefined {
    return this.#initializers.get(name);
  }

  /** Adds a node; returns the names of its outputs. */
  add<K extends OpKind>(
    op: K,
    inputs: readonly string[],
    attributes: OpAttributes[K],
    names: NodeNames = {},
  ): string[] {
    const name = names.name ?? this.unique(op.toLowerCase());
    const count = names.outputCount ?? 1;
    const outputs =
      names.outputs ??
      Array.from({ length: count }, (_, i) => this.unique(count === 1 ? `${name}_y` : `${name}_y${i}`));
    this.reserve(outputs);
    this.#nodes.push(nodeOf({ op, name, inputs, outputs, attributes }));
    return [...outputs];
  }

  /** Adds a node with one output and returns that output's name. */
  one<K extends OpKind>(op: K, inputs: readonly string[], attributes: OpAttributes[K], names: NodeNames = {}): string {
    const [output] = this.add(op, inputs, attributes, names);
    if (output === undefined) throw new GraphError('a node needs an output', { op });
    return output;
  }

  /** Marks a value as a graph output. */
  output(name: string): void {
    this.#outputs.push(name);
  }

  /** The finished graph, in topological order. Throws GraphError on a cycle, a missing tensor or a duplicate name. */
  build(): Graph {
    const available = [...this.#inputs.map((i) => i.name), ...this.#initializers.keys()];
    return verify({
      name: this.#name,
      inputs: this.#inputs,
      outputs: this.#outputs,
      nodes: topologicalOrder(this.#nodes, available),
      initializers: this.#initializers,
      values: new Map(),
      ...(this.#scales.size > 0 ? { scales: this.#scales } : {}),
    });
  }
}
