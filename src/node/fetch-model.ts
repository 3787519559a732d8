/** Models of the catalogue as files of one's own: what `modelBase` names. */
import { join } from 'node:path';
import { findModel } from '../catalogue/catalogue.ts';
import { ownName, publishedFiles } from '../catalogue/published.ts';
import { writeAtomically } from './cache.ts';
import { openModel, type ModelSourceOptions } from './model-source.ts';

/** A model that lies in the folder. */
export interface FetchedModel {
  readonly name: string;
  /** Path of the main file. */
  readonly main: string;
  /** Files written, the main one included. */
  readonly files: number;
  readonly bytes: number;
}

/** The entries of these names, before anything is fetched. Throws InputError for an unknown one. */
export function checkModelNames(names: readonly string[]): void {
  for (const name of names) findModel(name);
}

/**
 * Puts a model of the catalogue into `folder` as NAME/FILE, with the files it needs beside it: all of them compared with their
 * checksums, each written at once, the main one last. Rejects as `openModel` does, and with LoadError for a file that cannot be
 * written.
 */
export async function fetchModelInto(
  folder: string,
  name: string,
  options: ModelSourceOptions = {},
): Promise<FetchedModel> {
  const published = publishedFiles(findModel(name));
  const { main, read } = await openModel(name, options);
  let bytes = 0;
  const write = async (file: string, content: Uint8Array): Promise<string> => {
    const path = join(folder, name, file);
    await writeAtomically(path, content);
    bytes += content.length;
    return path;
  };
  for (const companion of published.companions) {
    const file = ownName(companion, false);
    await write(file, await read(file));
  }
  const path = await write(ownName(published.main, true), main.bytes);
  return { name, main: path, files: published.companions.length + 1, bytes };
}
