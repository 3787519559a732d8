/** Safetensors as a format: recognised, checked, and refused as a model, for there is no graph in such files. */
import { onDemand } from '../../core/on-demand.ts';
import type { Importer } from '../importer.ts';
import { recogniseSafetensors } from './recognise.ts';

/** Weights alone: `load` rejects with ImportError, after checking the file. `readSafetensors` gives the tensors. */
export const safetensorsImporter: Importer = {
  format: 'safetensors',
  extensions: ['.safetensors'],
  recognise: recogniseSafetensors,
  load: async ({ main }) => {
    const { weightsOnly } = await onDemand('safetensors reader', () => import('./import.ts'));
    throw weightsOnly(main.name, main.bytes);
  },
};
