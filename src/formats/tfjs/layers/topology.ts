/** Reads a Keras configuration: Sequential and Functional models as layers and their calls, nested models included. */
import { GraphError, ImportError, UnsupportedError } from '../../../core/errors.ts';
import { asArray, asInteger, asObject, asString, field, isObject, type JsonObject } from '../json.ts';

/** One output tensor of one call of a layer. */
export interface KerasRef {
  readonly layer: string;
  /** Which call of the layer. */
  readonly call: number;
  /** Which output of the call. */
  readonly tensor: number;
}

/** A layer and every time it is called. */
export interface LayerSpec {
  readonly name: string;
  readonly className: string;
  readonly config: JsonObject;
  /** Operands of each call. An InputLayer has none. */
  readonly calls: readonly (readonly KerasRef[])[];
  /** The model inside, when the layer is a model. */
  readonly model: ModelSpec | undefined;
}

/** A model: layers in the order of the file, and what enters and leaves. */
export interface ModelSpec {
  readonly name: string;
  readonly layers: readonly LayerSpec[];
  readonly inputs: readonly KerasRef[];
  readonly outputs: readonly KerasRef[];
}

/** Models in models, deeper than any real architecture: guards the recursion against hostile files. */
const MAX_DEPTH = 32;
const FUNCTIONAL = ['Model', 'Functional'];

/** Reads a `{class_name, config}` model. Throws ImportError on a malformed one. */
export function parseModel(value: unknown, depth = 0): ModelSpec {
  const model = asObject(value, 'the Keras model');
  const className = asString(field(model, 'class_name'), 'class_name of the model');
  if (depth > MAX_DEPTH) throw new ImportError(`models are nested more than ${MAX_DEPTH} deep`);
  if (className === 'Sequential') return parseSequential(field(model, 'config'), depth);
  if (FUNCTIONAL.includes(className)) return parseFunctional(field(model, 'config'), depth);
  throw new UnsupportedError([{ node: String(field(model, 'name') ?? ''), op: className, what: 'model class' }]);
}

function isModelClass(className: string): boolean {
  return className === 'Sequential' || FUNCTIONAL.includes(className);
}

function parseFunctional(value: unknown, depth: number): ModelSpec {
  const config = asObject(value, 'config of the model');
  const layers = asArray(field(config, 'layers'), 'layers of the model').map((entry) => {
    const layer = asObject(entry, 'a layer');
    const { className, config: own, model } = parseLayer(layer, depth);
    const name = asString(field(layer, 'name') ?? field(own, 'name'), `the name of a ${className} layer`);
    const what = `inbound_nodes of "${name}"`;
    const calls = asArray(field(layer, 'inbound_nodes') ?? [], what).map((call) => refs(call, what));
    return { name, className, config: own, calls, model };
  });
  return renumber({
    name: nameOf(config),
    layers: distinct(layers),
    inputs: refs(field(config, 'input_layers'), 'input_layers'),
    outputs: refs(field(config, 'output_layers'), 'output_layers'),
  });
}

/**
 * Numbers calls from 0. A file lists only calls that something reads, but may count others before them: that of a
 * nested model's own construction, for one. So the lowest number by which a layer is read is its first listed call.
 */
function renumber(model: ModelSpec): ModelSpec {
  const first = new Map<string, number>();
  const all = [...model.layers.flatMap((l) => l.calls.flat()), ...model.outputs];
  for (const { layer, call } of all) first.set(layer, Math.min(call, first.get(layer) ?? call));
  const shift = (ref: KerasRef): KerasRef => ({ ...ref, call: ref.call - (first.get(ref.layer) ?? 0) });
  return {
    ...model,
    layers: model.layers.map((l) => ({ ...l, calls: l.calls.map((operands) => operands.map(shift)) })),
    outputs: model.outputs.map(shift),
  };
}

/** A Sequential model as a Functional one: each layer reads the one before, the first an InputLayer. */
function parseSequential(value: unknown, depth: number): ModelSpec {
  const config = isObject(value) ? value : {};
  const list = asArray(Array.isArray(value) ? value : field(config, 'layers'), 'layers of a Sequential model');
  const layers: LayerSpec[] = [];
  const readLast = (): KerasRef => ({ layer: layers.at(-1)?.name ?? '', call: 0, tensor: 0 });
  for (const entry of list) {
    const { className, config: own, model } = parseLayer(asObject(entry, 'a layer'), depth);
    const name = asString(field(own, 'name') ?? model?.name, `the name of a ${className} layer`);
    if (layers.length === 0 && className !== 'InputLayer') layers.push(inputBefore(name, own, model));
    const calls = layers.length === 0 ? [] : [[readLast()]];
    layers.push({ name, className, config: own, calls, model });
  }
  const [first] = layers;
  if (!first) throw new ImportError('a Sequential model has no layers');
  return {
    name: nameOf(config),
    layers: distinct(layers),
    inputs: [{ layer: first.name, call: 0, tensor: 0 }],
    outputs: [readLast()],
  };
}

function parseLayer(
  layer: JsonObject,
  depth: number,
): { className: string; config: JsonObject; model: ModelSpec | undefined } {
  const className = asString(field(layer, 'class_name'), 'class_name of a layer');
  const config = field(layer, 'config');
  const model = isModelClass(className) ? parseModel(layer, depth + 1) : undefined;
  // The configuration of an old Sequential model is a bare list: its name is then beside it.
  return {
    className,
    config: Array.isArray(config) ? layer : asObject(config, `config of a ${className} layer`),
    model,
  };
}

/**
 * The InputLayer that a Sequential model leaves out. Its shape is on the first layer; where that is a model, the input
 * is that model's own, name included, as TensorFlow.js has it.
 */
function inputBefore(name: string, config: JsonObject, model: ModelSpec | undefined): LayerSpec {
  const inner = model?.layers.find((l) => l.name === model.inputs[0]?.layer);
  return {
    name: inner?.name ?? `${name}_input`,
    className: 'InputLayer',
    config: inner?.config ?? config,
    calls: [],
    model: undefined,
  };
}

function nameOf(config: JsonObject): string {
  const name = field(config, 'name');
  return typeof name === 'string' ? name : 'model';
}

function distinct(layers: readonly LayerSpec[]): readonly LayerSpec[] {
  const names = new Set<string>();
  for (const { name } of layers) {
    if (names.has(name))
      throw new GraphError('there are two layers of this name', { format: 'tfjs-layers', node: name });
    names.add(name);
  }
  return layers;
}

/** A list of `[layer, call, tensor, …]`. */
function refs(value: unknown, what: string): KerasRef[] {
  const list = asArray(value, what);
  // A single reference may stand without the list around it.
  const entries = typeof list[0] === 'string' ? [list] : list;
  return entries.map((entry) => {
    const [layer, call, tensor] = asArray(entry, what);
    return { layer: asString(layer, what), call: asInteger(call ?? 0, what), tensor: asInteger(tensor ?? 0, what) };
  });
}

/** One call of a layer, by its position. */
export interface Call {
  readonly layer: LayerSpec;
  readonly index: number;
  readonly operands: readonly KerasRef[];
}

/** The calls of a model so that each follows those it reads (Kahn 1962). Throws GraphError on a cycle or a missing layer. */
export function orderCalls({ layers }: ModelSpec): Call[] {
  const byName = new Map(layers.map((l) => [l.name, l]));
  const calls = layers.flatMap((layer) => layer.calls.map((operands, index) => ({ layer, index, operands })));
  const position = new Map(calls.map((c, i) => [callKey(c.layer.name, c.index), i]));
  const waiting = calls.map(() => 0);
  const users = calls.map((): number[] => []);
  calls.forEach(({ layer, operands }, i) => {
    for (const ref of operands) {
      const source = byName.get(ref.layer);
      if (!source)
        throw new GraphError(`reads "${ref.layer}", which is no layer`, { format: 'tfjs-layers', node: layer.name });
      if (source.calls.length === 0) continue;
      const from = position.get(callKey(ref.layer, ref.call));
      if (from === undefined)
        throw new GraphError(`reads call ${ref.call} of "${ref.layer}", which is not made`, { node: layer.name });
      waiting[i] = (waiting[i] ?? 0) + 1;
      users[from]?.push(i);
    }
  });
  const queue = calls.map((_, i) => i).filter((i) => waiting[i] === 0);
  for (let head = 0; head < queue.length; head++) {
    for (const user of users[queue[head] ?? 0] ?? []) {
      waiting[user] = (waiting[user] ?? 0) - 1;
      if (waiting[user] === 0) queue.push(user);
    }
  }
  const stuck = calls.find((_, i) => (waiting[i] ?? 0) > 0);
  if (stuck) throw new GraphError(`the model has a cycle through "${stuck.layer.name}"`, { format: 'tfjs-layers' });
  return queue.flatMap((i) => calls[i] ?? []);
}

/** Key of one call of a layer in maps. */
export function callKey(layer: string, call: number): string {
  return `${call}/${layer}`;
}
