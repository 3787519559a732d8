/** State of one import: the graph being built, what is known of its values, and everything found unsupported. */
import { ImportError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import { GraphBuilder } from '../../ir/builder.ts';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';
import type { Lacks } from './lacks.ts';
import { COMMON_FACTS, describedFacts, factsBy, type Facts } from './facts.ts';
import type { ReadPart } from './read-part.ts';
import { dtypeOfTensor } from './tensor.ts';

/** What all nodes of one import share. */
export class ImportContext {
  readonly builder: GraphBuilder;
  readonly file: string;
  readonly opset: number;
  /** Constants by value name: initializers, Constant nodes, and Identity of either. */
  readonly constants = new Map<string, Tensor>();
  /** Constants in which an int64 was clamped to int32: right as a slice bound, wrong as a number. */
  readonly clamped = new Set<string>();
  /** Positions of maxima that pools of the file give. */
  readonly positions = new Set<string>();
  /** What is known of what nodes give: for models of further operators, or that compute lists, more is loaded. */
  factsOf = factsBy(COMMON_FACTS);
  /** What branches of the model lack, where it has branches. */
  readonly lacks: Lacks | undefined;
  readonly #facts = new Map<string, Facts>();
  readonly #read: ReadonlySet<string>;
  /** Taken node names, and the suffix to try next for each. */
  readonly #nodeNames = new Map<string, number>();

  constructor(graph: ReadPart, { file, opset }: Pick<ImportContext, 'file' | 'opset'>) {
    this.builder = new GraphBuilder(graph.name);
    this.file = file;
    this.opset = opset;
    this.#read = graph.read;
    this.lacks = graph.lacks;
    this.builder.reserve(graph.nodes.flatMap((n) => [n.name, ...n.inputs, ...n.outputs]));
    this.builder.reserve([...graph.inputs, ...graph.outputs, ...graph.initializers].map((v) => v.name));
    for (const info of [...graph.valueInfo, ...graph.outputs, ...graph.inputs]) {
      if (info.dims) {
        this.#facts.set(
          info.name,
          describedFacts(
            dtypeOfTensor(info.elemType),
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
    return this.#read.has(value);
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
    this.#facts.set(name, describedFacts(value.dtype, value.shape, value.data));
  }

  /** Derives the facts of what a node gives. */
  noteNode<K extends OpKind>(
    op: K,
    inputs: readonly string[],
    attributes: OpAttributes[K],
    outputs: readonly string[],
  ): void {
    const known = inputs.map((i) => (i === '' ? undefined : this.facts(i)));
    outputs.forEach((out, index) => {
      this.#facts.set(out, this.factsOf(op, known, attributes, index));
    });
  }

  /** A made-up name gives way to one of the model's: what the model says of it itself comes before what was derived. */
  noteName(from: string, to: string): void {
    const [given, derived] = [this.facts(to), this.facts(from)];
    this.#facts.set(to, {
      rank: given.rank ?? derived.rank,
      dtype: given.dtype ?? derived.dtype,
      length: given.length ?? derived.length,
      data: derived.data,
    });
  }
}
