/** The TensorFlow.js importer: model.json and its shards → graph, for both kinds of model; each has a part of its own. */
import { onDemand } from '../../core/on-demand.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import type { ImportedModel, ImportOptions, ModelFile, ModelFiles } from '../importer.ts';
import { locate } from '../locate.ts';
import { parseModelJson } from './model-json.ts';
import type { ModelKind } from './recognise.ts';
import { readWeights, zeroWeights } from './weights.ts';

/** Reads a model of one kind. Rejects as `Importer.load` does. */
export async function loadTfjs(files: ModelFiles, kind: ModelKind, options?: ImportOptions): Promise<ImportedModel> {
  const { name, bytes } = files.main;
  try {
    const model = parseModelJson(bytes, name, kind);
    const imported = await importModelOf(kind, model, await readWeights(model.weightsManifest, files), name, options);
    return { ...imported, metadata: model.metadata };
  } catch (error) {
    // Deep readers know the node and the field that are wrong but not the file: it is added here.
    throw locate(error, name, `tfjs-${kind}`);
  }
}

/** The graph with zeros for weights. Rejects as `loadTfjs` does. */
export async function sketchTfjs({ name, bytes }: ModelFile, kind: ModelKind, options?: ImportOptions): Promise<Graph> {
  const model = parseModelJson(bytes, name, kind);
  return (await importModelOf(kind, model, zeroWeights(model.weightsManifest, name), name, options)).graph;
}

async function importModelOf(
  kind: ModelKind,
  model: ReturnType<typeof parseModelJson>,
  weights: Map<string, Tensor>,
  name: string,
  options: ImportOptions | undefined,
): Promise<Omit<ImportedModel, 'metadata'>> {
  if (kind === 'graph') {
    const { importGraphModel } = await onDemand('importer of graph models', () => import('./graph/import.ts'));
    return importGraphModel(model, weights, name, options);
  }
  const { importLayersModel } = await onDemand('importer of layers models', () => import('./layers/import.ts'));
  return importLayersModel(model, weights, name);
}
