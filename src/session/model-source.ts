/** What a caller may hand over as a model, and how it becomes files. */
import { InputError, LoadError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import type { ModelFile, ModelFiles } from '../formats/importer.ts';
import type { Graph } from '../ir/graph.ts';

/**
 * A model: its bytes, a Blob or File, a URL (companion files are fetched beside it), several Files or a FileList (in any
 * order: the main one is the first that some format recognises), an object that reads files on demand, or a function that gets them.
 */
export type ModelSource =
  | string
  | URL
  | Blob
  | ArrayBuffer
  | Uint8Array
  | Iterable<File>
  | ModelFiles
  | ((settings: FetchSettings) => Promise<ModelFiles>);

/** The weights of a model whose main file does not name theirs; in Node a string may be a path. */
export type WeightsSource =
  string | URL | Blob | ArrayBuffer | Uint8Array | ((settings: FetchSettings) => Promise<ModelFiles>);

/** True for a graph built by hand, which needs no importer. */
export function isGraph(source: ModelSource | Graph): source is Graph {
  return 'nodes' in Object(source); // callers without types pass anything
}

/** How files are fetched. */
export interface FetchSettings {
  readonly signal?: AbortSignal | undefined;
  /** Bytes that have come of all files asked for so far, how many there are, if every server says so, and of which the last came. */
  readonly onBytes?: ((done: number, total: number | undefined, file: string) => void) | undefined;
  /** See `SessionOptions.allowHosts`. */
  readonly allowHosts?: readonly string[] | undefined;
}

/** Turns any ModelSource into files. Rejects with LoadError when a URL cannot be fetched, InputError on anything else. */
export async function toModelFiles(source: ModelSource, settings: FetchSettings = {}): Promise<ModelFiles> {
  if (typeof source === 'string' || source instanceof URL) return fetchModel(toUrl(source), settings);
  if (typeof source === 'function') return source(settings);
  if (source instanceof Uint8Array) return single({ name: 'model', bytes: source });
  if (source instanceof ArrayBuffer) return single({ name: 'model', bytes: new Uint8Array(source) });
  if (source instanceof Blob) return single(await fileOf(source));
  if ('main' in Object(source)) return source as ModelFiles;
  if (Symbol.iterator in Object(source)) {
    const { fromFiles } = await onDemand('choice of files', () => import('./several-files.ts'));
    return fromFiles([...(source as Iterable<File>)], fileOf);
  }
  const given = source === undefined || source === null ? 'no model was given' : 'what was given is no model';
  throw new InputError(given, { hint: 'Pass a URL, bytes, Files, or for a task a name of the catalogue' });
}

function toUrl(source: string | URL): URL {
  try {
    return new URL(source, baseUrl());
  } catch (cause) {
    throw new LoadError(`"${String(source)}" is no absolute URL`, {
      hint: 'In Node, tilewise/node reads files',
      cause,
    });
  }
}

function single(main: ModelFile): ModelFiles {
  return {
    main,
    read: (name) =>
      Promise.reject(
        new LoadError(`the model needs "${name}", and only its main file was given`, {
          file: main.name,
          hint: 'Pass a URL, or all files of the model at once',
        }),
      ),
  };
}

async function fileOf(blob: Blob): Promise<ModelFile> {
  const name = 'name' in blob && typeof blob.name === 'string' ? blob.name : 'model';
  return { name, bytes: new Uint8Array(await blob.arrayBuffer()) };
}

async function fetchModel(url: URL, { signal, onBytes, allowHosts }: FetchSettings): Promise<ModelFiles> {
  if (allowHosts) (await companions()).checkHosts(allowHosts);
  const transfers: Transfer[] = [];
  const get = (address: URL, answered: (from: string) => void): Promise<Uint8Array> => {
    const transfer: Transfer = { done: 0, total: undefined };
    transfers.push(transfer);
    return fetchBytes(address, { signal, answered }, (done, total) => {
      Object.assign(transfer, { done, total });
      const all = allTogether(transfers);
      onBytes?.(all.done, all.total, nameOf(address));
    });
  };
  let from = url.href;
  const main = { name: nameOf(url), bytes: await get(url, (given) => (from = given)) };
  const read = async (name: string): Promise<Uint8Array> => {
    const { companionAddress, checkAnswer } = await companions();
    const address = companionAddress(name, url, allowHosts);
    return get(address, (given) => checkAnswer(address, given, [url, from], allowHosts));
  };
  return { main, read };
}

function nameOf({ pathname }: URL): string {
  return pathname.replace(/^.*\//, '') || 'model';
}

/** What says which files a model may name; few models name any. */
function companions(): Promise<typeof import('./companion.ts')> {
  return onDemand('check of addresses', () => import('./companion.ts'));
}

/** Bytes that have come, and how many there are, if that is known. */
interface Transfer {
  done: number;
  total: number | undefined;
}

/** Those of several files; the total is known where that of each is. */
export function allTogether(transfers: readonly Readonly<Transfer>[]): Readonly<Transfer> {
  let [done, total] = [0, 0];
  for (const transfer of transfers) {
    done += transfer.done;
    total += transfer.total ?? NaN;
  }
  return { done, total: Number.isNaN(total) ? undefined : total };
}

async function fetchBytes(
  url: URL,
  { signal, answered }: { readonly signal: AbortSignal | undefined; readonly answered: (from: string) => void },
  onBytes: (done: number, total: number | undefined) => void,
): Promise<Uint8Array> {
  try {
    const response = await fetch(url, { signal: signal ?? null });
    // Part of a file, which nobody asked for, counts as success, too.
    if (!response.ok || response.status === 206)
      throw new LoadError(`${url.href} answered ${response.status} ${response.statusText}`);
    answered(response.url);
    return await readBody(response, onBytes);
  } catch (cause) {
    if (signal?.aborted || cause instanceof LoadError) throw cause;
    throw new LoadError(`${url.href} cannot be fetched`, { hint: 'Check the address, the network and CORS', cause });
  }
}

async function readBody(
  response: Response,
  onBytes: (done: number, total: number | undefined) => void,
): Promise<Uint8Array> {
  // What a server calls the length is that of the encoded body, and no length of what arrives.
  const plain = response.headers.get('content-encoding') === null;
  const length = plain ? Number(response.headers.get('content-length') ?? NaN) : NaN;
  const total = Number.isSafeInteger(length) ? length : undefined;
  const chunks: Uint8Array[] = [];
  let done = 0;
  const reader = response.body?.getReader();
  for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read()) {
    chunks.push(chunk.value);
    done += chunk.value.byteLength;
    onBytes(done, total);
  }
  const [only] = chunks;
  if (only && chunks.length === 1) return only;
  const bytes = new Uint8Array(done);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/** Relative URLs resolve against the page or Worker; elsewhere a URL must be absolute. */
function baseUrl(): string | undefined {
  return typeof location === 'undefined' ? undefined : location.href;
}
