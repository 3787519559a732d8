/** From what a user names — a catalogue entry, a file, a folder, a URL — to the files of a model. */
import { readdirSync, statSync, type Stats } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CATALOGUE, type CatalogueEntry, type CatalogueSource } from '../catalogue/catalogue.ts';
import { InputError, LoadError } from '../core/errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { checkOptions } from '../core/options.ts';
import type { ModelFiles } from '../formats/importer.ts';
import { IMPORTERS, modelExtensions } from '../formats/registry.ts';
import { unwrapped } from '../formats/wrapped-script.ts';
import { checkAnswer, checkHosts, companionAddress } from '../session/companion.ts';
import { readBeside } from './beside.ts';
import { FETCH_OPTIONS, fetchCached, type FetchOptions } from './download.ts';
import { nearest } from '../util/nearest-name.ts';
import { npmModelFiles } from './npm-models.ts';
import { unreadableFile } from './unreadable.ts';

/** Options of `openModel`. */
export interface ModelSourceOptions extends Omit<FetchOptions, 'sha256' | 'onAnswer'> {
  /** Hosts that files of a model from a URL may come from, beside its own: see `SessionOptions.allowHosts`. */
  readonly allowHosts?: readonly string[] | undefined;
  /** Models known by name. Default: the whole catalogue. */
  readonly catalogue?: readonly CatalogueEntry[] | undefined;
}

const MODEL_OPTIONS: OptionRules<ModelSourceOptions> = { ...FETCH_OPTIONS, allowHosts: 'list', catalogue: 'list' };

/** Main files that a folder is looked through for. */
const MAIN_FILES = modelExtensions().map((extension) => `model${extension}`);

/**
 * Opens a model: a catalogue name, the path of its main file, a folder with a `model.json` or exactly one model file, or
 * a URL. Files wrapped in scripts (`model.min.js`) are unwrapped.
 * Companions are read when the importer asks for them, and only plain files below the main file's folder, or from hosts that
 * are allowed.
 * Rejects with LoadError when there is none, naming what is there that is spelt alike; InputError for no name at all.
 */
export async function openModel(source: string, options: ModelSourceOptions = {}): Promise<ModelFiles> {
  if (typeof source !== 'string' || source === '')
    throw new InputError('no model is named', { hint: 'Give a catalogue name, a path or a URL' });
  await checkOptions('openModel', options, MODEL_OPTIONS);
  const entry = (options.catalogue ?? CATALOGUE).find((e) => e.name === source);
  if (entry) {
    // Before a download that would be in vain; a file that is at hand is read, and its checksum looked at, all the same.
    if (options.mirror === undefined) checkReadable(entry, options.catalogue ?? CATALOGUE);
    return fromCatalogue(entry.source, options);
  }
  const url = /^https?:/i.test(source);
  const path = source.startsWith('file:') && !url ? filePath(source) : source;
  return unwrapped(await (url ? fromUrl(address(source), options) : fromPath(path, options)));
}

function checkReadable({ name, format }: CatalogueEntry, catalogue: readonly CatalogueEntry[]): void {
  const formats: readonly string[] = IMPORTERS.map((importer) => importer.format);
  if (formats.includes(format)) return;
  const others = catalogue.filter((e) => formats.includes(e.format)).map((e) => e.name);
  throw new LoadError(`the catalogue's "${name}" is a ${format} file, which tilewise does not read yet`, {
    hint: `It reads ${others.join(', ') || 'no other of the catalogue'}`,
  });
}

function address(source: string): URL {
  if (URL.canParse(source)) return new URL(source);
  throw new InputError(`"${source}" is not an address`, { hint: 'Write it as in https://example.org/model.onnx' });
}

function filePath(source: string): string {
  try {
    return fileURLToPath(source);
  } catch (cause) {
    throw new InputError(`"${source}" is not the address of a file here`, {
      hint: 'Write the path itself, or file:///absolute/path',
      cause,
    });
  }
}

async function fromCatalogue(source: CatalogueSource, options: FetchOptions): Promise<ModelFiles> {
  if (source.kind === 'npm') return npmModelFiles(source.package, source.path);
  const bytes = await fetchCached(source.url, { ...options, sha256: source.sha256 });
  const companions = source.companions ?? [];
  return {
    main: { name: basename(new URL(source.url).pathname), bytes },
    read: async (name) => {
      const found = companions.find((c) => c.name === name);
      if (found) return fetchCached(found.url, { ...options, sha256: found.sha256 });
      throw new LoadError('the model asks for a file that the catalogue does not list', { file: name });
    },
  };
}

async function fromUrl(url: URL, { allowHosts, ...options }: ModelSourceOptions): Promise<ModelFiles> {
  checkHosts(allowHosts);
  const main = url.pathname.endsWith('/') ? new URL('model.json', url) : url;
  let from = main.href;
  const bytes = await fetchCached(main.href, { ...options, onAnswer: (address) => (from = address) });
  return {
    main: { name: basename(main.pathname), bytes },
    read: async (name) => {
      const address = companionAddress(name, main, allowHosts);
      const onAnswer = (given: string): void => checkAnswer(address, given, [main, from], allowHosts);
      return fetchCached(address.href, { ...options, onAnswer });
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

/** Absolute path of the main file that `source` means. */
function mainFile(source: string, { catalogue = CATALOGUE }: ModelSourceOptions): string {
  const path = resolve(source);
  const kind = kindOf(path, source);
  if (kind === undefined) {
    const beside = list(dirname(path)).map((name) => join(dirname(source), name));
    const names = source.includes('/') ? beside : [...catalogue.map((e) => e.name), ...beside];
    const guess = nearest(source, names);
    throw new LoadError('there is no such file, and no model of this name in the catalogue', {
      file: source,
      hint:
        guess === undefined ? `The catalogue has ${catalogue.map((e) => e.name).join(', ')}` : `Did you mean ${guess}?`,
    });
  }
  if (kind.isCharacterDevice() || kind.isBlockDevice())
    throw new LoadError('this is a device, not a file', { file: source });
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
