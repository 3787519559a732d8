/** The ncnn importer: a param file and its weights → the engine's graph, one table row per type of layer. */
import { ImportError, LoadError } from '../../core/errors.ts';
import { GraphBuilder } from '../../ir/builder.ts';
import type { Graph } from '../../ir/graph.ts';
import type { ImportedModel, ImportOptions, ModelFile, ModelFiles } from '../importer.ts';
import type { KnownExtents } from '../lib/layer-emitter.ts';
import { LostValues } from '../lib/lost-values.ts';
import { translate } from '../lib/translate.ts';
import { locate } from '../locate.ts';
import { NcnnContext } from './context.ts';
import type { NcnnLayer, NcnnNetwork } from './net.ts';
import { NCNN_LAYERS } from './operators.ts';
import { parseParamBin } from './param-bin.ts';
import { parseParam } from './param.ts';
import { networkInputs, networkOutputs } from './ports.ts';
import { FileWeights, NoWeights, type NcnnWeights } from './weights.ts';

/**
 * Reads a network and its weights. Rejects as `Importer.load` does, and with LoadError where there are no weights to be had.
 * What the engine lacks is told before these are read: they lie in the order of the layers, all of which must be known.
 */
export async function loadNcnn(files: ModelFiles, options: ImportOptions = {}): Promise<ImportedModel> {
  const { main } = files;
  try {
    const { layers, warnings } = readNetwork(main);
    const none = new NoWeights();
    const sketch = await graphOf(layers, none, main.name, options);
    const graph = none.asked === 0 ? sketch : await withWeights(layers, files, options);
    const declared = new Map(graph.inputs.map((input) => [input.name, input]));
    return { graph, declared, metadata: new Map(), ...(warnings.length > 0 ? { warnings } : {}) };
  } catch (error) {
    throw locate(error, main.name, 'ncnn');
  }
}

/** The graph with zeros for weights. Rejects as `loadNcnn` does. */
export async function sketchNcnn(main: ModelFile, options: ImportOptions = {}): Promise<Graph> {
  try {
    return await graphOf(readNetwork(main).layers, new NoWeights(), main.name, options);
  } catch (error) {
    throw locate(error, main.name, 'ncnn');
  }
}

function readNetwork({ bytes }: ModelFile): NcnnNetwork {
  // The magic number itself in binary, its digits as text.
  return bytes[0] === 0xdd ? parseParamBin(bytes) : parseParam(bytes);
}

async function withWeights(layers: readonly NcnnLayer[], files: ModelFiles, options: ImportOptions): Promise<Graph> {
  const { name, bytes } = files.weights ?? (await besides(files));
  const weights = new FileWeights(bytes, name);
  const graph = await graphOf(layers, weights, files.main.name, options);
  weights.end();
  return graph;
}

/** The weights that lie beside the network: `x.bin` of `x.param` and of `x.param.bin`. */
async function besides({ main, read }: ModelFiles): Promise<ModelFile> {
  const name = `${main.name.replace(/(\.param)?(\.bin)?$/i, '')}.bin`;
  try {
    return { name, bytes: await read(name) };
  } catch (cause) {
    if (!(cause instanceof LoadError)) throw cause;
    throw new LoadError(`cannot read the weights of ${main.name}: ${cause.message}`, {
      file: name,
      hint: 'They are looked for beside the network, under its name; the option "weights" (--weights) names another file',
      cause,
    });
  }
}

/** The graph of a network, with weights from anywhere. Rejects with UnsupportedError listing everything that the engine lacks. */
export async function graphOf(
  layers: readonly NcnnLayer[],
  weights: NcnnWeights,
  name: string,
  { inputShapes }: ImportOptions = {},
): Promise<Graph> {
  const builder = new GraphBuilder(name);
  const inputs = networkInputs(layers, typeof inputShapes === 'function' ? undefined : inputShapes);
  if (inputs.length === 0) throw new ImportError('the network has no Input layer');
  builder.reserve(layers.flatMap((layer) => [layer.name, ...layer.outputs]));
  const known: KnownExtents = new Map();
  const values = { known, integers: new Set<string>(), weights, first: inputs[0]?.port.name ?? '' };
  for (const { port, known: extents } of inputs) {
    builder.input(port.name, port.dtype, port.shape);
    known.set(port.name, extents);
  }
  const nodes = layers.filter(({ op }) => op !== 'Input');
  await translate(nodes, NCNN_LAYERS, (layer) => new NcnnContext(builder, layer, values), {
    unit: 'layer',
    putting: new LostValues(),
    format: 'ncnn',
  });
  for (const output of networkOutputs(layers)) builder.output(output);
  return { ...builder.build(), inputs: inputs.map(({ port }) => port) };
}
