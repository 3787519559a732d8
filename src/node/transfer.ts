/** One file over HTTP to disk: streamed, continued by Range, tried again after a broken connection, watched for stalls. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { LoadError } from '../core/errors.ts';
import { temporaryName } from './cache.ts';

/** Options of `transfer`. */
export interface TransferOptions {
  readonly signal?: AbortSignal | undefined;
  readonly stallMs: number;
  /** Pause before the second attempt; it doubles with each. */
  readonly retryMs: number;
  /** Called after each piece. */
  readonly onBytes: (done: number, total: number | undefined) => void;
  /** Ask only for a file other than the one with this tag. */
  readonly etag?: string | null | undefined;
}

/** What the server said. */
export interface TransferAnswer {
  /** The server's file is still that of `etag`; nothing was written. */
  readonly unchanged: boolean;
  readonly etag: string | null;
}

/** Attempts in all, when connections break or the server is overloaded. */
const ATTEMPTS = 4;
/** Answers that may be different a moment later. */
const TRANSIENT = new Set([408, 429, 500, 502, 503, 504]);

/** A failure that another attempt may cure. */
class Interrupted {
  readonly error: LoadError;
  constructor(error: LoadError) {
    this.error = error;
  }
}

/**
 * Appends to `file` what it lacks of the URL's content. Rejects with LoadError when the server refuses, or the connection
 * breaks in every attempt; what arrived stays in `file`.
 */
export async function transfer(url: URL, file: string, options: TransferOptions): Promise<TransferAnswer> {
  for (let attempt = 1; ; attempt++) {
    const result = await once(url, file, options);
    if (!(result instanceof Interrupted)) return result;
    if (attempt === ATTEMPTS || options.signal?.aborted) throw result.error;
    await pause(options.retryMs * 2 ** (attempt - 1));
  }
}

async function once(url: URL, file: string, options: TransferOptions): Promise<TransferAnswer | Interrupted> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), options.stallMs);
  const signal = options.signal ? AbortSignal.any([options.signal, stalled.signal]) : stalled.signal;
  try {
    const have = await sizeOf(file);
    const response = await fetch(url, { headers: requestHeaders(have, options.etag), signal });
    timer.refresh();
    return await receive(response, url, file, have, { ...options, alive: () => timer.refresh() });
  } catch (cause) {
    if (cause instanceof LoadError) throw cause;
    if (options.signal?.aborted) throw new LoadError('the download was cancelled', { file: url.href, cause });
    return new Interrupted(
      broken(url, await sizeOf(file), stalled.signal.aborted ? options.stallMs : undefined, cause),
    );
  } finally {
    clearTimeout(timer);
  }
}

function requestHeaders(have: number, etag: string | null | undefined): Record<string, string> {
  return {
    'accept-encoding': 'identity', // lengths and ranges must be those of the file
    ...(have > 0 ? { range: `bytes=${have}-` } : {}),
    ...(etag ? { 'if-none-match': etag } : {}),
  };
}

interface Receiving extends TransferOptions {
  readonly alive: () => void;
}

async function receive(
  response: Response,
  url: URL,
  file: string,
  have: number,
  options: Receiving,
): Promise<TransferAnswer | Interrupted> {
  const etag = response.headers.get('etag');
  const { status, body } = response;
  if (status === 200 || status === 206) {
    const range = rangeOf(response);
    // A server without ranges sends everything; one that begins elsewhere than asked is not to be trusted with appending.
    const resumes = status === 206 && range?.from === have;
    if (status === 206 && !resumes)
      throw refused(url, `an unexpected range (${response.headers.get('content-range') ?? 'none'})`);
    const length = response.headers.get('content-length');
    const total = resumes ? range?.total : length === null ? undefined : Number(length);
    await append(file, resumes ? have : 0, body, total, options);
    const got = await sizeOf(file);
    if (total !== undefined && got < total) return new Interrupted(broken(url, got, undefined, undefined, total));
    return { unchanged: false, etag };
  }
  await body?.cancel();
  if (status === 304) return { unchanged: true, etag };
  if (status === 416) {
    // Nothing lies behind the end: either the file is complete, or it is longer than the server's.
    if (rangeOf(response)?.total === have) return { unchanged: false, etag };
    rmSync(file, { force: true });
    return new Interrupted(refused(url, '416 Range Not Satisfiable'));
  }
  const error = refused(url, `${status} ${response.statusText}`.trim());
  if (TRANSIENT.has(status)) return new Interrupted(error);
  throw error;
}

/** Writes the body from `position` on; what the file held behind it is cut off. */
async function append(
  file: string,
  position: number,
  body: ReadableStream<Uint8Array> | null,
  total: number | undefined,
  { onBytes, alive }: Receiving,
): Promise<void> {
  const out = await openAt(file, position);
  let done = position;
  try {
    onBytes(done, total);
    for await (const piece of body ?? []) {
      alive();
      await out.appendFile(piece);
      done += piece.length;
      onBytes(done, total);
    }
  } finally {
    await out.close();
  }
}

async function openAt(file: string, position: number): Promise<FileHandle> {
  try {
    return await open(file, position > 0 ? 'a' : 'w');
  } catch (cause) {
    throw new LoadError(`cannot be written: ${String(cause)}`, { file, cause });
  }
}

function rangeOf(response: Response): { from: number | undefined; total: number | undefined } | undefined {
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (!match) return undefined;
  return { from: number(match[1]), total: number(match[2]) };
}

function number(text: string | undefined): number | undefined {
  return text === undefined || text === '*' ? undefined : Number(text);
}

function refused(url: URL, answer: string): LoadError {
  return new LoadError(`the server answered ${answer}`, {
    file: url.href,
    hint: answer.startsWith('404') ? 'Check the address' : undefined,
  });
}

function broken(url: URL, got: number, stalledMs: number | undefined, cause: unknown, total?: number): LoadError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const why =
    stalledMs === undefined
      ? inner instanceof Error
        ? inner.message
        : 'the connection was closed early'
      : `no data for ${stalledMs / 1000} seconds`;
  const part = got > 0 ? ` after ${got}${total === undefined ? '' : ` of ${total}`} bytes` : '';
  return new LoadError(`the download failed${part}: ${why}`, {
    file: url.href,
    hint:
      got > 0
        ? 'Run it again to continue where it stopped, or pass a folder with the file as mirror'
        : 'Check the network, or pass a folder with the file as mirror',
    cause,
  });
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0; // Not begun yet.
  }
}

/** A partial file that this process alone writes. */
export interface Partial {
  readonly path: string;
  readonly unlock: () => void;
}

/**
 * Claims `path` for this process through a lock file beside it. While another living process holds it, a private name is
 * given instead: the file is then downloaded twice, but never written by two.
 */
export function lockPartial(path: string): Partial {
  const lock = `${path}.lock`;
  for (const attempt of [1, 2]) {
    try {
      const handle = openSync(lock, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return { path, unlock: () => rmSync(lock, { force: true }) };
    } catch {
      if (attempt === 1 && !isHeld(lock)) rmSync(lock, { force: true });
    }
  }
  const own = temporaryName(path);
  return { path: own, unlock: () => rmSync(own, { force: true }) };
}

/** False when the process that made the lock is gone. */
function isHeld(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')) || process.pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // alive, another user's
  }
}
