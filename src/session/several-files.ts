/** The files of a model that somebody picked or dropped, in no order; few pages take any. */
import { InputError, LoadError } from '../core/errors.ts';
import type { ModelFile, ModelFiles } from '../formats/importer.ts';
import { IMPORTERS } from '../formats/registry.ts';

/**
 * The main file among several, read by `content`, and the others by their names. Rejects with InputError where there is none;
 * reading one that was not given rejects with LoadError, which says what was.
 */
export async function fromFiles(
  files: readonly File[],
  content: (file: File) => Promise<ModelFile>,
): Promise<ModelFiles> {
  if (files.length === 0 || !files.every((file) => file instanceof Blob))
    throw new InputError('no model file was given');
  const main = await mainOf(files, content);
  const byName = new Map(files.map((file) => [file.name, file]));
  return {
    main,
    read: async (name) => {
      const file = byName.get(name.replace(/^.*\//, ''));
      if (file) return (await content(file)).bytes;
      const others = files.map((given) => given.name).filter((given) => given !== main.name);
      const given = others.length === 0 ? 'only its main file was' : `${others.slice(0, 5).join(', ')} were`;
      throw new LoadError(`"${name}" is not among the given files: ${given}`, {
        file: main.name,
        hint: 'Pass a URL, or all files of the model at once',
      });
    },
  };
}

/**
 * The first file that a format recognises by its content; the very first where none does, for whoever says what it looks like.
 * Those behind it are not read.
 */
async function mainOf(files: readonly File[], content: (file: File) => Promise<ModelFile>): Promise<ModelFile> {
  let first: ModelFile | undefined;
  for (const file of files) {
    const read = await content(file);
    if (files.length === 1 || IMPORTERS.some((importer) => importer.recognise(read.bytes))) return read;
    first ??= read;
  }
  if (!first) throw new InputError('no model file was given');
  return first;
}
