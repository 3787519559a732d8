/**
 * What libraries made for pages need to find in Node: `navigator.gpu` on Dawn, `importScripts`, and a `writeBuffer` that
 * takes shared memory. All engines get the adapter tilewise would choose.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import { openGpu } from '../../src/node/adapter.ts';
import { startThread } from '../../src/node/thread.ts';
import type { Host } from './runtimes/runtime.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MODULES = join(ROOT, 'node_modules');
/** tilewise as it is here. */
export const SOURCES = pathToFileURL(join(ROOT, 'src/index.ts')).href;

const asset = (path: string): string => join(MODULES, path);

/**
 * A host on this process, which imports tilewise from `engine`, and the name of the adapter that was handed out, once one was.
 * `navigator.gpu` is there only for an engine that is to use it: some open a device whenever they can.
 */
export function nodeHost(
  threads: number,
  withGpu: boolean,
  engine = SOURCES,
): { readonly host: Host; readonly adapterName: () => string | undefined } {
  let name: string | undefined;
  let features: ReadonlySet<string> = new Set();
  const adapter = async (): Promise<GPUAdapter> => {
    const opened = await openGpu();
    name = opened.description.name;
    features = opened.gpu.wgslLanguageFeatures;
    acceptSharedMemory();
    return opened.adapter;
  };
  const gpu = {
    requestAdapter: adapter,
    getPreferredCanvasFormat: () => 'bgra8unorm',
    get wgslLanguageFeatures() {
      return features;
    },
  };
  const navigator = { hardwareConcurrency: threads, userAgent: `Node.js ${process.version}`, language: 'en' };
  define('navigator', withGpu ? { ...navigator, gpu } : navigator);
  define('self', globalThis);
  define('importScripts', importScript);
  return {
    host: {
      where: 'node',
      threads,
      module: (path) => pathToFileURL(asset(path)).href,
      asset,
      read: (path) => readFile(asset(path)),
      adapter,
      engine: () => import(engine),
      startThread,
    },
    adapterName: () => name,
  };
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** Runs a classic script whose one global is Emscripten's ModuleFactory. */
function importScript(path: string): void {
  const text = readFileSync(path, 'utf8');
  const run = compileFunction(`${text}\nself.ModuleFactory = ModuleFactory;`, ['require', '__dirname', '__filename'], {
    filename: path,
  });
  run(createRequire(path), dirname(path), path);
}

/** Dawn for Node refuses views of shared memory, browsers do not: such data is copied first. */
function acceptSharedMemory(): void {
  const { prototype } = GPUQueue;
  const write = prototype.writeBuffer;
  if (write.name === 'writeShared') return;
  prototype.writeBuffer = function writeShared(this: GPUQueue, ...args: Parameters<typeof write>) {
    const [buffer, offset, data, from = 0, size] = args;
    const memory: ArrayBufferLike = ArrayBuffer.isView(data) ? data.buffer : data;
    if (!(memory instanceof SharedArrayBuffer)) return write.apply(this, args);
    const unit = 'BYTES_PER_ELEMENT' in data ? Number(data.BYTES_PER_ELEMENT) : 1;
    const start = (ArrayBuffer.isView(data) ? data.byteOffset : 0) + from * unit;
    const length = size === undefined ? data.byteLength - from * unit : size * unit;
    const copy = new Uint8Array(length);
    copy.set(new Uint8Array(memory, start, length));
    return write.call(this, buffer, offset, copy);
  };
}
