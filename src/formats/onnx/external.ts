/** Tensors that keep their data in files beside the model: large models do, and few classifiers are large. */
import { ImportError } from '../../core/errors.ts';
import type { ModelFiles } from '../importer.ts';
import type { TensorProto } from './tensor-proto.ts';
import { badTensor } from './tensor.ts';

/**
 * Reads each external data file the tensors name, once, and gives every tensor its part as raw data, as if it had lain in
 * the model. Rejects with ImportError on a location outside the model's folder, or a part outside the file.
 */
export async function attachExternal(tensors: readonly TensorProto[], files: ModelFiles): Promise<void> {
  const read = new Map<string, Uint8Array>();
  for (const t of tensors) {
    const location = t.externalData.get('location') ?? '';
    const escapes = /^[/\\]|^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(location) || location.split(/[/\\]/).includes('..');
    if (location === '' || escapes) {
      throw new ImportError(`tensor "${t.name}" keeps its data in "${location}", outside the model's folder`, {
        file: files.main.name,
        hint: 'External data must lie beside the model',
      });
    }
    const bytes = read.get(location) ?? (await files.read(location));
    read.set(location, bytes);
    t.raw = partOf(t, location, bytes, files.main.name);
    t.external = false;
  }
}

function partOf(t: TensorProto, location: string, bytes: Uint8Array, file: string): Uint8Array {
  const offset = Number(t.externalData.get('offset') ?? 0);
  const length = Number(t.externalData.get('length') ?? bytes.length - offset);
  const valid = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!valid || offset + length > bytes.length) {
    throw badTensor(t, `keeps ${length} bytes at ${offset} of "${location}", which has ${bytes.length}`, file);
  }
  return bytes.subarray(offset, offset + length);
}
