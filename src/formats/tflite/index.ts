/** TensorFlow Lite: a file is known by the identifier of its flatbuffer; the importer itself is loaded on demand. */
import { onDemand } from '../../core/on-demand.ts';
import type { Importer } from '../importer.ts';

export const tfliteImporter: Importer = {
  format: 'tflite',
  extensions: ['.tflite'],
  chooses: true,
  recognise: (bytes) => String.fromCharCode(...bytes.subarray(4, 8)) === 'TFL3',
  load: async (files, options) =>
    (await onDemand('TensorFlow Lite importer', () => import('./import.ts'))).loadTflite(files, options),
};
