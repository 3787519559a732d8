/** State of one import: the graph being built, what is known of its values, and everything found unsupported. */
import { ImportError, type Unsupported } from '../../core/errors.ts';
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import { GraphBuilder } from '../../ir/builder.ts';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';
import { describedFacts, factsOf, type Facts } from './facts.ts';
import type { GraphProto } from './proto.ts';
import { dtypeOf } from './tensor.ts';

/** What all nodes of one import share. */
export class ImportContext {
  readonly builder: GraphBuilder;
  readonly file: string;
  readonly opset: number;
  /** Collected over the whole graph and thrown together. */
  readonly unsupported: Unsupported[] = [];
  /** Constants by value name: initializers, Constant nodes, and Identity of either. */
  readonly constants = new Map<string, Tensor>();
  /** Constants in which an int64 was clamped to int32: right as a slice bound, wrong as a number. */
  readonly clamped = new Set<string>();
  readonly #facts = new Map<string, Facts>();
  readonly #used: ReadonlySet<string>;
  /** Taken node names, and the suffix to try next for each. */
  readonly #nodeNames = new Map<string, number>();

  constructor(graph: GraphProto, file: string, opset: number) {
    this.builder = new GraphBuilder(graph.name);
    this.file = file;
    this.opset = opset;
    this.#used = new Set([...graph.nodes.flatMap((n) => n.inputs), ...graph.outputs.map((o) => o.name)]);
    this.builder.reserve(graph.nodes.flatMap((n) => [n.name, ...n.inputs, ...n.outputs]));
    this.builder.reserve([...graph.inputs, ...graph.outputs, ...graph.initializers].map((v) => v.name));
    for (const info of [...graph.valueInfo, ...graph.outputs, ...graph.inputs]) {
      if (info.dims) {
        this.#facts.set(
          info.name,
          describedFacts(
            dtypeOf(info.elemType),
            info.dims.map((d) => d.value ?? d.param),
          ),
        );
      }
    }
  }

  /** Throws ImportError for a model that is not valid. */
  fail(message: string, at: { node?: string; op?: string } = {}): never {
    throw new ImportError(message, { file: this.file, format: 'onnx', ...at });
  }

  /** True when some node or the graph's outputs read this value. */
  isUsed(value: string): boolean {
    return this.#used.has(value);
  }

  /** What is known of a value. */
  facts(value: string): Facts {
    return this.#facts.get(value) ?? {};
  }

  /** A name for a node that no other node has; unnamed ones are called after operator and position. */
  nodeName(name: string, op: string, index: number): string {
    const stem = name || `${op}_${index}`;
    let suffix = this.#nodeNames.get(stem) ?? 0;
    let unique = suffix === 0 ? stem : `${stem}_${suffix}`;
    while (this.#nodeNames.has(unique)) unique = `${stem}_${++suffix}`;
    this.#nodeNames.set(stem, suffix + 1);
    if (unique !== stem) this.#nodeNames.set(unique, 1);
    return unique;
  }

  /** Adds a constant under exactly this name. */
  initializer(name: string, value: Tensor): void {
    this.builder.initializer(name, value);
    this.noteConstant(name, value);
  }

  /** Records that a value equals a constant. */
  noteConstant(name: string, value: Tensor): void {
    this.constants.set(name, value);
    this.#facts.set(name, describedFacts(value.dtype, value.shape));
  }

  /** Adds a 1-D int64 constant under a made-up name. */
  ints(stem: string, values: readonly number[]): string {
    return this.constant(stem, tensorOf('int64', [values.length], values));
  }

  /** Adds a constant under a made-up name. */
  constant(stem: string, value: Tensor): string {
    const name = this.builder.constant(stem, value);
    this.noteConstant(name, value);
    return name;
  }

  /** Adds a node and derives the facts of its outputs, where the model does not give them itself. */
  add<K extends OpKind>(
    op: K,
    inputs: readonly string[],
    attributes: OpAttributes[K],
    names: { readonly name: string; readonly outputs: readonly string[] },
  ): void {
    this.builder.add(op, inputs, attributes, names);
    const known = inputs.map((i) => (i === '' ? undefined : this.facts(i)));
    names.outputs.forEach((out, index) => {
      const derived = factsOf(op, known, attributes, index);
      const given = this.#facts.get(out);
      this.#facts.set(out, {
        rank: given?.rank ?? derived.rank,
        dtype: given?.dtype ?? derived.dtype,
        length: given?.length ?? derived.length,
      });
    });
  }
}
