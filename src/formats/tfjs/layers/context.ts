/** What the translation of one layer may ask: its configuration, typed and defaulted, and its weights. */
import { tensorOf, type Tensor } from '../../../core/tensor.ts';
import type { GraphBuilder } from '../../../ir/builder.ts';
import type { Activation, ActivationKind } from '../../../ir/ops.ts';
import { NO_ACTIVATION, RELU, RELU6 } from '../../../ir/ops.ts';
import { Emitter, type Source } from '../../lib/emitter.ts';
import type { Translation } from '../../lib/translate.ts';
import { asArray, asInteger, asNumber, asString, field, isObject, type JsonObject } from '../json.ts';
import type { LayerSpec } from './topology.ts';

/** A row of the layer table: emits the nodes of one call and returns the value of its output. */
export type LayerTranslation = Translation<LayerContext>;

/** One use of a layer, called as its output is: by the layer's path, with the number of a repeated call. */
export interface NamedCall extends Source {
  readonly layer: LayerSpec;
  /** The values it is applied to. */
  readonly operands: readonly string[];
}

/** Finds weights by layer. Weight files name them `layer/kernel`, some with the names of outer models before. */
export class WeightFinder {
  readonly builder: GraphBuilder;
  readonly #weights: ReadonlyMap<string, Tensor>;
  readonly #bySuffix = new Map<string, string>();

  constructor(builder: GraphBuilder, weights: ReadonlyMap<string, Tensor>) {
    this.builder = builder;
    this.#weights = weights;
    for (const name of weights.keys()) {
      const suffix = name.split('/').slice(-2).join('/');
      if (!this.#bySuffix.has(suffix)) this.#bySuffix.set(suffix, name);
    }
  }

  /** The full name of a layer's weight; undefined when there is none. */
  find(path: string, layer: string, weight: string): string | undefined {
    const exact = [`${layer}/${weight}`, `${path}/${weight}`].find((name) => this.#weights.has(name));
    return exact ?? this.#bySuffix.get(`${layer}/${weight}`);
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
  tanh: ['tanh', 0, 0],
  softplus: ['softplus', 0, 0],
  softsign: ['softsign', 0, 0],
  swish: ['swish', 0, 0],
  silu: ['swish', 0, 0],
  mish: ['mish', 0, 0],
  gelu: ['gelu', 0, 0],
  gelu_new: ['geluTanh', 0, 0],
  leaky_relu: ['leakyRelu', 0.2, 0],
};

/** What an activation's name stands for: a function of one element, or a softmax over the channels. */
export type NamedActivation = Activation | 'softmax' | 'logSoftmax';

/** One use of a layer under translation. */
export class LayerContext extends Emitter {
  readonly layer: LayerSpec;
  /** The values the layer is applied to. */
  readonly operands: readonly string[];
  readonly #weights: WeightFinder;

  constructor(weights: WeightFinder, { layer, operands, ...source }: NamedCall) {
    super(weights.builder, source, { format: 'tfjs-layers', names: 'tensorflow' });
    this.layer = layer;
    this.operands = operands;
    this.#weights = weights;
  }

  /** The value that a layer of one operand is applied to. */
  get x(): string {
    return this.operands[0] ?? '';
  }

  get config(): JsonObject {
    return this.layer.config;
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

  /** Two integers, height and width; one number stands for both. */
  pair(key: string, fallback: readonly [number, number]): [number, number] {
    const value = field(this.config, key);
    if (value === undefined || value === null) return [...fallback];
    if (!Array.isArray(value)) {
      const both = asInteger(value, this.#what(key));
      return [both, both];
    }
    const [h, w] = this.list(key);
    return h === undefined || w === undefined ? [...fallback] : [h, w];
  }

  /** A list of integers. */
  list(key: string): number[] {
    return asArray(field(this.config, key), this.#what(key)).map((v) => asInteger(v, this.#what(key)));
  }

  /** Margins of four sides: one number, `[vertical, horizontal]`, or `[[top, bottom], [left, right]]`. */
  margins(key: string): [number, number, number, number] {
    const value = field(this.config, key);
    if (typeof value === 'number') return [value, value, value, value];
    const [v, h] = asArray(value, this.#what(key));
    const sides = (side: unknown): [number, number] => {
      if (!Array.isArray(side)) return [asInteger(side, this.#what(key)), asInteger(side, this.#what(key))];
      return [asInteger(side[0], this.#what(key)), asInteger(side[1], this.#what(key))];
    };
    return [...sides(v), ...sides(h)];
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
    const known = typeof name === 'string' && Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
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
    return this.constant(
      tensorOf(
        'float32',
        [length],
        Array.from({ length }, () => value),
      ),
    );
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
