/** Models that are asked for by their names in the catalogue, which is loaded then. */
import { findEntry } from '../catalogue/catalogue.ts';
import type { CatalogueEntry } from '../catalogue/entry.ts';
import { InputError } from '../core/errors.ts';
import type { ModelFiles } from '../formats/importer.ts';
import type { FetchSettings } from '../session/model-source.ts';
import { catalogueFiles, type ModelBase } from './catalogue-files.ts';
import { catalogueLabels, fetchText } from './labels.ts';

/** A model of the catalogue, and how what belongs to it is fetched. */
export interface CatalogueModel {
  readonly entry: CatalogueEntry;
  /** See `catalogueFiles`. */
  readonly files: (modelBase: ModelBase | undefined, settings: FetchSettings) => Promise<ModelFiles>;
  /** See `catalogueLabels`. */
  readonly labels: (signal: AbortSignal | undefined) => Promise<readonly string[] | undefined>;
}

/** The model of this name; undefined when the catalogue has none. Throws InputError when it is for another task. */
export function catalogueModel(name: string, task: CatalogueEntry['task']): CatalogueModel | undefined {
  const entry = findEntry(name);
  if (!entry) return undefined;
  requireTask(entry, task);
  return {
    entry,
    files: (modelBase, settings) => catalogueFiles(entry, { modelBase, ...settings }),
    labels: (signal) => catalogueLabels(entry, ({ url }) => fetchText(url, { signal })),
  };
}

/** Throws InputError for an entry that is for another task. */
export function requireTask(entry: CatalogueEntry, task: CatalogueEntry['task']): void {
  if (entry.task === task) return;
  throw new InputError(`"${entry.name}" is for ${entry.task}, not ${task}`, {
    hint: 'Use what is for that task, or a Session, and read its outputs by name',
  });
}
