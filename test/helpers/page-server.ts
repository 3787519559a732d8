/** A Vite server on loopback that gives a page the engine's own sources, and files by name. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'vite';
import type { Browser, Page } from 'puppeteer';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from '../../bench/lib/chromium.ts';
import { PATIENCE_MS } from './patience.ts';

/** A running server. */
export interface PageServer {
  /** `http://127.0.0.1:PORT`: loopback is a secure context, which `navigator.gpu` needs. */
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** Where the test page is served; `/isolated` with the headers that let it share memory with Workers. */
export type PagePath = '/page' | '/isolated';

const ISOLATING = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** Serves the test page as `/page` and `/isolated`, the repository's sources, and under `/files/NAME` what `files` holds under that name. */
export async function servePages(files: ReadonlyMap<string, Uint8Array> = new Map()): Promise<PageServer> {
  const cacheDir = mkdtempSync(join(tmpdir(), 'tilewise-vite-'));
  const server = await createServer({
    configFile: false,
    root: join(import.meta.dirname, '../..'),
    cacheDir,
    appType: 'mpa',
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
    plugins: [
      {
        name: 'files',
        configureServer: (vite) => {
          // Not as Vite serves pages: its reload client would be in them, and it complains that there is no reload.
          vite.middlewares.use('/page', (_, response) => sendPage(response));
          vite.middlewares.use('/isolated', (_, response) => sendPage(response, ISOLATING));
          vite.middlewares.use('/files', (request, response) => sendFile(files, request, response));
        },
      },
    ],
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (typeof address !== 'object' || address === null) throw new Error('the page server has no address');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: async () => {
      await server.close();
      rmSync(cacheDir, { recursive: true, force: true });
    },
  };
}

/** Opens the test page, and waits until it is ready; `prepare` sees the tab before. */
export async function openPage(
  browser: Browser | undefined,
  server: PageServer | undefined,
  prepare?: (tab: Page) => void,
  path: PagePath = '/page',
): Promise<Page> {
  if (!browser || !server) throw new Error('no browser, or no server');
  const tab = await browser.newPage();
  tab.setDefaultTimeout(PATIENCE_MS);
  prepare?.(tab);
  const fault = new Promise<never>((_, reject) => {
    tab.once('pageerror', (error) => reject(new Error('the test page does not load', { cause: error })));
  });
  // Afterwards the page's errors are those of a test.
  fault.catch(() => undefined);
  await tab.goto(`${server.origin}${path}`);
  await Promise.race([fault, tab.waitForFunction(() => 'page' in globalThis)]);
  return tab;
}

/** For the tests of a file: a browser and a server of these files, until they end; opens the test page. */
export function withPages(files?: ReadonlyMap<string, Uint8Array>): (path?: PagePath) => Promise<Page> {
  let browser: Browser | undefined;
  let server: PageServer | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
    server = await servePages(files);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  return (path) => openPage(browser, server, undefined, path);
}

function sendPage(response: ServerResponse, headers: Readonly<Record<string, string>> = {}): void {
  response.setHeaders(new Map(Object.entries({ 'content-type': 'text/html', ...headers })));
  response.end(readFileSync(join(import.meta.dirname, '../browser/page/index.html')));
}

function sendFile(files: ReadonlyMap<string, Uint8Array>, request: IncomingMessage, response: ServerResponse): void {
  const bytes = files.get(decodeURIComponent((request.url ?? '').replace(/^\//, '').replace(/\?.*$/, '')));
  response.statusCode = bytes ? 200 : 404;
  response.end(bytes);
}
