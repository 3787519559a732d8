/** TensorFlow.js: its two kinds of model.json are told by their content, and read by a part loaded on demand. */
import { onDemand } from '../../core/on-demand.ts';
import type { Importer } from '../importer.ts';
import { recogniseKind, type ModelKind } from './recognise.ts';

/** Graph models: a converted TensorFlow GraphDef, `format: "graph-model"`. */
export const tfjsGraph: Importer = importerOf('graph');

/** Layers models: a Keras architecture, `format: "layers-model"`, or the older form without a format. */
export const tfjsLayers: Importer = importerOf('layers');

function importerOf(kind: ModelKind): Importer {
  const importer = () => onDemand('TensorFlow.js importer', () => import('./import.ts'));
  return {
    format: `tfjs-${kind}`,
    recognise: (bytes) => recogniseKind(bytes) === kind,
    load: async (files) => (await importer()).loadTfjs(files, kind),
    sketch: async (main) => (await importer()).sketchTfjs(main, kind),
  };
}
