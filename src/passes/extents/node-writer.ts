/** Writes nodes beside those of a graph that is being walked. */
import type { DType } from '../../core/dtype.ts';
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import {
  NO_ACTIVATION,
  type BinaryKind,
  type Node,
  type NodeOf,
  type OpAttributes,
  type OpKind,
} from '../../ir/ops.ts';
import type { Items } from './item.ts';
import { textOf, type Twins } from './twins.ts';
import { nodeOf } from '../../ir/is-op.ts';

/** The walk that nodes are written for. */
export interface WrittenTo {
  readonly define: (name: string, value: Tensor) => void;
  /** Names of values and nodes. */
  readonly taken: Set<string>;
  readonly twin: Twins['of'];
  /** What is known of values that are extents. */
  readonly items: Map<string, Items>;
  /** Constants that were written, by their elements. */
  readonly constants: Map<string, string>;
}

/** Nodes in the order in which they are written. */
export class NodeWriter {
  readonly nodes: Node[] = [];
  readonly #walk: WrittenTo;
  readonly #stem: string;

  /** Names that are made begin with `stem`. */
  constructor(walk: WrittenTo, stem: string) {
    this.#walk = walk;
    this.#stem = stem;
  }

  /** What is known of values that are extents. */
  get items(): Map<string, Items> {
    return this.#walk.items;
  }

  /** A name that no value and no node has. */
  unique(what: string): string {
    const stem = `${this.#stem}_${what}`;
    let name = stem;
    for (let i = 2; this.#walk.taken.has(name); i++) name = `${stem}_${i}`;
    this.#walk.taken.add(name);
    return name;
  }

  constant(value: Tensor): string {
    const { constants } = this.#walk;
    const key = textOf([value.dtype, value.shape, [...value.data]]);
    const name = constants.get(key) ?? this.unique('constant');
    if (constants.has(key)) return name;
    constants.set(key, name);
    this.#walk.define(name, value);
    return name;
  }

  ints(...values: number[]): string {
    return this.constant(tensorOf('int64', [values.length], values));
  }

  node<K extends OpKind>(
    op: K,
    inputs: readonly string[],
    attributes: OpAttributes[K],
    outputs: readonly string[],
  ): void {
    const name = this.unique('node');
    this.nodes.push(nodeOf({ op, name, inputs, outputs, attributes }));
  }

  /** A node with one output, called `output` where that is given; else one that computes the same will do. */
  one<K extends OpKind>(op: K, inputs: readonly string[], attributes: OpAttributes[K], output?: string): string {
    const outputs = [output ?? this.unique(op.toLowerCase())];
    const node = nodeOf({ op, name: this.unique('node'), inputs, outputs, attributes });
    const [same] = (output === undefined && this.#walk.twin(node)) || [];
    if (!same) this.nodes.push(node);
    return same?.[0] ?? outputs[0] ?? '';
  }

  /** A node again, with other inputs. */
  again<K extends OpKind>({ op, attributes, outputs }: NodeOf<K>, ...inputs: readonly string[]): void {
    this.node(op, inputs, attributes, outputs);
  }

  /** A node of one output again, with other inputs and another name for what it gives. */
  copy(node: Node, inputs: readonly string[], output: string): void {
    this.nodes.push(nodeOf({ ...node, name: this.unique('node'), inputs, outputs: [output] }));
  }

  binary(kind: BinaryKind, x: string, y: string): string {
    return this.one('Binary', [x, y], { kind, activation: NO_ACTIVATION });
  }

  scalar(dtype: DType, value: number): string {
    return this.constant(tensorOf(dtype, [], [value]));
  }

  /** Arithmetic of a count with a number. */
  counted(kind: BinaryKind, count: string, value: number): string {
    return this.binary(kind, count, this.scalar('int32', value));
  }
}
