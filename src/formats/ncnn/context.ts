/** What the translation of one layer may ask: its parameters by their ids, its blobs as values, its weights. */
import type { Shape, Tensor } from '../../core/tensor.ts';
import type { GraphBuilder } from '../../ir/builder.ts';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';
import { LayerEmitter, type KnownExtents } from '../lib/layer-emitter.ts';
import type { Translation } from '../lib/translate.ts';
import type { NcnnLayer, ParamNumber, ParamValue } from './net.ts';
import type { NcnnWeights } from './weights.ts';

/** A row of the layer table. */
export type NcnnTranslation = Translation<NcnnContext>;

/** What stands for "all there is" or "what follows" in parameters that are extents. */
export const WHOLE = -233;

/** Hints on the shapes of outputs, and on how to run: they change no result. */
const [SHAPE_HINTS, FEATURES] = [30, 31];

/** Operators that leave integers what they are. */
const MOVES: ReadonlySet<OpKind> = new Set([
  'Identity',
  'Transpose',
  'Reshape',
  'Concat',
  'Slice',
  'Split',
  'ChannelShuffle',
]);

/** Layers that only move what they read, or say what they make of integers. */
const TAKES_INTEGERS: ReadonlySet<string> = new Set([
  'Convolution',
  'ConvolutionDepthWise',
  'InnerProduct',
  'Quantize',
  'Split',
  'Noop',
  'Flatten',
  'Reshape',
  'Permute',
  'Concat',
  'Slice',
  'ShuffleChannel',
  'Packing',
  'DeepCopy',
]);

/** What the layers of a network share. */
export interface NetworkValues {
  readonly known: KnownExtents;
  /** Values that are 8-bit integers of a scale which only the layer that reads them knows. */
  readonly integers: Set<string>;
  readonly weights: NcnnWeights;
  /** An input, whose first extent is the batch. */
  readonly first: string;
}

/** One layer under translation. */
export class NcnnContext extends LayerEmitter {
  readonly #layer: NcnnLayer;
  readonly #weights: NcnnWeights;
  readonly #integers: Set<string>;
  readonly #first: string;
  readonly #read = new Set([SHAPE_HINTS, FEATURES]);

  constructor(builder: GraphBuilder, layer: NcnnLayer, { known, integers, weights, first }: NetworkValues) {
    super(builder, layer, { format: 'ncnn', names: 'onnx' }, known);
    this.#layer = layer;
    this.#weights = weights;
    this.#integers = integers;
    this.#first = first;
  }

  #param(id: number): ParamValue | undefined {
    this.#read.add(id);
    return this.#layer.params.get(id);
  }

  #number(id: number): ParamNumber | undefined {
    const value = this.#param(id);
    if (value === undefined) return undefined;
    return typeof value === 'string' || isList(value) ? this.fail(`parameter ${id} is no number`) : value;
  }

  /** True where the file gives the parameter. */
  has(id: number): boolean {
    return this.#layer.params.has(id);
  }

  /** An integer. */
  int(id: number, fallback: number): number {
    const value = this.#number(id);
    return value ? (value.int ?? this.fail(`parameter ${id} is ${value.float}, which is no integer`)) : fallback;
  }

  /** An integer that is `least` at least. */
  intFrom(least: number, id: number, fallback: number): number {
    const value = this.int(id, fallback);
    return value >= least ? value : this.fail(`parameter ${id} is ${value}`);
  }

  flag(id: number, fallback = false): boolean {
    return this.int(id, fallback ? 1 : 0) !== 0;
  }

  float(id: number, fallback: number): number {
    return this.#number(id)?.float ?? fallback;
  }

  #list(id: number): readonly ParamNumber[] {
    const value = this.#param(id) ?? [];
    return typeof value !== 'string' && isList(value) ? value : this.fail(`parameter ${id} is no list`);
  }

  /** A list of integers; an empty one where the file gives none. */
  intList(id: number): number[] {
    return this.#list(id).map(({ int }) => int ?? this.fail(`list ${id} has numbers that are no integers`));
  }

  /** A list of real numbers; an empty one where the file gives none. */
  floatList(id: number): number[] {
    return this.#list(id).map(({ float }) => float);
  }

  /** Text; undefined where the parameter is none. */
  text(id: number): string | undefined {
    const value = this.#param(id);
    return typeof value === 'string' ? value : undefined;
  }

  /** Refuses a parameter that is text, as newer files have expressions of extents. */
  refuseText(id: number, what: string): void {
    const value = this.#param(id);
    if (typeof value === 'string' && value !== '') this.refuse(`${what} "${value}"`);
  }

  /** Refuses a parameter unless it is 0: `what` names the thing it switches on. */
  refuseFlag(id: number, what: string): void {
    if (this.flag(id)) this.refuse(what);
  }

  /** Takes note that the layer has no use for parameters: as it is used, they change nothing. */
  ignore(...ids: readonly number[]): void {
    for (const id of ids) this.#read.add(id);
  }

  get inputCount(): number {
    return this.#layer.inputs.length;
  }

  get outputCount(): number {
    return this.#layer.outputs.length;
  }

  /** The value of a blob that the layer reads. Refuses integers, unless the layer takes them. */
  input(index = 0): string {
    const value = this.#layer.inputs[index] ?? this.fail(`reads ${this.inputCount} blobs, and needs ${index + 1}`);
    if (this.isInteger(value) && !TAKES_INTEGERS.has(this.source.op)) this.refuse('a blob of 8-bit integers');
    return value;
  }

  /** The values of all blobs that the layer reads. */
  inputs(): string[] {
    return this.#layer.inputs.map((_, i) => this.input(i));
  }

  /** True of a value of 8-bit integers, whose scale is that of the layer which reads it. */
  isInteger(value: string): boolean {
    return this.#integers.has(value);
  }

  /** Dimensions of a blob: those of the value without the batch, which ncnn does not have. */
  dims(value: string): number {
    return this.rank(value) - 1;
  }

  /** The axis of a value that a layer's axis is, which counts a blob's dimensions, from their end where it is negative. */
  axisOf(value: string, axis: number): number {
    const dims = this.dims(value);
    if (axis < -dims || axis >= dims) this.fail(`axis ${axis} of a blob of ${dims} dimensions`);
    return (axis < 0 ? axis + dims : axis) + 1;
  }

  /** The next weights of the file, which the layer may keep smaller than float32. */
  flagged(shape: Shape, what = 'weights', kind?: 'float32' | 'int8'): Tensor {
    return this.#weights.flagged(shape, { source: this.source, what }, kind);
  }

  /** As `flagged`, for layers that take float32 alone: a constant. Fails where the file has 8-bit integers. */
  weights(shape: Shape, what = 'weights'): string {
    const weights = this.flagged(shape, what, 'float32');
    if (weights.dtype !== 'float32') this.fail(`its ${what} are 8-bit integers, without scales`);
    return this.constant(weights, what);
  }

  /** The next weights of the file that are float32 in any case, biases and factors: a constant. */
  plain(shape: Shape, what: string): string {
    return this.constant(this.#weights.plain(shape, { source: this.source, what }), what);
  }

  /** The next weights of the file that are float32 in any case, to look at: of a file whose weights are not read, zeros. */
  numbers(shape: Shape, what: string): Tensor {
    return this.#weights.plain(shape, { source: this.source, what });
  }

  /** Weights as a blob: the same for each image of the batch. */
  perImage(weights: string): string {
    const batch = this.one('Gather', [this.one('Shape', [this.#first], {}), this.ints([0])], { axis: 0 });
    const shape = this.one('Concat', [batch, this.ints(this.extents(weights).map(() => 1))], { axis: 0 });
    return this.one('Expand', [weights, shape], {});
  }

  protected override emitted<K extends OpKind>(
    op: K,
    inputs: readonly string[],
    attributes: OpAttributes[K],
    outputs: readonly string[],
  ): void {
    super.emitted(op, inputs, attributes, outputs);
    const isInteger = op === 'QuantizeLinear' || (MOVES.has(op) && inputs.some((name) => this.isInteger(name)));
    if (isInteger) for (const name of outputs) this.#integers.add(name);
  }

  protected override renamed(from: string, to: string): void {
    super.renamed(from, to);
    if (this.isInteger(from)) this.#integers.add(to);
  }

  override nameOf(index: number): string | undefined {
    return this.#layer.outputs[index];
  }

  /** Parameters that say something, and nobody looked at. */
  override leftovers(): string[] {
    return Array.from(this.#layer.params)
      .filter(([id, value]) => !this.#read.has(id) && says(value))
      .map(([id, value]) => `parameter ${id} = ${shown(value)}`);
  }
}

function isList(value: ParamValue): value is readonly ParamNumber[] {
  return Array.isArray(value);
}

/** False of 0, which switches nothing on. */
function says(value: ParamValue): boolean {
  if (typeof value === 'string') return value !== '';
  return isList(value) ? value.length > 0 : value.float !== 0;
}

function shown(value: ParamValue): string {
  if (typeof value === 'string') return `"${value}"`;
  if (isList(value)) return `[${value.map((each) => each.int ?? each.float).join(', ')}]`;
  return String(value.int ?? value.float);
}
