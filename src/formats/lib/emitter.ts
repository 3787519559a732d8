/**
 * Emits the engine's nodes for one node or layer of a model at a time, and then gives the results the model's own names:
 * what a translation returns is only known by a made-up name until it is complete. Every format writes with this.
 */
import { ImportError, UnsupportedError } from '../../core/errors.ts';
import type { DType } from '../../core/dtype.ts';
import { tensorOf, type Shape, type Tensor } from '../../core/tensor.ts';
import type { GraphBuilder } from '../../ir/builder.ts';
import { NO_ACTIVATION, type Activation, type BinaryKind, type OpAttributes, type OpKind } from '../../ir/ops.ts';

/** A node not yet in the graph: `add` puts it there under `name`, with its values renamed. */
interface Pending {
  readonly name: string;
  readonly outputs: readonly string[];
  readonly add: (rename: (value: string) => string, name: string) => void;
}

/** The node or layer that is being translated. */
export interface Source {
  /** Its name, which no other node of the model has. */
  readonly name: string;
  /** The format's name of the operator or layer. */
  readonly op: string;
}

/** What differs between formats in what an emitter says and makes up. */
export interface Dialect {
  /** Named in errors. */
  readonly format: string;
  /**
   * Made-up names. ONNX: a node is `SOURCE/Conv`, `SOURCE/Conv_1` by its operator, a value `NODE:0` by its node.
   * TensorFlow: a value is `SOURCE/conv`, then `SOURCE/add_1`, numbered through, and a node is called as its value.
   */
  readonly names: 'onnx' | 'tensorflow';
}

/** See the file's header. */
export class Emitter {
  readonly builder: GraphBuilder;
  readonly source: Source;
  readonly dialect: Dialect;
  #pending: Pending[] = [];
  /** The node that carries the source's name, when the translation chose one. */
  #main: Pending | undefined;
  /** How many names were made up, for every counter. */
  readonly #made = new Map<string, number>();

  constructor(builder: GraphBuilder, source: Source, dialect: Dialect) {
    this.builder = builder;
    this.source = source;
    this.dialect = dialect;
  }

  /** Throws ImportError: the node is not valid in its format. */
  fail(message: string): never {
    throw new ImportError(message, { format: this.dialect.format, node: this.source.name, op: this.source.op });
  }

  /** Throws UnsupportedError naming the node and what it asks for; `translate` collects these over all nodes. */
  refuse(what: string): never {
    throw this.#unsupported([what]);
  }

  /** Throws UnsupportedError when the list is not empty: what one node asks for in vain, told together. */
  refuseAll(whats: readonly string[]): void {
    if (whats.length > 0) throw this.#unsupported(whats);
  }

  #unsupported(whats: readonly string[]): UnsupportedError {
    const { name: node, op } = this.source;
    const items = whats.map((what) => ({ node, op, what }));
    return new UnsupportedError(items, { format: this.dialect.format });
  }

  /** Emits a node with `count` outputs and returns their made-up names. */
  many<K extends OpKind>(op: K, inputs: readonly string[], attributes: OpAttributes[K], count: number): string[] {
    return [...this.#emit(this.#fresh(op), { op, inputs, attributes, count }).outputs];
  }

  /** Emits a node with one output and returns its made-up name. */
  one<K extends OpKind>(op: K, inputs: readonly string[], attributes: OpAttributes[K]): string {
    return this.many(op, inputs, attributes, 1)[0] ?? '';
  }

  /**
   * Emits the node that carries the source's name, where what gives the results only rearranges what this one computes.
   * Without it, what gives a result carries the name.
   */
  main<K extends OpKind>(op: K, inputs: readonly string[], attributes: OpAttributes[K]): string {
    this.#main = this.#emit(this.source.name, { op, inputs, attributes, count: 1 });
    return this.#main.outputs[0] ?? '';
  }

  #emit<K extends OpKind>(
    name: string,
    { op, inputs, attributes, count }: { op: K; inputs: readonly string[]; attributes: OpAttributes[K]; count: number },
  ): Pending {
    const outputs = Array.from({ length: count }, (_, i) => this.#valueName(name, op, i));
    const pending: Pending = {
      name,
      outputs,
      add: (rename, as) => {
        this.builder.add(op, inputs.map(rename), attributes, { name: as, outputs: outputs.map(rename) });
      },
    };
    this.#pending.push(pending);
    this.emitted(op, inputs, attributes, outputs);
    return pending;
  }

  #valueName(node: string, op: OpKind, index: number): string {
    if (this.dialect.names === 'onnx') return this.builder.unique(`${node}:${index}`);
    return index === 0 && node !== this.source.name ? node : this.#fresh(op);
  }

  /** A made-up name. Counted, for a node may make thousands and the builder tries one number after the other. */
  #fresh(kind: string): string {
    const numbered = this.dialect.names === 'tensorflow';
    const [counter, stem] = numbered ? ['', kind.toLowerCase()] : [kind, kind];
    const n = this.#made.get(counter) ?? 0;
    this.#made.set(counter, n + 1);
    return this.builder.unique(`${this.source.name}/${stem}${n === 0 ? '' : `_${n}`}`);
  }

  /** Emits an elementwise function of two values. */
  binary(kind: BinaryKind, a: string, b: string): string {
    return this.one('Binary', [a, b], { kind, activation: NO_ACTIVATION });
  }

  /** Applies an activation; `none` emits nothing. */
  activate(x: string, activation: Activation): string {
    return activation.kind === 'none' ? x : this.one('Activation', [x], { activation });
  }

  /** A constant under a made-up name; `stem` says what it is, where the dialect's names do. */
  constant(value: Tensor, stem = 'const'): string {
    return this.builder.initializer(this.#fresh(this.dialect.names === 'onnx' ? stem : 'const'), value);
  }

  /** A 1-D int64 constant: a shape, pads, slice bounds. */
  ints(values: readonly number[]): string {
    return this.constant(tensorOf('int64', [values.length], values), 'ints');
  }

  /** A scalar constant. */
  scalar(dtype: DType, value: number): string {
    return this.constant(tensorOf(dtype, [], [value]), 'scalar');
  }

  /** Reshapes to a known shape; 0 keeps the input's extent, −1 infers. */
  reshape(x: string, shape: Shape): string {
    return this.one('Reshape', [x, this.ints(shape)], { allowZero: false });
  }

  /** Reshapes to an int64 vector that is computed; 0 keeps the input's extent, −1 infers. */
  reshapeTo(x: string, shape: string): string {
    return this.one('Reshape', [x, shape], { allowZero: false });
  }

  /**
   * Puts the emitted nodes in the graph, the results named as `nameOf` says. A result that this emitter did not
   * produce, or that has its name already, gets an Identity; one without a name keeps its own.
   */
  finish(results: readonly string[]): void {
    const produced = new Set(this.#pending.flatMap((p) => p.outputs));
    const rename = new Map<string, string>();
    const copies: [string, string][] = [];
    results.forEach((value, i) => {
      const name = this.nameOf(i);
      if (name === undefined) return;
      if (produced.has(value) && !rename.has(value)) rename.set(value, name);
      else copies.push([value, name]);
    });
    const renamed = (value: string): string => rename.get(value) ?? value;
    for (const [from, to] of rename) this.renamed(from, to);
    const carries = ({ outputs }: Pending): boolean => outputs.some((o) => rename.has(o)) || this.#pending.length === 1;
    for (const pending of this.#pending) {
      const named = this.#main ? pending === this.#main : carries(pending);
      pending.add(renamed, named ? this.source.name : pending.name);
    }
    for (const [value, output] of copies) {
      this.renamed(value, output);
      this.builder.add('Identity', [renamed(value)], {}, { name: this.source.name, outputs: [output] });
    }
    this.#pending = [];
  }

  /** What the model calls output `index` of the source; undefined when it has no name. By default output 0 is called as the source is. */
  nameOf(index: number): string | undefined {
    return index === 0 ? this.source.name : undefined;
  }

  /** What of the source the translation passed over, each a thing that is refused. */
  leftovers(): readonly string[] {
    return [];
  }

  /** For formats that keep notes on values: a node was emitted. */
  protected emitted<K extends OpKind>(
    _op: K,
    _inputs: readonly string[],
    _attributes: OpAttributes[K],
    _outputs: readonly string[],
  ): void {}

  /** For formats that keep notes on values: a made-up name gives way to the model's own. */
  protected renamed(_from: string, _to: string): void {}
}
