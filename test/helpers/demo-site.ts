/** The demo page as `npm run demo:build` makes it, served the way any static host does: below some path, no more. */
import { execFile } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = '/some/where/';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
};

/** Whatever the page or its Workers ask of another address is refused by the browser, which tells this server: `/refused`. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  'report-uri /refused',
].join('; ');

/** A running server. */
export interface Site {
  /** Of the page, with the slash at its end. */
  readonly url: string;
  /** What was asked for so far, relative to the page; outside of its folder, with a leading slash. */
  readonly asked: string[];
  /** Files that are answered only after `release`. */
  readonly held: Set<string>;
  /** Answers everything that is held. */
  readonly release: () => void;
  readonly close: () => Promise<void>;
}

/**
 * Builds the site into a new temporary folder, as a process of its own: Vite looks at NODE_ENV, which Vitest sets. What would be
 * downloaded comes from the folder `mirror`: without one the site is that of a machine without a network.
 */
export async function buildSite(mirror = join(tmpdir(), 'tilewise-no-mirror')): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tilewise-demo-'));
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const command = [vite, 'build', '--config', 'demo/vite.config.ts', '--outDir', folder, '--logLevel', 'warn'];
  await promisify(execFile)(process.execPath, command, {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production', TILEWISE_MIRROR: mirror },
  });
  return folder;
}

/** Serves what `buildSite` made. */
export async function serveSite(folder: string): Promise<Site> {
  const asked: string[] = [];
  const held = new Set<string>();
  let waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').replace(/[?#].*$/, ''));
    const name = path.startsWith(FOLDER) ? path.slice(FOLDER.length) : path;
    asked.push(name);
    const send = (): void => sendFile(response, name === path ? undefined : join(folder, normalize(`/${name}`)));
    if (held.has(name)) waiting.push(send);
    else send();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${FOLDER}`,
    asked,
    held,
    release: () => {
      held.clear();
      for (const send of waiting) send();
      waiting = [];
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

function sendFile(response: ServerResponse, path: string | undefined): void {
  const file = path?.endsWith('/') ? `${path}index.html` : path;
  if (file === undefined || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': statSync(file).size,
    'content-security-policy': POLICY,
  });
  createReadStream(file).pipe(response);
}
