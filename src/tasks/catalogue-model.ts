/** Models that are asked for by their names in the catalogue, which is loaded then. */
import { CATALOGUE, findEntry, unknownModel } from '../catalogue/catalogue.ts';
import type { CatalogueEntry } from '../catalogue/entry.ts';
import { InputError, LoadError } from '../core/errors.ts';
import type { ModelFiles } from '../formats/importer.ts';
import { IMPORTERS } from '../formats/registry.ts';
import type { FetchSettings } from '../session/model-source.ts';
import { catalogueFiles, pinnedFile, type ModelBase } from './catalogue-files.ts';
import { catalogueLabels } from './labels.ts';

/** A model of the catalogue, and how what belongs to it is fetched. */
export interface CatalogueModel {
  readonly entry: CatalogueEntry;
  /** See `catalogueFiles`. */
  readonly files: (settings: FetchSettings) => Promise<ModelFiles>;
  /** See `catalogueLabels`. */
  readonly labels: (signal: AbortSignal | undefined) => Promise<readonly string[] | undefined>;
}

/**
 * The model of this name. Throws InputError for a name that the catalogue does not have, or has for another task, and LoadError
 * for a format that nobody reads, unless the files come from elsewhere.
 */
export function catalogueModel(
  name: string,
  task: CatalogueEntry['task'],
  modelBase: ModelBase | undefined,
): CatalogueModel {
  const entry = findEntry(name);
  if (!entry) throw unknownModel(name, readable(CATALOGUE.filter((other) => does(other, task))));
  requireTask(entry, task);
  if (modelBase === undefined) requireReadable(entry);
  return {
    entry,
    files: (settings) => catalogueFiles(entry, { modelBase, ...settings }),
    labels: (signal) =>
      catalogueLabels(entry, async (file) => new TextDecoder().decode(await pinnedFile(file, { signal }))),
  };
}

/** Throws InputError for an entry that is for another task, or whose outputs that task cannot decode. */
export function requireTask(entry: CatalogueEntry, task: CatalogueEntry['task']): void {
  if (does(entry, task)) return;
  const { name, notes } = entry;
  if (entry.task !== task) {
    throw new InputError(`"${name}" is for ${entry.task}, not ${task}`, {
      hint: 'Use what is for that task, or a Session, and read its outputs by name',
    });
  }
  throw new InputError(`what "${name}" gives is not decoded here: ${notes}`, {
    hint: 'Use a Session, and decode its outputs: tilewise has decodeCenterMap and nonMaxSuppression',
  });
}

function does({ task, outputs }: CatalogueEntry, asked: CatalogueEntry['task']): boolean {
  return task === asked && outputs !== 'raw';
}

/** Throws LoadError, which names what can be read, for a format that has no importer: before a download that would be in vain. */
export function requireReadable({ name, format, task }: CatalogueEntry, catalogue = CATALOGUE): void {
  const others = readable(catalogue);
  if (others.some((entry) => entry.name === name)) return;
  const alike = others.filter((entry) => entry.task === task);
  const names = (alike.length > 0 ? alike : others).map((entry) => entry.name);
  throw new LoadError(`the catalogue's "${name}" is a ${format} file, which tilewise does not read yet`, {
    hint: `It reads ${names.join(', ') || 'no other of the catalogue'}`,
  });
}

/** The entries whose format has an importer. */
export function readable(catalogue: readonly CatalogueEntry[]): readonly CatalogueEntry[] {
  const formats: readonly string[] = IMPORTERS.map((importer) => importer.format);
  return catalogue.filter(({ format }) => formats.includes(format));
}
