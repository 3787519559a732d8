/** What a page downloads: the promise of README, and what must not be in it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { buildLibrary, type Library } from '../../bench/lib/library.ts';
import { measure, type AppSize } from '../../bench/size/measure.ts';
import { wasmFiles } from '../../bench/size/wasm.ts';

/** Bytes after gzip that a classifier may take, with the importers of ONNX and TensorFlow.js. */
const CLASSIFIER_BYTES = 100_000;

/** What the WASM backend may add to it, on demand, with the kernels of a classifier. */
const WASM_BYTES = 14_000;

/** Likewise for what works without the engine: errors, and functions on boxes. */
const APART_BYTES = 2000;

let library: Library;
let size: AppSize;
beforeAll(async () => {
  library = await buildLibrary();
  size = await measure('classifier', library);
});

const sourcesOf = (...kinds: string[]): string[] =>
  size.files.filter(({ when }) => kinds.includes(when)).flatMap(({ sources }) => sources);

/** The file that a source is in. */
const fileOf = (source: string): string | undefined => size.files.find(({ sources }) => sources.includes(source))?.name;

describe('an application with a classifier', () => {
  it('keeps to its budget, importers included', () => {
    const importers = size.files.filter(({ when }) => when === 'importer').flatMap(({ sources }) => sources);
    expect(importers).toEqual(
      expect.arrayContaining([
        'src/formats/onnx/import.ts',
        'src/formats/onnx/proto.ts',
        'src/formats/tfjs/import.ts',
        'src/formats/tfjs/graph/import.ts',
        'src/formats/tfjs/layers/import.ts',
      ]),
    );
    expect(size.startBytes).toBeGreaterThan(40_000); // the engine is in it
    expect(size.gzipBytes).toBeLessThanOrEqual(CLASSIFIER_BYTES);
  });

  it('runs on WASM for a little more, none of which a page on a GPU loads', async () => {
    const wasm = await wasmFiles(size);
    const sources = wasm.flatMap((file) => file.sources);
    expect(sources).toEqual(expect.arrayContaining(['src/runtime/wasm/executor.ts', 'src/simd/conv/conv.ts']));
    expect(wasm.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0)).toBeLessThanOrEqual(WASM_BYTES);
    expect(sourcesOf('start', 'importer').filter((source) => /simd|runtime\/wasm/.test(source))).toEqual([]);
  });

  it('has no exporter in it, on demand or not', () => {
    const every = sourcesOf('start', 'importer', 'demand');
    expect(every.filter((source) => /onnx\/write|protobuf-writer/.test(source))).toEqual([]);
  });

  it('is made of scripts alone', () => {
    expect(size.files.filter(({ name }) => !name.endsWith('.js'))).toEqual([]);
  });

  it('starts without what few pages need, which is there on demand', () => {
    const late = [
      'src/formats/safetensors/parse.ts',
      'src/formats/onnx/further-operators.ts',
      'src/formats/tfjs/graph/further-operators.ts',
      'src/formats/tfjs/layers/further-layers.ts',
      'src/measure/tuner.ts',
      'src/measure/profiler.ts',
      'src/analysis/profile.ts',
      'src/ops/index/top-k.ts',
      'src/ops/elementwise/binary-loop.ts',
      'src/ops/lib/activation.ts',
      'shaders/index/top-k-merge.ts',
      'shaders/conv/winograd-input.ts',
    ];
    const atOnce = sourcesOf('start', 'importer');
    expect(late.filter((source) => atOnce.includes(source))).toEqual([]);
    expect(sourcesOf('demand')).toEqual(expect.arrayContaining(late));
  });

  it('has a file for what a family of operators loads on demand', () => {
    for (const layer of ['ops', 'kernels']) {
      const family = fileOf(`src/${layer}/index/top-k.ts`);
      expect(fileOf(`src/${layer}/index/gather-nd.ts`)).toBe(family);
      expect(fileOf(`src/${layer}/move/tile.ts`)).not.toBe(family);
    }
    expect(fileOf('src/kernels/index/top-k.ts')).not.toBe(fileOf('src/ops/index/top-k.ts'));
    expect(fileOf('shaders/index/top-k-merge.ts')).toBe(fileOf('src/kernels/index/top-k.ts'));
  });
});

describe('an application of tilewise/ort', () => {
  it('starts without the WASM backend', async () => {
    const { files } = await measure('ort', library);
    const start = files.filter(({ when }) => when === 'start').flatMap(({ sources }) => sources);
    expect(start).toContain('src/ort/create-ort.ts');
    expect(start.filter((source) => /simd|runtime\/wasm/.test(source))).toEqual([]);
  });
});

describe('an application without the engine', () => {
  it.each(['error', 'suppression'] as const)('has none of it: %s', async (entry) => {
    const { gzipBytes, onDemandBytes, files } = await measure(entry, library);
    expect(files.flatMap(({ sources }) => sources)).toContain('src/core/errors.ts');
    expect(gzipBytes).toBeLessThan(APART_BYTES);
    expect(onDemandBytes).toBe(0);
  });
});

describe('a minified library', () => {
  it('has errors with the names they are exported by', async () => {
    const exported = Object.entries<unknown>(await import(library.entries.get('tilewise') ?? ''));
    const classes = exported.flatMap(([name, value]): [string, new (...args: unknown[]) => Error][] =>
      typeof value === 'function' && value.prototype instanceof Error ? [[name, value as never]] : [],
    );
    expect(classes.length).toBe(10);
    for (const [name, Class] of classes) {
      const error = name === 'UnsupportedError' ? new Class([]) : new Class('NO_DEVICE', 'message');
      expect(error.name).toBe(name);
    }
  });
});
