/** TensorFlow.js: its two kinds of model.json are told by their content, and read by a part loaded on demand. */
import { onDemand } from '../../core/on-demand.ts';
import type { Importer } from '../importer.ts';
import { recogniseKind, type ModelKind } from './recognise.ts';

/** Graph models: a converted TensorFlow GraphDef, `format: "graph-model"`. */
export const tfjsGraph: Importer = importerOf('graph');

/** Layers models: a Keras architecture, `format: "layers-model"`, or the older form without a format. */
export const tfjsLayers: Importer = importerOf('layers');

const part = () => onDemand('TensorFlow.js importer', () => import('./import.ts'));

function importerOf(kind: ModelKind): Importer {
  return {
    format: `tfjs-${kind}`,
    extensions: ['.json'],
    recognise: (bytes) => recogniseKind(bytes) === kind,
    load: async (files, options) => (await part()).loadTfjs(files, kind, options),
    sketch: async (main, options) => (await part()).sketchTfjs(main, kind, options),
  };
}
