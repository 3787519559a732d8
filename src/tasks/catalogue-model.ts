/** What the catalogue knows of a model that is asked for by its name, or given by its files; it is loaded then. */
import { CATALOGUE, defaultModel, findEntry, isFor, unknownModel } from '../catalogue/catalogue.ts';
import type { CatalogueEntry, CatalogueTask } from '../catalogue/entry.ts';
import { recogniseEntry } from '../catalogue/recognise.ts';
import { InputError } from '../core/errors.ts';
import type { ModelFiles } from '../formats/importer.ts';
import type { FetchSettings } from '../session/model-source.ts';
import { catalogueFiles, type ModelBase } from './catalogue-files.ts';
import { entryLabels, labelsAtHand } from './labels.ts';

/** What the catalogue knows of a model: nothing of one that it does not have. */
export interface Knowledge {
  readonly entry?: CatalogueEntry | undefined;
  /** Names of the classes, where it has some and they are at hand. */
  readonly labels?: readonly string[] | undefined;
}

/** A model of the catalogue. */
export interface NamedModel extends Knowledge {
  readonly files: ModelFiles;
}

/** What is asked for by name. */
interface Asked {
  /** Undefined for the one that the task takes where none is named. */
  readonly name: string | undefined;
  readonly task: CatalogueTask;
  readonly modelBase: ModelBase | undefined;
  /** False where the caller has labels, and those of the catalogue need not be fetched. */
  readonly labelled: boolean;
}

/**
 * The model of a name. Rejects as `catalogueFiles` and `entryLabels` do, with InputError for a name that the catalogue does not
 * have, or has for another task.
 */
export async function namedModel(
  { name, task, modelBase, labelled }: Asked,
  settings: FetchSettings,
): Promise<NamedModel> {
  const entry = name === undefined ? defaultModel(task) : entryFor(name, task);
  const files = await catalogueFiles(entry, { modelBase, ...settings });
  return { files, entry, labels: labelled ? await entryLabels(entry, files.read) : undefined };
}

function entryFor(name: string, task: CatalogueTask): CatalogueEntry {
  const entry = findEntry(name);
  if (!entry)
    throw unknownModel(
      name,
      CATALOGUE.filter((other) => does(other, task)),
    );
  requireTask(entry, task);
  return entry;
}

/**
 * What the catalogue knows of a model that is given by its files: of its labels those it holds itself, or that lie beside the
 * model, because nobody asked for a download.
 */
export async function recognisedModel({ main, read }: ModelFiles): Promise<Knowledge> {
  const entry = await recogniseEntry(main.bytes);
  return entry ? { entry, labels: await labelsAtHand(entry, read) } : {};
}

/** Throws InputError for an entry that is for another task, or whose outputs that task cannot decode. */
export function requireTask(entry: CatalogueEntry, task: CatalogueTask): void {
  if (does(entry, task)) return;
  const { name, notes } = entry;
  if (!isFor(entry, task)) {
    throw new InputError(`"${name}" is for ${entry.task}, not ${task}`, {
      hint: 'Use what is for that task, or a Session, and read its outputs by name',
    });
  }
  throw new InputError(`what "${name}" gives is not decoded here: ${notes}`, {
    hint: 'Use a Session, and decode its outputs: tilewise has decodeCenterMap and nonMaxSuppression',
  });
}

function does(entry: CatalogueEntry, asked: CatalogueTask): boolean {
  return isFor(entry, asked) && (entry.outputs !== 'raw' || entry.decode !== undefined);
}
