/** Layers models: a Keras architecture and its weights become the engine's graph. */
import { GraphError, ImportError } from '../../../core/errors.ts';
import type { DType } from '../../../core/dtype.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { GraphBuilder } from '../../../ir/builder.ts';
import type { Dim } from '../../../ir/graph.ts';
import type { ImportedModel } from '../../importer.ts';
import { translate } from '../../lib/translate.ts';
import { asArray, asInteger, field } from '../json.ts';
import type { ModelJson } from '../model-json.ts';
import { kerasModel } from '../recognise.ts';
import { LayerContext, WeightFinder, type NamedCall } from './context.ts';
import { LAYERS } from './layers.ts';
import {
  callKey,
  orderCalls,
  parseModel,
  type Call,
  type KerasRef,
  type LayerSpec,
  type ModelSpec,
} from './topology.ts';

/**
 * Imports a layers model. Rejects with UnsupportedError naming every layer and setting the engine lacks, ImportError on a
 * malformed configuration or a missing weight, GraphError on a cycle or a missing layer.
 */
export async function importLayersModel(
  json: ModelJson,
  weights: ReadonlyMap<string, Tensor>,
  name: string,
): Promise<Pick<ImportedModel, 'graph' | 'declared'>> {
  const model = parseModel(kerasModel(json.topology));
  const builder = new GraphBuilder(name);
  builder.reserve(weights.keys());
  const inputs = model.inputs.map((ref) => declareInput(builder, findLayer(model, ref.layer), model.inputs.length));
  const { calls, outputs } = unfold(model, inputs, '');
  builder.reserve(calls.map((call) => call.name));
  const finder = new WeightFinder(builder, weights);
  const options = { unit: 'layer', format: 'tfjs-layers' };
  await translate(calls, LAYERS, (call) => new LayerContext(finder, call), options);
  const named = model.outputs.map((ref, i) => nameOutput(builder, findLayer(model, ref.layer), ref, outputs[i] ?? ''));
  for (const output of new Set(named)) builder.output(output);
  const graph = builder.build();
  // Keras says nothing of its outputs: their shapes follow from the layers.
  return { graph, declared: new Map(graph.inputs.map((input) => [input.name, input])) };
}

/** An output is called after its layer. What comes out of a model inside has that model's inner name: a copy is named. */
function nameOutput(builder: GraphBuilder, layer: LayerSpec, { call, tensor }: KerasRef, value: string): string {
  if (!layer.model) return value;
  const name = `${layer.name}${call === 0 ? '' : `:${call}`}${tensor === 0 ? '' : `/${tensor}`}`;
  return builder.one('Identity', [value], {}, { name: layer.name, outputs: [name] });
}

function findLayer(model: ModelSpec, name: string): LayerSpec {
  const layer = model.layers.find((l) => l.name === name);
  if (!layer) throw new GraphError(`the model names "${name}", which is no layer`, { format: 'tfjs-layers' });
  return layer;
}

const INPUT_DTYPES: Readonly<Record<string, DType>> = {
  float32: 'float32',
  float16: 'float32',
  int32: 'int32',
  bool: 'bool',
};

/** Unknown extents become symbols: `batch` is shared by all inputs, as Keras has it. */
function declareInput(builder: GraphBuilder, { name, config }: LayerSpec, count: number): string {
  const shape = field(config, 'batch_input_shape') ?? field(config, 'batch_shape');
  if (shape === undefined)
    throw new ImportError('the shape of this input is not given', { format: 'tfjs-layers', node: name });
  const symbol = (axis: number): string => (axis === 0 ? 'batch' : count === 1 ? `dim${axis}` : `${name}_dim${axis}`);
  const dims = asArray(shape, `the shape of input "${name}"`).map((d, axis): Dim =>
    d === null ? symbol(axis) : asInteger(d, `the shape of input "${name}"`),
  );
  const declared = field(config, 'dtype') ?? 'float32';
  const dtype =
    typeof declared === 'string' && Object.hasOwn(INPUT_DTYPES, declared) ? INPUT_DTYPES[declared] : 'float32';
  return builder.input(name, dtype ?? 'float32', dims);
}

/** One use of a model as calls of layers alone, in order, those of the models inside it among them. */
interface Unfolded {
  readonly calls: readonly NamedCall[];
  /** The values the model gives. */
  readonly outputs: readonly string[];
}

/** Unfolds one use of a model on the values `inputs`; `prefix` is the path of outer models. */
function unfold(model: ModelSpec, inputs: readonly string[], prefix: string): Unfolded {
  const calls: NamedCall[] = [];
  const values = new Map<string, readonly string[]>();
  model.inputs.forEach((ref, i) => values.set(callKey(ref.layer, 0), [inputs[i] ?? '']));
  const valueOf = ({ layer, call, tensor }: KerasRef): string => {
    const value = values.get(callKey(layer, call))?.[tensor];
    if (value === undefined) {
      throw new GraphError(`tensor ${tensor} of call ${call} of layer "${layer}" does not exist`, {
        format: 'tfjs-layers',
      });
    }
    return value;
  };
  for (const call of orderCalls(model)) {
    const { layer, index, operands: refs } = call;
    if (layer.className === 'InputLayer') continue;
    const name = callName(call, prefix);
    const operands = refs.map(valueOf);
    const inner = layer.model ? unfoldInner(layer.model, operands, name) : undefined;
    for (const each of inner?.calls ?? [{ name, op: layer.className, layer, operands }]) calls.push(each);
    values.set(callKey(layer.name, index), inner?.outputs ?? [name]);
  }
  return { calls, outputs: model.outputs.map(valueOf) };
}

function unfoldInner(model: ModelSpec, operands: readonly string[], name: string): Unfolded {
  if (operands.length !== model.inputs.length) {
    throw new GraphError(`takes ${model.inputs.length} inputs, is given ${operands.length}`, { node: name });
  }
  return unfold(model, operands, `${name}/`);
}

/** The value a call gives, and the node in errors: the layer's name, with the number of a repeated call. */
function callName({ layer, index }: Call, prefix: string): string {
  return `${prefix}${layer.name}${index === 0 ? '' : `:${index}`}`;
}
