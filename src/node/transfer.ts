/** One file over HTTP to disk: streamed, continued by Range, tried again after a broken connection, watched for stalls. */
import { rmSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { LoadError } from '../core/errors.ts';

/** Options of `transfer`. */
export interface TransferOptions {
  readonly signal?: AbortSignal | undefined;
  readonly stallMs: number;
  /** Pause before the second attempt; it doubles with each. */
  readonly retryMs: number;
  /** Called after each piece. */
  readonly onBytes: (done: number, total: number | undefined) => void;
  /** Called with the address that answered, which redirects may have made another; what it throws ends the transfer. */
  readonly onAnswer?: ((address: string) => void) | undefined;
  /** Ask only for a file other than the one with this tag. */
  readonly etag?: string | null | undefined;
  /**
   * True where a checksum says in the end whether the parts belong together. Without one, an attempt goes on where the last
   * stopped only if the server vouches by a strong tag that it still has the same file; else it starts over.
   */
  readonly pinned: boolean;
}

/** What the server said. */
export interface TransferAnswer {
  /** The server's file is still that of `etag`; nothing was written. */
  readonly unchanged: boolean;
  readonly etag: string | null;
}

/** Attempts in all, when connections break, the file changes on the way or the server is overloaded. */
const ATTEMPTS = 4;
/** What Node reads into memory in one piece: a body that goes on beyond it would fill the disk for nothing. */
const MOST_BYTES = 2 ** 31 - 1;
/** Answers that may be different a moment later. */
const TRANSIENT = new Set([408, 429, 500, 502, 503, 504]);

/** A failure that another attempt may cure. */
class Interrupted {
  readonly error: LoadError;
  constructor(error: LoadError) {
    this.error = error;
  }
}

/** The file that an attempt began with: what the next may add to. */
interface Begun {
  readonly etag: string | null;
  readonly total: number | undefined;
}

/** One transfer: where it comes from and goes to, and what its attempts know. */
interface Job extends TransferOptions {
  readonly url: URL;
  readonly file: string;
  /** Nothing before the first answer with content. */
  begun: Begun | undefined;
  /** Whether the server has answered any attempt. */
  answered: boolean;
}

/**
 * Appends to `file` what it lacks of the URL's content. Rejects with LoadError when the server refuses, or the connection
 * breaks, or the file changes, in every attempt; what arrived stays in `file` where it can be continued.
 */
export async function transfer(url: URL, file: string, options: TransferOptions): Promise<TransferAnswer> {
  const job: Job = { ...options, url, file, begun: undefined, answered: false };
  const start = performance.now();
  for (let attempt = 1; ; attempt++) {
    const result = await once(job);
    if (!(result instanceof Interrupted)) return result;
    // Where packets vanish no further attempt hears more than the first.
    const unheard = !job.answered && performance.now() - start >= options.stallMs;
    if (attempt === ATTEMPTS || unheard || options.signal?.aborted) throw result.error;
    // Aborted, the next attempt says so.
    await pause(options.retryMs * 2 ** (attempt - 1), undefined, { signal: options.signal }).catch(() => undefined);
  }
}

async function once(job: Job): Promise<TransferAnswer | Interrupted> {
  const { url, file, stallMs } = job;
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), stallMs);
  const signal = job.signal ? AbortSignal.any([job.signal, stalled.signal]) : stalled.signal;
  try {
    if (!continues(job)) rmSync(file, { force: true });
    const have = await sizeOf(file);
    const response = await fetch(url, { headers: requestHeaders(have, job), signal });
    timer.refresh();
    job.answered = true;
    job.onAnswer?.(response.url);
    return await receive(response, job, have, () => timer.refresh());
  } catch (cause) {
    if (cause instanceof LoadError) throw cause;
    if (job.signal?.aborted) throw new LoadError('the download was cancelled', { file: url.href, cause });
    return new Interrupted(broken(url, await sizeOf(file), { stalledMs: stalled.signal.aborted ? stallMs : 0, cause }));
  } finally {
    clearTimeout(timer);
  }
}

/** True when what the file holds may be the beginning of what the server sends. */
function continues({ pinned, begun }: Job): boolean {
  return pinned || isStrong(begun?.etag);
}

/** Weak tags (`W/"…"`) mean the same content in some sense, not the same bytes. */
function isStrong(etag: string | null | undefined): etag is string {
  return typeof etag === 'string' && etag.startsWith('"');
}

function requestHeaders(have: number, { etag, begun }: Job): Record<string, string> {
  return {
    'accept-encoding': 'identity', // lengths and ranges must be those of the file
    ...(have > 0 ? { range: `bytes=${have}-` } : {}),
    ...(have > 0 && isStrong(begun?.etag) ? { 'if-range': begun.etag } : {}),
    ...(etag ? { 'if-none-match': etag } : {}),
  };
}

async function receive(
  response: Response,
  job: Job,
  have: number,
  alive: () => void,
): Promise<TransferAnswer | Interrupted> {
  const { status, body } = response;
  if (status === 200) return receiveAll(response, job, alive);
  if (status === 206 && have > 0) return receiveRest(response, job, have, alive);
  await body?.cancel();
  const etag = response.headers.get('etag');
  if (status === 304 && job.etag) return { unchanged: true, etag };
  if (status === 416 && have > 0) {
    // Nothing lies behind the end: either the file is complete, or it is longer than the server's.
    if (job.pinned && rangeOf(response)?.total === have) return { unchanged: false, etag };
    rmSync(job.file, { force: true });
    return new Interrupted(refused(job.url, '416 Range Not Satisfiable'));
  }
  const unasked = status === 206 || status === 304 ? ', which was not asked for' : '';
  const error = refused(job.url, `${`${status} ${response.statusText}`.trim()}${unasked}`);
  if (TRANSIENT.has(status)) return new Interrupted(error);
  throw error;
}

/** The whole file: what was there before, of this or another version, is replaced. */
async function receiveAll(response: Response, job: Job, alive: () => void): Promise<TransferAnswer | Interrupted> {
  const { headers, body } = response;
  const etag = headers.get('etag');
  // The length of an encoded body is not that of what arrives, and its ranges are not the file's.
  const isPlain = headers.get('content-encoding') === null;
  const total = isPlain ? wholeNumber(headers.get('content-length')) : undefined;
  job.begun = { etag: isPlain ? etag : null, total };
  await append(job, { position: 0, body, total, alive });
  return finish(job, total, etag);
}

/** What the file lacks, if the answer proves to be that: the range that was asked for, of the file that was begun. */
async function receiveRest(
  response: Response,
  job: Job,
  have: number,
  alive: () => void,
): Promise<TransferAnswer | Interrupted> {
  const { headers, body } = response;
  const etag = headers.get('etag');
  const range = rangeOf(response);
  const total = range?.total ?? job.begun?.total;
  const fits = range !== undefined && range.from === have && range.to >= have;
  const length = wholeNumber(headers.get('content-length')) ?? (fits ? range.to + 1 - have : undefined);
  if (!fits || length !== range.to + 1 - have || (total !== undefined && range.to >= total)) {
    await body?.cancel();
    throw refused(job.url, `an unexpected range (${headers.get('content-range') ?? 'none'})`);
  }
  if (!isPartOf(job, { etag, total }) || total === undefined) {
    await body?.cancel();
    rmSync(job.file, { force: true });
    job.begun = undefined;
    return new Interrupted(refused(job.url, 'with part of another file: its own has changed on the way'));
  }
  job.begun = { etag, total };
  await append(job, { position: have, body, total, alive });
  return finish(job, total, etag);
}

/** True when an answer with part of a file can be of the one that was begun. Servers that give parts no tag leave it to the checksum. */
function isPartOf({ begun, pinned }: Job, { etag, total }: Begun): boolean {
  if (!begun) return true;
  const untold = pinned && (etag === null || begun.etag === null);
  return (untold || etag === begun.etag) && (begun.total === undefined || begun.total === total);
}

/** Done, if all has come. A server that sends more than it announced has announced another file. */
async function finish(
  { url, file }: Job,
  total: number | undefined,
  etag: string | null,
): Promise<TransferAnswer | Interrupted> {
  const got = await sizeOf(file);
  if (total === undefined || got === total) return { unchanged: false, etag };
  if (got > total) rmSync(file, { force: true });
  return new Interrupted(broken(url, got, { total }));
}

/** What an answer holds, and where in the file it belongs. */
interface Piece {
  readonly position: number;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly total: number | undefined;
  readonly alive: () => void;
}

/** Writes the body from `position` on, until it is longer than was announced; what the file held behind it is cut off. */
async function append({ url, file, onBytes }: Job, { position, body, total, alive }: Piece): Promise<void> {
  const out = await openAt(file, position);
  let done = position;
  try {
    onBytes(done, total);
    for await (const piece of body ?? []) {
      alive();
      await out.appendFile(piece);
      done += piece.length;
      onBytes(done, total);
      if (done > (total ?? MOST_BYTES)) break;
    }
  } finally {
    await out.close();
  }
  if (done <= MOST_BYTES) return;
  rmSync(file, { force: true });
  throw new LoadError('the file is larger than 2 GiB', { file: url.href, hint: 'No model of that size is read' });
}

async function openAt(file: string, position: number): Promise<FileHandle> {
  try {
    return await open(file, position > 0 ? 'a' : 'w');
  } catch (cause) {
    throw new LoadError(`cannot be written: ${String(cause)}`, { file, cause });
  }
}

function rangeOf(response: Response): { from: number; to: number; total: number | undefined } | undefined {
  const match = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/i.exec(response.headers.get('content-range') ?? '');
  if (!match) return undefined;
  const [, from = NaN, to = NaN, total = null] = match;
  return { from: Number(from), to: Number(to), total: wholeNumber(total) };
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}

function refused(url: URL, answer: string): LoadError {
  return new LoadError(`the server answered ${answer}`, {
    file: url.href,
    hint: answer.startsWith('404') ? 'Check the address' : undefined,
  });
}

/** Why an attempt failed: a silence, an exception, or an end before `total` bytes. */
interface Breach {
  readonly stalledMs?: number;
  readonly cause?: unknown;
  readonly total?: number;
}

function broken(url: URL, got: number, { stalledMs = 0, cause, total }: Breach): LoadError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const ended = inner instanceof Error ? inner.message : 'the connection was closed early';
  const why = stalledMs > 0 ? `no data for ${stalledMs / 1000} seconds` : ended;
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
