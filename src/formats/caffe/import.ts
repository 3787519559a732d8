/** The Caffe importer: the text of a network and the weights beside it → the engine's graph, one table row per layer. */
import { GraphBuilder } from '../../ir/builder.ts';
import type { Graph, GraphInput } from '../../ir/graph.ts';
import type { ImportedModel, ModelFiles } from '../importer.ts';
import type { KnownExtents } from '../lib/layer-emitter.ts';
import { LostValues } from '../lib/lost-values.ts';
import { translate } from '../lib/translate.ts';
import { locate } from '../locate.ts';
import { CaffeContext } from './context.ts';
import { knownExtents, netInputs, type NetInput } from './inputs.ts';
import { readLayers } from './layer.ts';
import { CAFFE_LAYERS } from './operators.ts';
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
  for (const input of inputs) {
    builder.input(input.name, 'float32', input.shape);
    known.set(input.name, knownExtents(input));
  }
  const names = inputs.map(({ name }) => name);
  const wiring = wire(layers, names, builder, file);
  await translate(wiring.layers, CAFFE_LAYERS, (wired) => new CaffeContext({ builder, weights, known }, wired), {
    unit: 'layer',
    format: 'caffe',
    putting: new LostValues(),
    hint: 'Take out of the .prototxt what is of no use here, or convert the model to ONNX where it was made',
  });
  for (const output of wiring.outputs) builder.output(output);
  const graph = suggesting(builder.build(), inputs);
  return {
    graph,
    declared: new Map([...graph.inputs, ...wiring.outputs.map(declaredOutput)].map((port) => [port.name, port])),
    metadata: new Map(title === '' ? [] : [['name', title]]),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

/** The graph, which takes other extents than the file has as well: Caffe's networks are reshaped as pictures come. */
function suggesting(graph: Graph, inputs: readonly NetInput[]): Graph {
  const withNumbers = new Set(inputs.filter(({ shape }) => shape.some(Number.isInteger)).map(({ name }) => name));
  const ports = graph.inputs.map((input): GraphInput => {
    return withNumbers.has(input.name) ? { ...input, suggested: true } : input;
  });
  return { ...graph, inputs: ports };
}

function declaredOutput(name: string): GraphInput {
  return { name, dtype: 'float32', shape: [] };
}
