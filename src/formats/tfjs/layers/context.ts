/** What the translation of one layer may ask: its configuration, typed and defaulted, and its weights. */
import { tensorOf, type Tensor } from '../../../core/tensor.ts';
import type { GraphBuilder } from '../../../ir/builder.ts';
import type { Activation, ActivationKind } from '../../../ir/ops.ts';
import { NO_ACTIVATION, RELU, RELU6 } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { Emitter, type Source } from '../../lib/emitter.ts';
import type { Translation } from '../../lib/translate.ts';
import { asArray, asInteger, asNumber, asString, field, isObject, type JsonObject } from '../json.ts';
import type { LayerSpec } from './topology.ts';
import { own } from '../../../util/own.ts';

/** A row of the layer table: emits the nodes of one call and returns the value of its output. */
export type LayerTranslation = Translation<LayerContext>;

/** One use of a layer, called as its output is: by the layer's path, with the number of a repeated call. */
export interface NamedCall extends Source {
  readonly layer: LayerSpec;
  /** The values it is applied to. */
  readonly operands: readonly string[];
  /** How many dimensions each of them has, the batch among them. */
  readonly ranks: readonly number[];
}

/**
 * Finds weights by layer. Weight files name them `layer/kernel`, some with names of outer models before, and those names
 * are not always the ones of the architecture.
 */
export class WeightFinder {
  readonly builder: GraphBuilder;
  readonly #weights: ReadonlyMap<string, Tensor>;
  /** Names by their last two parts; `''` where several end alike. */
  readonly #bySuffix = new Map<string, string>();

  constructor(builder: GraphBuilder, weights: ReadonlyMap<string, Tensor>) {
    this.builder = builder;
    this.#weights = weights;
    for (const name of weights.keys()) {
      const suffix = name.split('/').slice(-2).join('/');
      this.#bySuffix.set(suffix, this.#bySuffix.has(suffix) ? '' : name);
    }
  }

  /** The full name of a weight of the layer that a call is named after; undefined when there is none, or no one. */
  find(call: string, layer: string, weight: string): string | undefined {
    // The weights are the layer's, whichever of its calls this is. No name has more parts than models are nested.
    const parts = call
      .replace(/:\d+(?=\/|$)/g, '')
      .split('/')
      .slice(-64);
    for (; parts.length > 0; parts.shift()) {
      const name = [...parts, weight].join('/');
      if (this.#weights.has(name)) return name;
    }
    return this.#bySuffix.get(`${layer}/${weight}`) || undefined;
  }

  /** The elements of a weight by its full name. */
  tensor(name: string): Tensor | undefined {
    return this.#weights.get(name);
  }
}

const ACTIVATIONS: Readonly<Record<string, readonly [ActivationKind, number, number]>> = {
  elu: ['elu', 1, 0],
  selu: ['selu', 1.6732632423543772, 1.0507009873554805],
  sigmoid: ['sigmoid', 0, 0],
  hard_sigmoid: ['hardSigmoid', 0.2, 0.5],
  hard_sigmoid_3: ['hardSigmoid', 1 / 6, 0.5], // as Keras 3 has it
  tanh: ['tanh', 0, 0],
  softplus: ['softplus', 0, 0],
  softsign: ['softsign', 0, 0],
  swish: ['swish', 0, 0],
  silu: ['swish', 0, 0],
  mish: ['mish', 0, 0],
  gelu: ['gelu', 0, 0],
  gelu_new: ['geluTanh', 0, 0],
  leaky_relu: ['leakyRelu', 0.2, 0],
  hard_silu: ['hardSwish', 0, 0],
  hard_swish: ['hardSwish', 0, 0],
};

/** What an activation's name stands for: a function of one element, or a softmax over the channels. */
export type NamedActivation = Activation | 'softmax' | 'logSoftmax';

/** One use of a layer under translation. */
export class LayerContext extends Emitter {
  readonly layer: LayerSpec;
  /** The values the layer is applied to. */
  readonly operands: readonly string[];
  /** How many dimensions each of them has, the batch among them. */
  readonly ranks: readonly number[];
  readonly #weights: WeightFinder;

  constructor(weights: WeightFinder, { layer, operands, ranks, ...source }: NamedCall) {
    super(weights.builder, source, { format: 'tfjs-layers', names: 'tensorflow' });
    this.layer = layer;
    this.operands = operands;
    this.ranks = ranks;
    this.#weights = weights;
  }

  /** The value that a layer of one operand is applied to. */
  get x(): string {
    return this.operands[0] ?? '';
  }

  /** How many dimensions it has. */
  get rank(): number {
    return this.ranks[0] ?? 0;
  }

  get config(): JsonObject {
    return this.layer.config;
  }

  /** True when its channels lie before the spatial dimensions. */
  get channelsFirst(): boolean {
    const layout = this.string('data_format', 'channels_last');
    if (!/^channels_(first|last)$/.test(layout)) this.refuse(`data_format ${layout}`);
    return layout === 'channels_first';
  }

  int(key: string, fallback: number): number {
    const value = field(this.config, key);
    return value === undefined || value === null ? fallback : asInteger(value, this.#what(key));
  }

  number(key: string, fallback: number): number {
    const value = field(this.config, key);
    return value === undefined || value === null ? fallback : asNumber(value, this.#what(key));
  }

  bool(key: string, fallback: boolean): boolean {
    const value = field(this.config, key);
    return typeof value === 'boolean' ? value : fallback;
  }

  string(key: string, fallback: string): string {
    const value = field(this.config, key);
    return value === undefined || value === null ? fallback : asString(value, this.#what(key));
  }

  /** One integer for each of `dims` spatial dimensions; a single one stands for all, as `fallback` does. */
  extents(key: string, dims: number, fallback: number | readonly number[]): number[] {
    const value = field(this.config, key) ?? fallback;
    const list = Array.isArray(value) ? value : range(dims).map((): unknown => value);
    if (list.length !== dims) this.fail(`${this.#what(key)} has ${list.length} entries, not ${dims}`);
    return list.map((v) => asInteger(v, this.#what(key)));
  }

  /** A list of integers. */
  list(key: string): number[] {
    return asArray(field(this.config, key), this.#what(key)).map((v) => asInteger(v, this.#what(key)));
  }

  /**
   * Margins of the spatial dimensions, as `pads` of a channels-last value times `sign`. The file has one number for all, or for
   * each dimension a number or `[begin, end]`; of a single dimension the pair alone.
   */
  margins(key: string, dims: number, sign: 1 | -1): string {
    const value = field(this.config, key);
    const what = this.#what(key);
    const sides = Array.isArray(value) ? value : range(dims).map((): unknown => value);
    const pairs = dims === 1 && !Array.isArray(sides[0]) && sides.length === 2 ? [sides] : sides;
    if (pairs.length !== dims) this.fail(`${what} has ${pairs.length} entries, not ${dims}`);
    const side = (end: 0 | 1): number[] =>
      pairs.map((pair: unknown) => sign * asInteger(Array.isArray(pair) ? pair[end] : pair, what));
    return this.ints([0, ...side(0), 0, 0, ...side(1), 0]);
  }

  /** The function that an `activation` field names. Refuses an unknown one. */
  activation(key = 'activation'): NamedActivation {
    const value = field(this.config, key);
    const name = isObject(value) ? field(value, 'class_name') : (value ?? 'linear');
    if (name === 'linear') return NO_ACTIVATION;
    if (name === 'relu') return RELU;
    if (name === 'relu6') return RELU6;
    if (name === 'softmax') return 'softmax';
    if (name === 'log_softmax') return 'logSoftmax';
    const known = typeof name === 'string' ? own(ACTIVATIONS, name) : undefined;
    if (!known) this.refuse(typeof name === 'string' ? `${key} "${name}"` : `${key} that is not a name`);
    const [kind, alpha, beta] = known;
    return { kind, alpha, beta };
  }

  /** Emits a node that can apply an activation itself, or has it follow where it cannot. */
  withActivation(activation: NamedActivation, emit: (fused: Activation) => string): string {
    if (typeof activation === 'object') return emit(activation);
    return this.one('Softmax', [emit(NO_ACTIVATION)], { axes: [-1], log: activation === 'logSoftmax' });
  }

  /** True when the weight file has this weight of the layer. */
  hasWeight(weight: string): boolean {
    return this.#weights.find(this.source.name, this.layer.name, weight) !== undefined;
  }

  /** The elements of a weight of this layer. Throws ImportError when the manifest lacks it. */
  weightTensor(weight: string): Tensor {
    return this.#weights.tensor(this.#weightName(weight)) ?? this.#missing(weight);
  }

  /** The value of a weight; an initializer is made when it is first read. */
  weight(weight: string): string {
    const name = this.#weightName(weight);
    return this.builder.tensor(name) ? name : this.builder.initializer(name, this.weightTensor(weight));
  }

  /** A constant of one number repeated. */
  filled(length: number, value: number): string {
    return this.constant(tensorOf('float32', [length], range(length).fill(value)));
  }

  #weightName(weight: string): string {
    return this.#weights.find(this.source.name, this.layer.name, weight) ?? this.#missing(weight);
  }

  #missing(weight: string): never {
    return this.fail(`weight "${this.layer.name}/${weight}" is not in the manifest`);
  }

  #what(key: string): string {
    return `${key} of layer "${this.layer.name}"`;
  }
}
