/**
 * Keras configurations in the terms of the plain format, which `topology.ts` reads: the references, shapes and numbered weights
 * of Keras 3, and TimeDistributed as the model it stands for.
 */
import type { Unsupported } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { asArray, asObject, asString, field, isObject, type JsonObject } from '../json.ts';

/** A model in plain terms, its weights by the names that layers ask for, and what has no plain terms. */
export interface Rewritten {
  readonly keras: unknown;
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly found: readonly Unsupported[];
}

/** Deeper than any model is nested; `parseModel` refuses it then. */
const MAX_DEPTH = 32;
/** Arguments by name that are values, in the order in which layers take them behind the first. */
const NAMED_VALUES = ['value', 'key'];
const MODELS = ['Sequential', 'Functional', 'Model'];

/** Rewrites a `{class_name, config}` model. Throws ImportError where the file is not valid. */
export function plainTerms(keras: unknown, weights: ReadonlyMap<string, Tensor>): Rewritten {
  const rewriting = new Rewriting(weights);
  const model = rewriting.layer(asObject(keras, 'the Keras model'), 0);
  return { keras: model, weights: rewriting.weights, found: rewriting.found };
}

class Rewriting {
  readonly weights: Map<string, Tensor>;
  readonly found: Unsupported[] = [];
  /** Names of weights without what follows the last `/`: those that are numbered there, and all. */
  readonly #numbered = new Map<string, string>();
  readonly #owners = new Set<string>();

  constructor(weights: ReadonlyMap<string, Tensor>) {
    this.weights = new Map(weights);
    for (const name of weights.keys()) {
      const owner = name.slice(0, name.lastIndexOf('/'));
      this.#owners.add(owner);
      if (name.endsWith('/0')) this.#numbered.set(owner.slice(owner.lastIndexOf('/') + 1), owner);
    }
  }

  /** A layer, which may be a model. */
  layer(value: JsonObject, depth: number): JsonObject {
    const config = field(value, 'config');
    if (!isObject(config) || depth > MAX_DEPTH) return value;
    const className = asString(field(value, 'class_name'), 'class_name of a layer');
    const name = String(field(value, 'name') ?? field(config, 'name') ?? '');
    // What Keras 3 makes of `x + y` is NumPy's function, and no layer.
    const isFunction = /\bops\b/.test(String(field(value, 'module')));
    const number = isFunction ? numberIn(field(value, 'inbound_nodes')) : undefined;
    const inbound = this.#calls(field(value, 'inbound_nodes'), name, className, number);
    const keras3 = field(value, 'registered_name') !== undefined;
    const calls = inbound === undefined ? {} : { inbound_nodes: inbound };
    if (className === 'TimeDistributed') return { ...value, ...this.#timeDistributed(name, config, depth), ...calls };
    if (MODELS.includes(className)) return { ...value, config: this.#model(className, config, depth), ...calls };
    this.#nameWeights(name, className, config);
    return {
      ...value,
      ...calls,
      class_name: isFunction ? `keras.ops.${className}` : className,
      config: { ...(keras3 ? inKeras3(config) : config), ...number },
    };
  }

  #model(className: string, config: JsonObject, depth: number): JsonObject {
    const layers = asArray(field(config, 'layers'), 'layers of the model').map((entry) =>
      this.layer(asObject(entry, 'a layer'), depth + 1),
    );
    if (className !== 'Sequential') {
      return {
        ...config,
        layers,
        input_layers: ends(config, 'input_layers'),
        output_layers: ends(config, 'output_layers'),
      };
    }
    const [first] = layers;
    const own = first && field(first, 'config');
    const shape = field(config, 'build_input_shape');
    if (!isObject(own) || !Array.isArray(shape) || field(own, 'batch_input_shape') !== undefined)
      return { ...config, layers };
    if (['InputLayer', ...MODELS].includes(String(first?.class_name))) return { ...config, layers };
    const input = { name: `${String(field(own, 'name'))}_input`, batch_input_shape: shape };
    return { ...config, layers: [{ class_name: 'InputLayer', config: input }, ...layers] };
  }

  /** Each step of a series is an image of a batch, to a model of the layer alone. */
  #timeDistributed(name: string, config: JsonObject, depth: number): JsonObject {
    const given = asObject(field(config, 'layer'), `layer of "${name}"`);
    const inner = asObject(field(given, 'config'), `config of the layer in "${name}"`);
    const isModel = MODELS.includes(String(field(given, 'class_name')));
    // Keras calls the weights of a layer inside after the outer one, TensorFlow.js after the layer.
    const named = !isModel && this.#owners.has(name) ? name : String(field(inner, 'name') ?? 'layer');
    const [series, fold, unfold] = [`${name}_input`, `${name}_fold`, `${name}_unfold`];
    const layers = [
      layer('InputLayer', series, { batch_input_shape: field(config, 'batch_input_shape') }),
      layer('FoldTime', fold, {}, series),
      { ...given, name: named, config: { ...inner, name: named }, inbound_nodes: [[[fold, 0, 0]]] },
      layer('UnfoldTime', unfold, {}, named, series),
    ];
    const model = { name, layers, input_layers: [[series, 0, 0]], output_layers: [[unfold, 0, 0]] };
    return { class_name: 'Functional', config: this.#model('Functional', model, depth) };
  }

  /** Calls as lists of `[layer, call, tensor]`: `{args, kwargs}` of Keras 3, or `[[layer, call, tensor, kwargs], …]`. */
  #calls(value: unknown, node: string, op: string, number: JsonObject | undefined): unknown {
    if (!Array.isArray(value)) return value;
    return value.map((call: unknown) => {
      const read: (readonly unknown[])[] = [];
      if (isObject(call)) {
        const rest = tensorsIn(field(call, 'args'), read);
        if (rest > (number ? 1 : 0)) this.found.push({ node, op, what: 'an argument that is no value' });
        return [...read, ...this.#named(field(call, 'kwargs'), node, op)];
      }
      const entries = asArray(call, `inbound_nodes of "${node}"`);
      const refs = (typeof entries[0] === 'string' ? [entries] : entries).map((ref) => asArray(ref, 'a reference'));
      return refs.flatMap((ref) => [ref.slice(0, 3), ...this.#named(ref[3], node, op)]);
    });
  }

  /** The values among arguments by name, in the order in which layers take them. What says something else is not heeded. */
  #named(value: unknown, node: string, op: string): (readonly unknown[])[] {
    const kwargs = isObject(value) ? value : {};
    const read: (readonly unknown[])[] = [];
    for (const name of NAMED_VALUES) {
      const given = field(kwargs, name);
      const ref = history(given) ?? given;
      if (Array.isArray(ref)) read.push(ref);
    }
    const others = Object.entries(kwargs).filter(
      ([name, v]) => v !== null && v !== false && !NAMED_VALUES.includes(name),
    );
    for (const [name] of others) this.found.push({ node, op, what: `argument ${name}` });
    return read;
  }

  /** Gives weights that are numbered in a layer the names by which its translation asks. */
  #nameWeights(name: string, className: string, config: JsonObject): void {
    const owner = this.#numbered.get(name);
    if (owner === undefined) return;
    weightsOf(className, config).forEach((weight, i) => {
      const value = this.weights.get(`${owner}/${i}`);
      if (value) this.weights.set(`${owner}/${weight}`, value);
    });
  }
}

/** A layer that is called once, on the first outputs of others. */
function layer(className: string, name: string, config: JsonObject, ...from: string[]): JsonObject {
  const calls = from.length === 0 ? [] : [from.map((source) => [source, 0, 0])];
  return { class_name: className, name, config: { ...config, name }, inbound_nodes: calls };
}

/** Names of a layer's weights, in Keras's order. */
function weightsOf(className: string, config: JsonObject): string[] {
  const all = className.startsWith('Separable')
    ? ['depthwise_kernel', 'pointwise_kernel', 'bias']
    : className.startsWith('DepthwiseConv')
      ? ['depthwise_kernel', 'bias']
      : className === 'BatchNormalization'
        ? ['gamma', 'beta', 'moving_mean', 'moving_variance']
        : /^(Layer|Group)Normalization$/.test(className)
          ? ['gamma', 'beta']
          : className === 'Embedding'
            ? ['embeddings']
            : className === 'PReLU'
              ? ['alpha']
              : className === 'Normalization'
                ? ['mean', 'variance']
                : ['kernel', 'bias'];
  const absent = { bias: 'use_bias', gamma: 'scale', beta: 'center' };
  return all.filter((weight) => !(weight in absent) || field(config, absent[weight as keyof typeof absent]) !== false);
}

/** Where Keras 3 means something else by the same words, or uses more of them: an activation may be an object that names it. */
function inKeras3(config: JsonObject): JsonObject {
  const given = field(config, 'activation');
  const called = isObject(given) && field(given, 'class_name') === 'function' ? field(given, 'config') : given;
  const activation = called === 'hard_sigmoid' ? 'hard_sigmoid_3' : called;
  return { ...config, ...(activation === undefined ? {} : { activation }), half_pixel_centers: true };
}

/** The number that is one of the two arguments of a function's only call, and whether it is the first. */
function numberIn(calls: unknown): JsonObject | undefined {
  const [call, ...more] = Array.isArray(calls) ? calls : [];
  const args: unknown = isObject(call) && more.length === 0 ? field(call, 'args') : undefined;
  if (!Array.isArray(args) || args.length !== 2) return undefined;
  const at = args.findIndex((arg) => typeof arg === 'number');
  return at < 0 ? undefined : { number: args[at], number_first: at === 0 };
}

/** Inputs or outputs of a model: a list of references, one of them, or an object of either. */
function ends(config: JsonObject, key: string): unknown {
  const value = field(config, key);
  return isObject(value) ? Object.values(value) : value;
}

/** The reference in a `__keras_tensor__`. */
function history(value: unknown): readonly unknown[] | undefined {
  if (!isObject(value) || field(value, 'class_name') !== '__keras_tensor__') return undefined;
  return asArray(field(asObject(field(value, 'config'), 'a __keras_tensor__'), 'keras_history'), 'keras_history');
}

/** Adds the references in an argument, which may be lists of lists; returns how many things there are that are none. */
function tensorsIn(value: unknown, read: (readonly unknown[])[], depth = 0): number {
  const ref = history(value);
  if (ref) read.push(ref);
  if (ref || value === null || value === undefined) return 0;
  if (!Array.isArray(value) || depth > MAX_DEPTH) return 1;
  return value.reduce((others: number, entry) => others + tensorsIn(entry, read, depth + 1), 0);
}
