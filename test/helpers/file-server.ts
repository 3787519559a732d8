/** A file server on loopback that can misbehave: no ranges, broken connections, stalls, errors. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does; fields may be changed between requests. */
export interface Manners {
  files: Record<string, Uint8Array>;
  ranges: boolean;
  etags: boolean;
  /** Answers before the file: each is used up by one request. */
  errors: number[];
  /** Break the connection after so many bytes of each of the next answers; one entry is used up by each. */
  breaks: number[];
  /** Send the first bytes and then nothing. */
  stalls: boolean;
}

/** A running server. */
export interface FileServer {
  readonly url: string;
  readonly manners: Manners;
  /** `METHOD path range` of each request so far. */
  readonly log: string[];
  readonly close: () => Promise<void>;
}

/** Starts a server for `files`, by their path without the leading slash. */
export async function serveFiles(files: Record<string, Uint8Array>): Promise<FileServer> {
  const manners: Manners = { files, ranges: true, etags: true, errors: [], breaks: [], stalls: false };
  const log: string[] = [];
  const server = createServer((request, response) => {
    log.push([request.method, request.url, request.headers.range].filter(Boolean).join(' '));
    answer(request, response, manners);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    manners,
    log,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, manners: Manners): void {
  const error = manners.errors.shift();
  const bytes = manners.files[decodeURIComponent((request.url ?? '/').slice(1))];
  if (error !== undefined || !bytes) {
    response.writeHead(error ?? 404).end('no');
    return;
  }
  const etag = `"${bytes.length}-${bytes[0] ?? 0}"`;
  if (manners.etags && request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  const from = manners.ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
  if (from > 0 && from >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const headers = { 'content-length': bytes.length - from, ...(manners.etags ? { etag } : {}) };
  if (from > 0)
    response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` });
  else response.writeHead(200, headers);
  const stop = manners.breaks.shift();
  if (manners.stalls) response.write(bytes.subarray(from, from + 10));
  else if (stop === undefined) response.end(bytes.subarray(from));
  else response.write(bytes.subarray(from, from + stop), () => closeSoon(response));
}

/**
 * Closes a connection in the middle of an answer, when a client in this process has had turns enough to read what was sent: what it
 * has not read by then is lost.
 */
export function closeSoon(response: ServerResponse, turns = 20): void {
  if (turns === 0) response.destroy();
  else setTimeout(() => closeSoon(response, turns - 1), 1);
}
