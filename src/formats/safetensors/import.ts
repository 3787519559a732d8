/** Reading a safetensors file as a model: it is checked, but there is no graph in it. */
import { ImportError } from '../../core/errors.ts';
import { locate } from '../locate.ts';
import { readSafetensors } from './parse.ts';

/** The error that says so, or what is wrong with the file. */
export function weightsOnly(file: string, bytes: Uint8Array): Error {
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
