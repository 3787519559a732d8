/** ncnn: a network is known by the magic number of its param file; the importer itself is loaded on demand. */
import { onDemand } from '../../core/on-demand.ts';
import type { Importer } from '../importer.ts';
import { recogniseParam } from './recognise.ts';

const part = () => onDemand('ncnn importer', () => import('./import.ts'));

/** The main file is the `.param`, as text or `.param.bin`; the weights lie beside it, in the `.bin` of its name. */
export const ncnnImporter: Importer = {
  format: 'ncnn',
  extensions: ['.param', '.param.bin'],
  separateWeights: true,
  recognise: recogniseParam,
  load: async (files, options) => (await part()).loadNcnn(files, options),
  sketch: async (main, options) => (await part()).sketchNcnn(main, options),
};
