/** TensorFlow.js: the importers of its two kinds of model.json. */
import type { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Importer, ModelFile, ModelFiles } from '../importer.ts';
import { locate } from '../locate.ts';
import { importGraphModel } from './graph/import.ts';
import { importLayersModel } from './layers/import.ts';
import { parseModelJson, recogniseKind, type ModelKind } from './model-json.ts';
import { readWeights, zeroWeights } from './weights.ts';

/** Graph models: a converted TensorFlow GraphDef, `format: "graph-model"`. */
export const tfjsGraph: Importer = {
  format: 'tfjs-graph',
  recognise: (bytes) => recogniseKind(bytes) === 'graph',
  load: (files) => load(files, 'graph'),
  sketch: (main) => sketch(main, 'graph'),
};

/** Layers models: a Keras architecture, `format: "layers-model"`, or the older form without a format. */
export const tfjsLayers: Importer = {
  format: 'tfjs-layers',
  recognise: (bytes) => recogniseKind(bytes) === 'layers',
  load: (files) => load(files, 'layers'),
  sketch: (main) => sketch(main, 'layers'),
};

async function load(files: ModelFiles, kind: ModelKind): Promise<Graph> {
  const { name, bytes } = files.main;
  try {
    const model = parseModelJson(bytes, name, kind);
    return importModelOf(kind, model, await readWeights(model.weightsManifest, files), name);
  } catch (error) {
    // Deep readers know the node and the field that are wrong but not the file: it is added here.
    throw locate(error, name, `tfjs-${kind}`);
  }
}

function sketch({ name, bytes }: ModelFile, kind: ModelKind): Graph {
  const model = parseModelJson(bytes, name, kind);
  return importModelOf(kind, model, zeroWeights(model.weightsManifest, name), name);
}

function importModelOf(
  kind: ModelKind,
  model: ReturnType<typeof parseModelJson>,
  weights: Map<string, Tensor>,
  name: string,
): Graph {
  return kind === 'graph' ? importGraphModel(model, weights, name) : importLayersModel(model, weights, name);
}
