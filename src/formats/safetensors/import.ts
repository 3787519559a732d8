/** Safetensors as an importer: it recognises the files and checks them, but there is no graph in them to load. */
import { ImportError } from '../../core/errors.ts';
import type { Importer } from '../importer.ts';
import { locate } from '../locate.ts';
import { readSafetensors, recogniseSafetensors } from './parse.ts';

/** Weights alone: `load` rejects with ImportError, after checking the file. `readSafetensors` gives the tensors. */
export const safetensorsImporter: Importer = {
  format: 'safetensors',
  recognise: recogniseSafetensors,
  load: ({ main }) => Promise.reject(weightsOnly(main.name, main.bytes)),
};

function weightsOnly(file: string, bytes: Uint8Array): Error {
  try {
    const count = readSafetensors(bytes, file).size;
    return new ImportError(`a safetensors file holds weights only (${count} tensors here), no network`, {
      file,
      format: 'safetensors',
      hint: 'Read it with readSafetensors and pass it to a builder, both from tilewise/models',
    });
  } catch (error) {
    return locate(error, file, 'safetensors');
  }
}
