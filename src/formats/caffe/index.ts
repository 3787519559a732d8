/** Caffe networks: a .prototxt is known by its text; what reads it and the .caffemodel beside it is loaded on demand. */
import { onDemand } from '../../core/on-demand.ts';
import type { Importer } from '../importer.ts';
import { recogniseCaffe } from './recognise.ts';

export const caffeImporter: Importer = {
  format: 'caffe',
  extensions: ['.prototxt'],
  separateWeights: true,
  recognise: recogniseCaffe,
  load: async (files) => (await onDemand('Caffe importer', () => import('./import.ts'))).loadCaffe(files),
};
