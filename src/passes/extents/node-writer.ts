/** Writes nodes beside those of a graph that is being walked. */
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import {
  NO_ACTIVATION,
  type BinaryKind,
  type Node,
  type NodeOf,
  type OpAttributes,
  type OpKind,
} from '../../ir/ops.ts';
import { nodeOf } from '../../ir/is-op.ts';

/** Nodes in the order in which they are written. */
export class NodeWriter {
  readonly nodes: Node[] = [];
  readonly #define: (name: string, value: Tensor) => void;
  readonly #taken: Set<string>;
  readonly #stem: string;

  /** `define` takes constants; `taken` are names of values and nodes; those that are made begin with `stem`. */
  constructor(define: (name: string, value: Tensor) => void, taken: Set<string>, stem: string) {
    this.#define = define;
    this.#taken = taken;
    this.#stem = stem;
  }

  /** A name that no value and no node has. */
  unique(what: string): string {
    const stem = `${this.#stem}_${what}`;
    let name = stem;
    for (let i = 2; this.#taken.has(name); i++) name = `${stem}_${i}`;
    this.#taken.add(name);
    return name;
  }

  constant(value: Tensor): string {
    const name = this.unique('constant');
    this.#define(name, value);
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

  /** A node with one output, called `output` where that is given. */
  one<K extends OpKind>(op: K, inputs: readonly string[], attributes: OpAttributes[K], output?: string): string {
    const name = output ?? this.unique(op.toLowerCase());
    this.node(op, inputs, attributes, [name]);
    return name;
  }

  /** A node again, with other inputs. */
  again<K extends OpKind>({ op, attributes, outputs }: NodeOf<K>, ...inputs: readonly string[]): void {
    this.node(op, inputs, attributes, outputs);
  }

  binary(kind: BinaryKind, x: string, y: string): string {
    return this.one('Binary', [x, y], { kind, activation: NO_ACTIVATION });
  }

  /** Arithmetic of a count with a number. */
  counted(kind: BinaryKind, count: string, value: number): string {
    return this.binary(kind, count, this.constant(tensorOf('int32', [], [value])));
  }
}
