/**
 * Downloads with a cache folder: streamed, resumed where they stopped, checked by SHA-256, or taken from a mirror folder.
 * Files in the cache are trusted only after their checksum was computed again.
 */
import { existsSync, statSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InputError, LoadError, TilewiseError } from '../core/errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { checkOptions } from '../core/options.ts';
import { cachedPath, cacheFolder, makeFolder, mirrorFolder, writeAtomically } from './cache.ts';
import { fileName, readIfThere, sha256, wrongChecksum } from './checked-file.ts';
import { fromMirror } from './mirror.ts';
import { lockPartial } from './partial.ts';
import { transfer, type TransferOptions } from './transfer.ts';

/** How far a download is. */
export interface DownloadProgress {
  /** `download NAME`. */
  readonly stage: string;
  /** Bytes on disk, those of an earlier attempt included. */
  readonly done: number;
  /** Undefined when the server does not say. */
  readonly total: number | undefined;
}

/** Options of `fetchCached`. */
export interface FetchOptions {
  /** Expected SHA-256, 64 hexadecimal digits. Without it the server is asked each time whether its file has changed. */
  readonly sha256?: string | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /**
   * A folder to take files from instead of the network: named by checksum, by the URL's host and path, or by its last part; one of
   * known checksum by anything with the same ending.
   * Default: TILEWISE_MIRROR, if that is set.
   */
  readonly mirror?: string | undefined;
  /** Default: `downloads` in tilewise's cache folder. */
  readonly cacheDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Give up after this long without a byte. Default 30 seconds. */
  readonly stallMs?: number | undefined;
  /** Pause after a broken connection; it doubles with each of the three attempts more. Default 250 ms. */
  readonly retryMs?: number | undefined;
  /** Called with the address that answered, which redirects may have made another; what it throws refuses the answer. */
  readonly onAnswer?: ((address: string) => void) | undefined;
}

/** What they may be. */
export const FETCH_OPTIONS: OptionRules<FetchOptions> = {
  sha256: 'text',
  onProgress: 'function',
  mirror: 'text',
  cacheDir: 'text',
  signal: 'signal',
  stallMs: 'positive',
  retryMs: 'number',
  onAnswer: 'function',
};

/** What is known of a cached file whose checksum nobody pinned. */
interface Recorded {
  readonly sha256: string;
  readonly etag: string | null;
}

/**
 * The bytes of a URL. Rejects with LoadError: the server's answer, a stalled or broken connection (what arrived is kept
 * and resumed next time), or a wrong checksum (then nothing is kept). InputError for a URL that is not http(s).
 */
export async function fetchCached(url: string, options: FetchOptions = {}): Promise<Uint8Array> {
  return download(url, await checkOptions('fetchCached', options, FETCH_OPTIONS));
}

/** The same for options that were checked, among others. */
export async function download(url: string, options: FetchOptions): Promise<Uint8Array> {
  const address = parse(url);
  const expected = options.sha256?.toLowerCase();
  const name = fileName(address);
  const mirror = mirrorFolder(options.mirror);
  if (mirror !== undefined) return fromMirror(address, mirror, expected);
  const keptAs = `${(expected ?? sha256(Buffer.from(url))).slice(0, 16)}-${name}`;
  if (expected !== undefined && options.cacheDir === undefined) {
    const held = await readCached(join('downloads', keptAs), expected);
    if (held) return held;
  }
  const folder = resolve(options.cacheDir ?? join(cacheFolder(), 'downloads'));
  makeCacheDir(folder);
  const file = join(folder, keptAs);
  const { onProgress, signal } = options;
  // What the listener throws is no fault of the network: nothing is tried again.
  const listening = new AbortController();
  const transferOptions: TransferOptions = {
    signal: signal ? AbortSignal.any([signal, listening.signal]) : listening.signal,
    stallMs: options.stallMs ?? 30_000,
    retryMs: options.retryMs ?? 250,
    onBytes: (done, total) => {
      try {
        onProgress?.({ stage: `download ${name}`, done, total });
      } catch (thrown) {
        listening.abort(thrown);
      }
    },
    onAnswer: options.onAnswer,
    pinned: expected !== undefined,
  };
  try {
    return await fetchInto(address, file, expected, transferOptions);
  } catch (cause) {
    if (listening.signal.aborted) throw listening.signal.reason;
    if (cause instanceof TilewiseError || signal?.aborted) throw cause;
    throw unusable(file, cause);
  }
}

async function fetchInto(
  address: URL,
  file: string,
  expected: string | undefined,
  transferOptions: TransferOptions,
): Promise<Uint8Array> {
  for (const path of [file, `${file}.json`, `${file}.part`, `${file}.part.lock`]) requirePlain(path);
  if (expected === undefined) return unpinned(address, file, transferOptions);
  const cached = await readIfThere(file);
  if (cached && sha256(cached) === expected) return cached;
  return pinned(address, file, expected, transferOptions);
}

/** A file of known checksum: what a broken-off attempt left may be continued, whatever server it came from. */
async function pinned(url: URL, file: string, expected: string, options: TransferOptions): Promise<Uint8Array> {
  const partial = lockPartial(`${file}.part`);
  try {
    let resumed = existsSync(partial.path);
    for (;;) {
      await transfer(url, partial.path, options);
      const bytes = await readFile(partial.path);
      const actual = sha256(bytes);
      if (actual === expected) {
        await rename(partial.path, file);
        return bytes;
      }
      await rm(partial.path, { force: true });
      if (!resumed) throw wrongChecksum(url.href, expected, actual);
      resumed = false; // The remains of the earlier attempt may be to blame: once more from the beginning.
    }
  } finally {
    partial.unlock();
  }
}

/** A file nobody pinned: kept with its ETag, by which the server says whether it is still the same. */
async function unpinned(url: URL, file: string, options: TransferOptions): Promise<Uint8Array> {
  const cached = await readIfThere(file);
  const record = cached && (await readRecord(`${file}.json`));
  const fresh = cached && record && sha256(cached) === record.sha256 ? cached : undefined;
  const partial = lockPartial(`${file}.part`);
  try {
    await rm(partial.path, { force: true }); // What another call left belongs to nobody knows which version.
    const answer = await transfer(url, partial.path, { ...options, etag: fresh ? record?.etag : undefined });
    if (fresh && answer.unchanged) return fresh; // Not asked for, and so refused, without a file here.
    const bytes = await readFile(partial.path);
    await rename(partial.path, file);
    await writeAtomically(
      `${file}.json`,
      JSON.stringify({ sha256: sha256(bytes), etag: answer.etag } satisfies Recorded),
    );
    return bytes;
  } finally {
    partial.unlock();
  }
}

function parse(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address && /^https?:$/.test(address.protocol)) return address;
  throw new InputError(`"${url}" is not an http or https address`);
}

/** A folder in the place of a file would be found out after the download, by a rename that fails; a pipe is waited for. */
function requirePlain(file: string): void {
  const kind = statSync(file, { throwIfNoEntry: false });
  if (!kind || kind.isFile()) return;
  throw new LoadError(`a ${kind.isDirectory() ? 'folder' : 'pipe or device'} lies where a download is kept`, {
    file,
    hint: 'Remove it, or name another folder as cacheDir, or in TILEWISE_CACHE',
  });
}

function unusable(file: string, cause: unknown): LoadError {
  return new LoadError(`the cache cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
    file,
    hint: 'Name another folder as cacheDir, or in TILEWISE_CACHE',
    cause,
  });
}

function makeCacheDir(folder: string): void {
  try {
    makeFolder(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LoadError(`the cache folder cannot be made: ${reason}`, {
      file: folder,
      hint: 'Name one you can write to as cacheDir, or in TILEWISE_CACHE',
      cause,
    });
  }
}

/** The file in the cache, which need not be writable, if it is the one expected. */
async function readCached(name: string, expected: string): Promise<Uint8Array | undefined> {
  const file = cachedPath(name);
  if (file === undefined || !statSync(file).isFile()) return undefined;
  const bytes = await readIfThere(file).catch(() => undefined);
  return bytes && sha256(bytes) === expected ? bytes : undefined;
}

async function readRecord(file: string): Promise<Recorded | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // Without its record a file is downloaded again.
  }
}

/** True for what `unpinned` writes: the tag goes into a header again. */
function isRecord(value: unknown): value is Recorded {
  if (typeof value !== 'object' || value === null || !('sha256' in value) || !('etag' in value)) return false;
  const { etag } = value;
  return (
    typeof value.sha256 === 'string' &&
    (etag === null || (typeof etag === 'string' && /^(?:W\/)?"[^"\s]*"$/.test(etag)))
  );
}
