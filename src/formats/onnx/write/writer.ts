/** The growing list of ONNX nodes that a graph is written to: names, constants, what is known of the graph's values. */
import { UnsupportedError, type Unsupported } from '../../../core/errors.ts';
import { normalizeAxis } from '../../../core/broadcast.ts';
import type { DType } from '../../../core/dtype.ts';
import { tensorOf, type Shape, type Tensor } from '../../../core/tensor.ts';
import type { Graph } from '../../../ir/graph.ts';
import type { Node, NodeOf, OpAttributes, OpKind } from '../../../ir/ops.ts';
import { at, range } from '../../../util/arrays.ts';
import { describedFacts, type Facts } from '../facts.ts';
import { factsOf } from '../further-facts.ts';
import { isIdentity, permuted } from './constants.ts';
import { readBy, withoutDeadMoves } from './dead-moves.ts';
import { DATA_TYPE, type OnnxAttributes, type OnnxNodeSpec } from './model.ts';

/** What may help where ONNX has nothing like a node. */
const NOTHING_LIKE_IT =
  'ONNX has nothing that says the same: run the model as it is, or take its outputs before this node';

/** What may help where too little is known of a graph. */
export const GIVE_EXTENTS = 'Write the graph with extents for all of its inputs (inputShapes, --input-shape)';

/** A value as another one with its dimensions in another order. */
export interface TransposedView {
  readonly source: string;
  readonly perm: readonly number[];
}

/** Inputs that ONNX has as int64, by their places, where the graph takes other integers, too. */
const INT64: Readonly<Record<string, readonly number[]>> = {
  ConstantOfShape: [0],
  Expand: [1],
  GatherND: [1],
  MaxUnpool: [1],
  NonMaxSuppression: [2],
  Pad: [1],
  Reshape: [1],
  Resize: [3],
  ReverseSequence: [1],
  ScatterND: [1],
  Slice: [1, 2, 3, 4],
  Split: [1],
  Squeeze: [1],
  Tile: [1],
  TopK: [1],
  Trilu: [1],
  Unsqueeze: [1],
};

/** Collects ONNX nodes and initializers. The graph's values and nodes keep their names. */
export class OnnxWriter {
  readonly #nodes: OnnxNodeSpec[] = [];
  readonly #graph: Graph;
  readonly #constants = new Map<string, Tensor>();
  readonly #facts = new Map<string, Facts>();
  readonly #taken: Set<string>;
  readonly #views = new Map<string, TransposedView>();
  /** Constants that are dequantised, by what comes of it. */
  readonly #dequantised = new Map<string, NodeOf<'DequantizeLinear'>>();
  #node: Pick<Node, 'name' | 'op'> = { name: '', op: 'Identity' };
  readonly #named = new Set<string>();
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

  /** Throws UnsupportedError: ONNX has no way to write the node, or too little is known of it, which the remedy says then. */
  refuse(what: string, remedy = NOTHING_LIKE_IT): never {
    const item: Unsupported = { node: this.#node.name, op: this.#node.op, what, remedy };
    throw new UnsupportedError([item], { format: 'onnx' });
  }

  /** What is known of a value of the graph. */
  facts(value: string): Facts {
    return this.#facts.get(value) ?? {};
  }

  /** Rank of a value of the graph. Refuses the node when it cannot be told without inferring shapes. */
  rank(value: string): number {
    const { rank } = this.facts(value);
    return rank ?? this.refuse(`rank of "${value}" is not known before shapes are inferred`, GIVE_EXTENTS);
  }

  /** Element type of a value of the graph; float32 where it cannot be told. */
  dtype(value: string): DType {
    return this.facts(value).dtype ?? 'float32';
  }

  /** Extents of a value of the graph, where they are known. */
  shape(value: string): Shape | undefined {
    const known = this.#graph.initializers.get(value) ?? this.#graph.values.get(value);
    const port = this.#graph.inputs.find(({ name }) => name === value)?.shape ?? [];
    const extents = port.flatMap((extent) => (typeof extent === 'number' ? [extent] : []));
    return known?.shape ?? (port.length > 0 && extents.length === port.length ? extents : undefined);
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
    wanted = this.#node.name,
  ): void {
    // Nodes of a graph may share a name, those of a file may not.
    const name = this.#named.has(wanted) ? this.unique(wanted) : wanted;
    this.#named.add(name);
    const typed = inputs.map((x, slot) =>
      (INT64[op] ?? (op.startsWith('Reduce') ? [1] : [])).includes(slot) ? this.cast(x, 'int64') : x,
    );
    const given = typed.map((x) => (isIdentity(this.view(x)?.perm) ? (this.view(x)?.source ?? x) : x));
    while (given.at(-1) === '') given.pop();
    this.#nodes.push({ op, name, inputs: given, outputs, attributes });
  }

  /** A value of the graph in another element type, where its own is known to be other. */
  cast(value: string, dtype: DType): string {
    const known = this.facts(value).dtype;
    if (value === '' || known === undefined || known === dtype) return value;
    return this.emit('Cast', [value], { to: { i: DATA_TYPE[dtype] } });
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

  /**
   * A value with its dimensions in another order; a constant, also one that is dequantised, is written in that order, and what
   * was brought out of it is that.
   */
  transpose(x: string, perm: readonly number[], output?: string): string {
    if (output === undefined) {
      const constant = this.constantLike(x, (value) => permuted(value, perm), perm);
      if (constant !== undefined) return constant;
    }
    const { source, perm: before } = this.view(x) ?? { source: x, perm: range(perm.length) };
    const whole = perm.map((axis) => at(before, axis));
    if (output === undefined && isIdentity(whole)) return source;
    const y = isIdentity(whole)
      ? this.emit('Identity', [source], {}, output)
      : this.emit('Transpose', [source], { perm: { ints: whole } }, output);
    this.#views.set(y, { source, perm: whole });
    if (output !== undefined && !this.#facts.has(source)) this.#facts.set(source, this.facts(output));
    return y;
  }

  /** What a value is a transposition of, if it is one. */
  view(x: string): TransposedView | undefined {
    return this.#views.get(x);
  }

  /** Says that a node of the graph only dequantises a constant: see `constantLike`. */
  dequantises(node: NodeOf<'DequantizeLinear'>): void {
    if (this.value(node.inputs[0] ?? '')) this.#dequantised.set(node.outputs[0] ?? '', node);
  }

  /** A value of the graph that is a constant, or one that all of one scale is dequantised to: its integers then. */
  constantAt(x: string): Tensor | undefined {
    const [integers = '', scale = ''] = this.#dequantised.get(x)?.inputs ?? [];
    return this.value(x) ?? (this.value(scale)?.shape.length === 0 ? this.value(integers) : undefined);
  }

  /**
   * What `change` makes of a constant, also of one that is dequantised, if by several scales then along the axis that is at
   * its place in `perm`; undefined of what is none.
   */
  constantLike(x: string, change: (value: Tensor) => Tensor, perm?: readonly number[]): string | undefined {
    const value = this.value(x);
    if (value) return this.constant(change(value));
    const node = this.#dequantised.get(x);
    const [integers = '', scale = '', ...zeroPoint] = node?.inputs ?? [];
    const given = this.value(integers);
    const isScalar = this.value(scale)?.shape.length === 0;
    if (!node || !given || (!perm && !isScalar) || node.attributes.blockSize > 0) return undefined;
    const axis = { i: isScalar ? 0 : (perm ?? []).indexOf(normalizeAxis(node.attributes.axis, given.shape.length)) };
    return this.emit('DequantizeLinear', [this.constant(change(given)), scale, ...zeroPoint], { axis });
  }

  /** Reshapes to a known shape; 0 keeps the input's extent, −1 infers. */
  reshape(x: string, shape: Shape, output?: string): string {
    return this.emit('Reshape', [x, this.ints(shape)], {}, output);
  }

  /** What was written, without what turned out to be for nothing; and the initializers, those of the graph first. */
  finish(): { readonly nodes: readonly OnnxNodeSpec[]; readonly initializers: [string, Tensor][] } {
    const nodes = withoutDeadMoves(this.#nodes, this.#graph.outputs);
    const read = new Set([...nodes.flatMap(readBy), ...this.#graph.outputs]);
    return {
      nodes,
      initializers: [...this.#graph.initializers, ...this.#constants].filter(([name]) => read.has(name)),
    };
  }

  /** A name that no value or node has. */
  unique(stem: string): string {
    let name = stem;
    for (let i = 1; this.#taken.has(name); i++) name = `${stem}_${i}`;
    this.#taken.add(name);
    return name;
  }
}
