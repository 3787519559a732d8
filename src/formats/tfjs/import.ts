/** The TensorFlow.js importer: model.json and its shards → graph, for both kinds of model. */
import type { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import type { ModelFile, ModelFiles } from '../importer.ts';
import { locate } from '../locate.ts';
import { importGraphModel } from './graph/import.ts';
import { importLayersModel } from './layers/import.ts';
import { parseModelJson } from './model-json.ts';
import type { ModelKind } from './recognise.ts';
import { readWeights, zeroWeights } from './weights.ts';

/** Reads a model of one kind. Rejects as `Importer.load` does. */
export async function loadTfjs(files: ModelFiles, kind: ModelKind): Promise<Graph> {
  const { name, bytes } = files.main;
  try {
    const model = parseModelJson(bytes, name, kind);
    return await importModelOf(kind, model, await readWeights(model.weightsManifest, files), name);
  } catch (error) {
    // Deep readers know the node and the field that are wrong but not the file: it is added here.
    throw locate(error, name, `tfjs-${kind}`);
  }
}

/** The graph with zeros for weights. Rejects as `loadTfjs` does. */
export async function sketchTfjs({ name, bytes }: ModelFile, kind: ModelKind): Promise<Graph> {
  const model = parseModelJson(bytes, name, kind);
  return importModelOf(kind, model, zeroWeights(model.weightsManifest, name), name);
}

function importModelOf(
  kind: ModelKind,
  model: ReturnType<typeof parseModelJson>,
  weights: Map<string, Tensor>,
  name: string,
): Promise<Graph> {
  return kind === 'graph' ? importGraphModel(model, weights, name) : importLayersModel(model, weights, name);
}
