/**
 * Emits the engine's nodes for one node or layer of the model at a time, and then gives the results the model's own
 * names: what a translation returns is only known by a made-up name until it is complete.
 */
import { UnsupportedError } from '../../core/errors.ts';
import type { DType } from '../../core/dtype.ts';
import { tensorOf, type Shape, type Tensor } from '../../core/tensor.ts';
import type { GraphBuilder } from '../../ir/builder.ts';
import { NO_ACTIVATION, type Activation, type BinaryKind, type OpAttributes, type OpKind } from '../../ir/ops.ts';

/** A node not yet named: `add` puts it in the graph with its values renamed. */
interface Pending {
  readonly outputs: readonly string[];
  readonly add: (rename: (value: string) => string, name: string) => void;
}

/** The node or layer that is being translated. */
export interface Source {
  readonly name: string;
  readonly op: string;
}

/** See the file's header. */
export class Emitter {
  readonly builder: GraphBuilder;
  readonly source: Source;
  #pending: Pending[] = [];
  #made = 0;

  constructor(builder: GraphBuilder, source: Source) {
    this.builder = builder;
    this.source = source;
  }

  /** Throws UnsupportedError naming the node and what it asks for; the importer collects these over all nodes. */
  refuse(what: string): never {
    throw new UnsupportedError([{ node: this.source.name, op: this.source.op, what }], { format: 'tfjs' });
  }

  /** Emits a node with `count` outputs and returns their made-up names. */
  many<K extends OpKind>(op: K, inputs: readonly string[], attributes: OpAttributes[K], count: number): string[] {
    const outputs = Array.from({ length: count }, () => this.#fresh(op.toLowerCase()));
    this.#pending.push({
      outputs,
      add: (rename, name) => {
        this.builder.add(op, inputs.map(rename), attributes, { name, outputs: outputs.map(rename) });
      },
    });
    return outputs;
  }

  /** A made-up name. Counted, for a node may make thousands and the builder tries one number after the other. */
  #fresh(stem: string): string {
    const n = this.#made++;
    return this.builder.unique(`${this.source.name}/${stem}${n === 0 ? '' : `_${n}`}`);
  }

  /** Emits a node with one output and returns its made-up name. */
  one<K extends OpKind>(op: K, inputs: readonly string[], attributes: OpAttributes[K]): string {
    return this.many(op, inputs, attributes, 1)[0] ?? '';
  }

  /** Emits an elementwise function of two values. */
  binary(kind: BinaryKind, a: string, b: string): string {
    return this.one('Binary', [a, b], { kind, activation: NO_ACTIVATION });
  }

  /** Applies an activation; `none` emits nothing. */
  activate(x: string, activation: Activation): string {
    return activation.kind === 'none' ? x : this.one('Activation', [x], { activation });
  }

  /** A constant under a made-up name. */
  constant(value: Tensor): string {
    return this.builder.initializer(this.#fresh('const'), value);
  }

  /** A 1-D int64 constant: a shape, pads, slice bounds. */
  ints(values: readonly number[]): string {
    return this.constant(tensorOf('int64', [values.length], values));
  }

  /** A scalar constant. */
  scalar(dtype: DType, value: number): string {
    return this.constant(tensorOf(dtype, [], [value]));
  }

  /** Reshapes to a known shape; 0 keeps the input's extent, −1 infers. */
  reshape(x: string, shape: Shape): string {
    return this.one('Reshape', [x, this.ints(shape)], { allowZero: false });
  }

  /**
   * Puts the emitted nodes in the graph, `results` renamed to `names`, in order. A result that this emitter did not
   * produce, or that has its name already, gets an Identity; one without a name (undefined) keeps its own.
   */
  flush(results: readonly string[], names: readonly (string | undefined)[]): void {
    const produced = new Set(this.#pending.flatMap((p) => p.outputs));
    const rename = new Map<string, string>();
    const copies: [string, string][] = [];
    results.forEach((value, i) => {
      const name = names[i];
      if (name === undefined) return;
      if (produced.has(value) && !rename.has(value)) rename.set(value, name);
      else copies.push([value, name]);
    });
    const renamed = (value: string): string => rename.get(value) ?? value;
    for (const { outputs, add } of this.#pending) {
      const main = outputs.some((o) => rename.has(o)) || this.#pending.length === 1;
      add(renamed, main ? this.source.name : (outputs[0] ?? this.source.name));
    }
    for (const [value, name] of copies) {
      this.builder.add('Identity', [renamed(value)], {}, { name: this.source.name, outputs: [name] });
    }
    this.#pending = [];
  }
}
