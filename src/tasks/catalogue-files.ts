/** Where the files of a catalogue entry come from, in a page. */
import { LoadError } from '../core/errors.ts';
import type { ModelFiles } from '../formats/importer.ts';
import { toModelFiles, type FetchSettings } from '../model-source.ts';
import type { CatalogueEntry } from '../../models/catalogue-entry.ts';

/** How files of the catalogue are fetched. */
export interface CatalogueSettings extends FetchSettings {
  /** A folder that holds them as NAME/FILE, instead of where the catalogue says. */
  readonly modelBase?: string | URL | undefined;
}

/** The files of an entry. Rejects with LoadError when they cannot be fetched. */
export async function catalogueFiles(
  { name, source }: CatalogueEntry,
  { modelBase, ...settings }: CatalogueSettings = {},
): Promise<ModelFiles> {
  if (modelBase !== undefined) return toModelFiles(inFolder(modelBase, `${name}/${mainFile(source)}`), settings);
  if (source.kind === 'url') return toModelFiles(source.url, settings);
  throw new LoadError(`"${name}" is published in an npm package`, { hint: 'Say with modelBase where its files are' });
}

/** The main file as it is served: scripts that wrap JSON are unwrapped. */
function mainFile(source: CatalogueEntry['source']): string {
  const path = source.kind === 'url' ? new URL(source.url).pathname : source.path;
  return path.replace(/^.*\//, '').replace(/\.min\.js$/, '.json');
}

function inFolder(folder: string | URL, path: string): string {
  return `${String(folder).replace(/\/$/, '')}/${path}`;
}
