/** ONNX models, IR version 3 and later, any opset: told by their content, and read by a part loaded on demand. */
import { onDemand } from '../../core/on-demand.ts';
import type { Importer } from '../importer.ts';
import { recogniseOnnx } from './recognise.ts';

export const onnxImporter: Importer = {
  format: 'onnx',
  extensions: ['.onnx'],
  recognise: recogniseOnnx,
  load: async (files, options) =>
    (await onDemand('ONNX importer', () => import('./import.ts'))).loadOnnx(files, options),
};
