/** Bundles the engine page once and serves it, cross-origin isolated so that WASM threads work, on loopback. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, resolve, sep } from 'node:path';
import { build } from 'vite';
import { buildLibrary } from '../lib/library.ts';

/** A running server. */
export interface PeerServer {
  readonly origin: string;
  /** What `/model/NAME` gives from now on. */
  readonly serve: (files: ReadonlyMap<string, Uint8Array>) => void;
  readonly close: () => Promise<void>;
}

const ROOT = resolve(import.meta.dirname, '../..');

/** Packages whose files engines load at run time. */
const VENDORS = ['onnxruntime-web', '@litertjs/core', '@tensorflow/tfjs-backend-wasm'];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/**
 * Builds the page into a temporary folder and serves it. The engine is as it is published, as the peers are, in few files; or
 * another whose main module is given.
 */
export async function servePeers(given?: string): Promise<PeerServer> {
  const engine = given ?? (await buildLibrary()).entries.get('tilewise') ?? '';
  const built = mkdtempSync(join(tmpdir(), 'tilewise-peer-page-'));
  await build({
    configFile: false,
    root: join(ROOT, 'bench/peers/page'),
    logLevel: 'error',
    resolve: { alias: [{ find: /^.*\/src\/index\.ts$/, replacement: engine }] },
    // Not minified: TensorFlow.js starts its workers from the text of a function, which must stand on its own.
    build: { outDir: built, emptyOutDir: true, target: 'esnext', minify: false, chunkSizeWarningLimit: 100_000 },
  });
  let model: ReadonlyMap<string, Uint8Array> = new Map();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const found = path.startsWith('/model/') ? model.get(path.slice('/model/'.length)) : undefined;
    if (found) return send(response, '', found);
    readFile(fileOf(path, built)).then(
      (bytes) => send(response, extname(path) || '.html', bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the page server has no address');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    serve: (files) => {
      model = files;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      rmSync(built, { recursive: true, force: true });
    },
  };
}

/** The file behind a path; one that does not exist for whatever is neither of the page nor of a vendor. */
function fileOf(path: string, built: string): string {
  const vendor = /^\/vendor\/(.+)$/.exec(path)?.[1];
  const [folder, name] = vendor === undefined ? [built, path] : [join(ROOT, 'node_modules'), vendor];
  const allowed = vendor === undefined || VENDORS.some((v) => vendor.startsWith(`${v}/`));
  const file = join(folder, name === '/' ? 'index.html' : name);
  return allowed && file.startsWith(folder + sep) ? file : join(built, 'no such file');
}

function send(response: ServerResponse, extension: string, bytes: Uint8Array): void {
  response.writeHead(200, {
    'content-type': TYPES[extension] ?? 'application/octet-stream',
    'content-length': bytes.byteLength,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  });
  response.end(bytes);
}
