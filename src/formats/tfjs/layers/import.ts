/** Layers models: a Keras architecture and its weights become the engine's graph. */
import { GraphError, ImportError, type Unsupported } from '../../../core/errors.ts';
import { onDemand } from '../../../core/on-demand.ts';
import type { DType } from '../../../core/dtype.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { GraphBuilder } from '../../../ir/builder.ts';
import type { Dim, GraphInput } from '../../../ir/graph.ts';
import type { ImportedModel } from '../../importer.ts';
import { translate } from '../../lib/translate.ts';
import { asArray, asInteger, field } from '../json.ts';
import type { ModelJson } from '../model-json.ts';
import { kerasModel } from '../recognise.ts';
import { LayerContext, WeightFinder, type NamedCall } from './context.ts';
import { LAYERS } from './layers.ts';
import { rankAfter } from './ranks.ts';
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
  fileWeights: ReadonlyMap<string, Tensor>,
  name: string,
): Promise<Pick<ImportedModel, 'graph' | 'declared'>> {
  const { keras, weights, found } = await plainKeras(json, fileWeights);
  const model = parseModel(keras);
  const builder = new GraphBuilder(name);
  builder.reserve(weights.keys());
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  const inputs = model.inputs.map((ref) => declareInput(builder, findLayer(layers, ref.layer), model.inputs.length));
  const unfolding = new Unfolding(inputs);
  const outputs = unfolding.unfold(
    model,
    inputs.map((input) => input.name),
    '',
  );
  const { calls } = unfolding;
  builder.reserve(calls.map((call) => call.name));
  const finder = new WeightFinder(builder, weights);
  const options = { unit: 'layer', format: 'tfjs-layers', found };
  await translate(calls, LAYERS, (call) => new LayerContext(finder, call), options);
  const named = model.outputs.map((ref, i) => nameOutput(builder, findLayer(layers, ref.layer), ref, outputs[i] ?? ''));
  for (const output of new Set(named)) builder.output(output);
  const graph = builder.build();
  // Keras says nothing of its outputs: their shapes follow from the layers.
  return { graph, declared: new Map(graph.inputs.map((input) => [input.name, input])) };
}

/** What newer Keras writes, layers around layers, and arguments by name are put in the terms of the plain format first. */
async function plainKeras(
  { topology }: ModelJson,
  weights: ReadonlyMap<string, Tensor>,
): Promise<{ keras: unknown; weights: ReadonlyMap<string, Tensor>; found: readonly Unsupported[] }> {
  const keras = kerasModel(topology);
  if (!/"(registered_name|build_input_shape|TimeDistributed)"|\d,\{"/.test(JSON.stringify(keras)))
    return { keras, weights, found: [] };
  const { plainTerms } = await onDemand('rewriting of Keras models', () => import('./rewrite.ts'));
  return plainTerms(keras, weights);
}

/** An output is called after its layer. What comes out of a model inside has that model's inner name: a copy is named. */
function nameOutput(builder: GraphBuilder, layer: LayerSpec, { call, tensor }: KerasRef, value: string): string {
  if (!layer.model) return value;
  const name = `${layer.name}${call === 0 ? '' : `:${call}`}${tensor === 0 ? '' : `/${tensor}`}`;
  return builder.one('Identity', [value], {}, { name: layer.name, outputs: [name] });
}

function findLayer(layers: ReadonlyMap<string, LayerSpec>, name: string): LayerSpec {
  const layer = layers.get(name);
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
function declareInput(builder: GraphBuilder, { name, config }: LayerSpec, count: number): GraphInput {
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
  builder.input(name, dtype ?? 'float32', dims);
  return { name, dtype: dtype ?? 'float32', shape: dims };
}

/** Many times the calls of the largest networks. Models that use models multiply, so a small file can ask for any number. */
const MAX_CALLS = 2 ** 17;

/** A model as calls of layers alone, in order, those of the models inside it among them. */
class Unfolding {
  readonly calls: NamedCall[] = [];
  /** How many dimensions each value has. */
  readonly #ranks: Map<string, number>;
  #work = 0;

  constructor(inputs: readonly GraphInput[]) {
    this.#ranks = new Map(inputs.map(({ name, shape }) => [name, shape.length]));
  }

  /** Adds the calls of one use of a model on the values `inputs`, and returns those it gives; `prefix` is the path of outer models. */
  unfold(model: ModelSpec, inputs: readonly string[], prefix: string): readonly string[] {
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
      const { layer, index, operands } = call;
      this.#spend(1 + operands.length);
      if (layer.className !== 'InputLayer') {
        const name = callName(call, prefix);
        values.set(callKey(layer.name, index), this.#call(layer, operands.map(valueOf), name));
      }
    }
    this.#spend(model.outputs.length);
    return model.outputs.map(valueOf);
  }

  #call(layer: LayerSpec, operands: readonly string[], name: string): readonly string[] {
    const { model, className: op } = layer;
    if (model) {
      if (operands.length === model.inputs.length) return this.unfold(model, operands, `${name}/`);
      throw new GraphError(`takes ${model.inputs.length} inputs, is given ${operands.length}`, { node: name });
    }
    const ranks = operands.map((value) => this.#ranks.get(value) ?? 0);
    this.calls.push({ name, op, layer, operands, ranks });
    this.#ranks.set(name, rankAfter(layer, ranks));
    return [name];
  }

  #spend(work: number): void {
    this.#work += work;
    if (this.#work > MAX_CALLS) {
      throw new GraphError(`the models inside this one unfold to more than ${MAX_CALLS} calls of layers`, {
        format: 'tfjs-layers',
      });
    }
  }
}

/** The value a call gives, and the node in errors: the layer's name, with the number of a repeated call. */
function callName({ layer, index }: Call, prefix: string): string {
  return `${prefix}${layer.name}${index === 0 ? '' : `:${index}`}`;
}
