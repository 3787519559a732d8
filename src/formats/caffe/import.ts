/** The Caffe importer: the text of a network and the weights beside it → the engine's graph, one table row per layer. */
import { GraphBuilder } from '../../ir/builder.ts';
import type { Graph, GraphInput } from '../../ir/graph.ts';
import type { ImportedModel, ModelFiles } from '../importer.ts';
import { LayerEmitter, type KnownExtents } from '../lib/layer-emitter.ts';
import { LostValues } from '../lib/lost-values.ts';
import { translate } from '../lib/translate.ts';
import { locate } from '../locate.ts';
import { CaffeContext, DIALECT } from './context.ts';
import { knownExtents, netInputs, type NetInput } from './inputs.ts';
import { readLayers } from './layer.ts';
import { CAFFE_LAYERS } from './operators.ts';
import { preparationOf, type CaffePreparation } from './preparation.ts';
import { parsePrototxt } from './prototxt.ts';
import { netWeights } from './weights.ts';
import { trim, wire } from './wiring.ts';

/** Reads a Caffe model. Rejects as `Importer.load` does. */
export async function loadCaffe(files: ModelFiles): Promise<ImportedModel> {
  try {
    return await load(files);
  } catch (error) {
    throw locate(error, files.main.name, 'caffe');
  }
}

async function load(files: ModelFiles): Promise<ImportedModel> {
  const { name: file, bytes } = files.main;
  const net = parsePrototxt(bytes, file);
  const all = readLayers(net, file);
  const weights = await netWeights(files);
  weights.share(all);
  const { inputs, layers: fed, labels } = netInputs(net, all, weights, file);
  const { layers, warnings } = trim(fed, labels);
  const title = net.text('name', '');
  const builder = new GraphBuilder(title || file);
  const known: KnownExtents = new Map();
  const prepared = await Promise.all(inputs.map(async (input) => ({ input, ...(await preparationOf(input, files)) })));
  builder.reserve(layers.flatMap(({ name, tops }) => [name, ...tops]));
  const values = prepared.map(({ input, mean }): [string, string] => {
    builder.input(input.name, 'float32', input.shape);
    known.set(input.name, knownExtents(input));
    return [input.name, mean ? lessMean(builder, known, input.name, mean) : input.name];
  });
  const wiring = wire(layers, new Map(values), builder, file);
  await translate(wiring.layers, CAFFE_LAYERS, (wired) => new CaffeContext({ builder, weights, known }, wired), {
    unit: 'layer',
    format: 'caffe',
    putting: new LostValues(),
    hint: 'Take out of the .prototxt what is of no use here, or convert the model to ONNX where it was made',
  });
  for (const output of wiring.outputs) builder.output(output);
  const graph = saying(builder.build(), prepared);
  const told = [...warnings, ...prepared.flatMap(({ warnings: own }) => own)];
  return {
    graph,
    declared: new Map([...graph.inputs, ...wiring.outputs.map(declaredOutput)].map((port) => [port.name, port])),
    metadata: new Map(title === '' ? [] : [['name', title]]),
    ...(told.length > 0 ? { warnings: told } : {}),
  };
}

/** An input less a mean picture, times a scale. */
function lessMean(
  builder: GraphBuilder,
  known: KnownExtents,
  name: string,
  { picture, scale }: NonNullable<CaffePreparation['mean']>,
): string {
  const emitter = new LayerEmitter(builder, { name: builder.unique(`${name} less mean`), op: 'mean' }, DIALECT, known);
  const centred = emitter.binary('sub', name, emitter.constant(picture, 'mean'));
  const value = scale === 1 ? centred : emitter.binary('mul', centred, emitter.scalar('float32', scale));
  emitter.finish([value]);
  return emitter.source.name;
}

/** What is known of an input of the network. */
interface PreparedInput extends CaffePreparation {
  readonly input: NetInput;
}

/**
 * The graph, which says how pictures become its inputs, and takes other extents than the file has as well: Caffe's networks are
 * reshaped as pictures come.
 */
function saying(graph: Graph, inputs: readonly PreparedInput[]): Graph {
  const byName = new Map(inputs.map((one) => [one.input.name, one]));
  const ports = graph.inputs.map((port): GraphInput => {
    const { input, said } = byName.get(port.name) ?? {};
    const isSuggested = input?.shape.some(Number.isInteger) ?? false;
    // The channels of pictures are relied on while layers are read.
    const isImage = port.shape.length > 3 && Number.isInteger(port.shape[1]);
    return {
      ...port,
      ...(isSuggested ? { suggested: true } : {}),
      ...(isSuggested && isImage ? { fixed: [1] } : {}),
      ...said,
    };
  });
  return { ...graph, inputs: ports };
}

function declaredOutput(name: string): GraphInput {
  return { name, dtype: 'float32', shape: [] };
}
