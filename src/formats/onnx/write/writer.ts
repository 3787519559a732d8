/** The growing list of ONNX nodes that a graph is written to: names, constants, what is known of the graph's values. */
import { UnsupportedError, type Unsupported } from '../../../core/errors.ts';
import type { DType } from '../../../core/dtype.ts';
import { tensorOf, type Shape, type Tensor } from '../../../core/tensor.ts';
import type { Graph } from '../../../ir/graph.ts';
import type { Node, NodeOf, OpAttributes, OpKind } from '../../../ir/ops.ts';
import { at, range, stridesOf } from '../../../util/arrays.ts';
import { describedFacts, type Facts } from '../facts.ts';
import { factsOf } from '../further-facts.ts';
import type { OnnxAttributes, OnnxNodeSpec } from './model.ts';

/** Collects ONNX nodes and initializers. The graph's values and nodes keep their names. */
export class OnnxWriter {
  readonly nodes: OnnxNodeSpec[] = [];
  readonly #graph: Graph;
  readonly #constants = new Map<string, Tensor>();
  readonly #facts = new Map<string, Facts>();
  readonly #taken: Set<string>;
  #node: Pick<Node, 'name' | 'op'> = { name: '', op: 'Identity' };
  /** The value whose writer is called as the node of the graph. */
  #first: string | undefined;

  constructor(graph: Graph) {
    this.#graph = graph;
    for (const { name, dtype, shape } of graph.inputs) this.#facts.set(name, describedFacts(dtype, shape));
    for (const [name, { dtype, shape, data }] of graph.initializers) {
      this.#facts.set(name, describedFacts(dtype, shape, data));
    }
    const values = graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs]);
    this.#taken = new Set([...this.#facts.keys(), ...values]);
  }

  /** Turns to the next node of the graph: what follows is written for it. */
  begin<K extends OpKind>({ name, op, inputs, outputs, attributes }: NodeOf<K>): void {
    this.#node = { name, op };
    this.#first = outputs[0];
    const known = inputs.map((input) => (input === '' ? undefined : this.facts(input)));
    outputs.forEach((output, index) => {
      const inferred = this.#graph.values.get(output);
      const facts = inferred
        ? describedFacts(inferred.dtype, inferred.shape)
        : factsOf(op, known, attributes satisfies OpAttributes[K], index);
      this.#facts.set(output, facts);
    });
  }

  /** Throws UnsupportedError: ONNX has no way to write the node, or too little is known of it. */
  refuse(what: string): never {
    const item: Unsupported = { node: this.#node.name, op: this.#node.op, what };
    throw new UnsupportedError([item], { format: 'onnx' });
  }

  /** What is known of a value of the graph. */
  facts(value: string): Facts {
    return this.#facts.get(value) ?? {};
  }

  /** Rank of a value of the graph. Refuses the node when it cannot be told without inferring shapes. */
  rank(value: string): number {
    return this.facts(value).rank ?? this.refuse(`rank of "${value}" is not known before shapes are inferred`);
  }

  /** Element type of a value of the graph; float32 where it cannot be told. */
  dtype(value: string): DType {
    return this.facts(value).dtype ?? 'float32';
  }

  /** Extents of a value of the graph, where they are known. */
  shape(value: string): Shape | undefined {
    return (this.#graph.initializers.get(value) ?? this.#graph.values.get(value))?.shape;
  }

  /** A value of the graph that is an initializer. */
  value(name: string): Tensor | undefined {
    return this.#graph.initializers.get(name);
  }

  /** Adds a node with one output, the value `output` of the graph or one with a made-up name; returns its name. */
  emit(op: string, inputs: readonly string[], attributes: OnnxAttributes = {}, output?: string): string {
    const isMain = output !== undefined && output === this.#first;
    const name = isMain ? this.#node.name : this.unique(`${this.#node.name}/${op}`);
    const value = output ?? this.unique(`${name}:0`);
    this.many(op, inputs, attributes, [value], name);
    return value;
  }

  /** Adds a node that gives these values of the graph. */
  many(
    op: string,
    inputs: readonly string[],
    attributes: OnnxAttributes,
    outputs: readonly string[],
    name = this.#node.name,
  ): void {
    const given = [...inputs];
    while (given.at(-1) === '') given.pop();
    this.nodes.push({ op, name, inputs: given, outputs, attributes });
  }

  constant(value: Tensor): string {
    const name = this.unique(`${this.#node.name}/const`);
    this.#constants.set(name, value);
    return name;
  }

  /** A 1-D int64 constant. */
  ints(values: readonly number[]): string {
    return this.constant(tensorOf('int64', [values.length], values));
  }

  scalar(dtype: DType, value: number): string {
    return this.constant(tensorOf(dtype, [], [value]));
  }

  /** A value with its dimensions in another order; a constant is written in that order. */
  transpose(x: string, perm: readonly number[], output?: string): string {
    const value = output === undefined ? this.#graph.initializers.get(x) : undefined;
    return value ? this.constant(permuted(value, perm)) : this.emit('Transpose', [x], { perm: { ints: perm } }, output);
  }

  /** Reshapes to a known shape; 0 keeps the input's extent, −1 infers. */
  reshape(x: string, shape: Shape, output?: string): string {
    return this.emit('Reshape', [x, this.ints(shape)], {}, output);
  }

  /** Initializers that something reads, those of the graph first. */
  initializers(): [string, Tensor][] {
    const read = new Set([...this.nodes.flatMap(readBy), ...this.#graph.outputs]);
    return [...this.#graph.initializers, ...this.#constants].filter(([name]) => read.has(name));
  }

  /** A name that no value or node has. */
  unique(stem: string): string {
    let name = stem;
    for (let i = 1; this.#taken.has(name); i++) name = `${stem}_${i}`;
    this.#taken.add(name);
    return name;
  }
}

/** A tensor with its dimensions in another order: dimension i is dimension `perm[i]` of the given one. */
function permuted({ dtype, shape, data }: Tensor, perm: readonly number[]): Tensor {
  const moved = perm.map((axis) => at(shape, axis));
  const given = stridesOf(shape);
  const strides = perm.map((axis) => at(given, axis));
  const result = data.slice();
  const index = range(moved.length).map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from] ?? 0;
    for (let axis = moved.length - 1; axis >= 0; axis--) {
      const stride = at(strides, axis);
      const next = at(index, axis) + 1;
      const wraps = next === at(moved, axis);
      index[axis] = wraps ? 0 : next;
      from += wraps ? stride * (1 - next) : stride;
      if (!wraps) break;
    }
  }
  return { dtype, shape: moved, data: result };
}

/** Names that a node reads, in its subgraphs too. */
function readBy({ inputs, attributes }: OnnxNodeSpec): string[] {
  return [
    ...inputs,
    ...Object.values(attributes).flatMap((value) => ('g' in value ? value.g.nodes.flatMap(readBy) : [])),
  ];
}
