/** Encoded pictures: what a caller may hand over as one, and its bytes. */
import { InputError, LoadError, TilewiseError } from '../core/errors.ts';

/** A picture file: its address, its bytes, or a Blob (a File is one). In Node a string may be a path, too. */
export type PictureFile = string | URL | Blob | ArrayBuffer | Uint8Array;

/** Bytes of a picture file, and what errors call it. */
export interface PictureBytes {
  readonly bytes: Uint8Array;
  readonly name: string | undefined;
}

/** Larger files are refused before they are read: no encoder makes as much of the largest picture that is decoded. */
const MAX_FILE_BYTES = 2 ** 29;

/** A server that sends nothing for so long is given up. */
const STALL_MS = 30_000;

/** Addresses get as long as the data they hold, and data are passed for paths. */
const MAX_NAME = 200;

/** What errors call a file of this address or path. */
export function shownName(address: string): string {
  return address.length > MAX_NAME ? `${address.slice(0, MAX_NAME)}…` : address;
}

/**
 * Reads a picture file. Rejects with LoadError when its address cannot be fetched, with InputError for what is no such file,
 * empty or too large, and with the signal's reason.
 */
export async function pictureBytes(file: PictureFile, signal?: AbortSignal): Promise<PictureBytes> {
  if (typeof file === 'string' || file instanceof URL) return fetched(String(file), signal);
  const bytes = heldBytes(file);
  if (bytes) return { bytes, name: undefined };
  if (!(file instanceof Blob)) throw notAccepted(file);
  const name = 'name' in file && typeof file.name === 'string' ? file.name : undefined;
  checkFileSize(file.size, name);
  try {
    return { bytes: new Uint8Array(await file.arrayBuffer()), name };
  } catch (cause) {
    throw new LoadError('the file cannot be read any more', {
      ...(name === undefined ? {} : { file: name }),
      hint: 'It was changed or removed after it was chosen: choose it again',
      cause,
    });
  }
}

/** Bytes in memory. Those of a frame, or of the context that a test runs in, are of another class of the same name. */
function heldBytes(file: unknown): Uint8Array | undefined {
  const kind = Object.prototype.toString.call(file);
  if (kind === '[object ArrayBuffer]') return new Uint8Array(file as ArrayBuffer);
  if (kind !== '[object Uint8Array]') return undefined;
  const { buffer, byteOffset, byteLength } = file as Uint8Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Throws InputError for more bytes than any picture should take. */
export function checkFileSize(bytes: number, name: string | undefined): void {
  if (bytes <= MAX_FILE_BYTES) return;
  throw new InputError(`a file of ${bytes} bytes is too large for a picture`, {
    file: name,
    hint: `The limit is ${MAX_FILE_BYTES}; scale the picture down first`,
  });
}

async function fetched(address: string, signal: AbortSignal | undefined): Promise<PictureBytes> {
  const name = shownName(address);
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), STALL_MS);
  try {
    const response = await fetch(address, {
      signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
    });
    // Part of a file, which nobody asked for, counts as success, too.
    if (!response.ok || response.status === 206) {
      throw new LoadError(`the server answered ${`${response.status} ${response.statusText}`.trim()}`, { file: name });
    }
    checkFileSize(Number(response.headers.get('content-length') ?? 0), name);
    return await received(response, name, () => {
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(), STALL_MS);
    });
  } catch (cause) {
    if (signal?.aborted || cause instanceof TilewiseError) throw cause;
    const stall = stalled.signal.aborted ? `: nothing came for ${STALL_MS / 1000} seconds` : '';
    throw new LoadError(`the picture cannot be fetched${stall}`, {
      file: name,
      hint: 'Check the address and the network; in a page, another server must allow it by CORS',
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
}

async function received(response: Response, name: string, alive: () => void): Promise<PictureBytes> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read()) {
    alive();
    chunks.push(chunk.value);
    size += chunk.value.byteLength;
    if (size <= MAX_FILE_BYTES) continue;
    await reader?.cancel();
    checkFileSize(size, name);
  }
  return { bytes: new Uint8Array(await new Blob(chunks).arrayBuffer()), name };
}

function notAccepted(value: unknown): InputError {
  const what =
    typeof value === 'object' && value !== null ? `an object (${value.constructor?.name ?? 'without a class'})` : value;
  return new InputError(`${String(what)} is no picture`, {
    hint:
      'Pass a URL (in Node also a path), a Blob or File, the bytes of a picture file as ArrayBuffer or Uint8Array, RGBA pixels as ' +
      '{ width, height, data }, or an ImageBitmap, ImageData, image, canvas, video, VideoFrame or GPUTexture',
  });
}
