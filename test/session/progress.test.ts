/** How far a load has come: what is told of stages and bytes, in whatever order they come. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDetector, openSession, Session } from '../../src/node/index.ts';
import { ByteCount } from '../../src/session/byte-count.ts';
import { LoadingProgress, type LoadProgress } from '../../src/session/progress.ts';
import { serveFiles, type FileServer } from '../helpers/file-server.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';

const MB = 2 ** 20;

function heard(): { readonly progress: LoadingProgress; readonly told: LoadProgress[] } {
  const told: LoadProgress[] = [];
  return { progress: new LoadingProgress((step) => told.push(step)), told };
}

describe('the fraction of a load', () => {
  it('does not fall when there turns out to be more to fetch, or bytes come late', () => {
    const { progress, told } = heard();
    progress.tell('download', { loaded: 8 * MB, total: 10 * MB });
    progress.tell('download', { loaded: 9 * MB, total: 90 * MB });
    progress.tell('compile');
    progress.tell('download', { loaded: 90 * MB, total: 90 * MB });
    progress.tell('ready');
    expect(told.map(({ stage }) => stage)).toEqual(['download', 'download', 'compile', 'compile', 'ready']);
    const fractions = told.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions[0]).toBeCloseTo(0.8 * 0.7);
    expect(fractions.at(-1)).toBe(1);
  });
});

describe('bytes of a model', () => {
  it('are told once, by whoever knows of more', async () => {
    const { progress, told } = heard();
    const count = new ByteCount(progress);
    count.moved(30, 100, 'model.json');
    const files = count.counted({
      main: { name: 'model.json', bytes: new Uint8Array(30) },
      read: async () => new Uint8Array(70),
    });
    count.moved(80, 100, 'shard');
    files.expect?.(140);
    await files.read('shard');
    await files.read('other');
    expect(told.map(({ loaded, total }) => [loaded, total])).toEqual([
      [30, 100],
      [80, 100],
      [100, 170],
      [170, 170],
      [undefined, undefined],
    ]);
    expect(told.at(-1)?.stage).toBe('parse');
  });
});

describe('a load', () => {
  const model = encodeModel({
    opset: 13,
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 3, 2, 6] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [1, 6, 6] }],
    nodes: [{ op: 'Reshape', inputs: ['x', 'rows'], outputs: ['y'] }],
    initializers: [['rows', tensorOf('int64', [3], [1, -1, 6])]],
  });
  let server: FileServer | undefined;
  let [url, folder] = ['', ''];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tilewise-progress-'));
    vi.stubEnv('TILEWISE_CACHE', folder);
    server = await serveFiles({ 'm.onnx': model });
    url = `${server.url}/m.onnx`;
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
    await server?.close();
  });

  it.each([
    [
      'Session.create',
      (onProgress: (step: LoadProgress) => void) => Session.create(url, { backend: 'cpu', onProgress }),
    ],
    ['openSession', (onProgress: (step: LoadProgress) => void) => openSession(url, { backend: 'cpu', onProgress })],
    [
      'createDetector',
      (onProgress: (step: LoadProgress) => void) => createDetector(url, { backend: 'cpu', onProgress }),
    ],
  ])('of %s ends with what its listener throws, and tells nothing more', async (_, load) => {
    const thrown = new Error('of the listener');
    for (const stage of ['download', 'compile', 'ready'] as const) {
      const told: LoadProgress[] = [];
      const loading = load((step) => {
        told.push(step);
        if (step.stage === stage && (stage !== 'download' || step.loaded)) throw thrown;
      });
      await expect(loading).rejects.toBe(thrown);
      expect(told.at(-1)?.stage).toBe(stage);
      expect(told.filter((step) => step.stage === stage && step.loaded)).toHaveLength(stage === 'download' ? 1 : 0);
    }
  });

  it('of a path or an address is told of, as it comes, in Node too', async () => {
    const told: LoadProgress[] = [];
    using session = await openSession(url, { backend: 'cpu', onProgress: (step) => told.push(step) });
    expect(session.report.downloadMs).toBeGreaterThan(0);
    expect(told[0]).toEqual({ stage: 'download', fraction: 0 });
    expect(told[1]).toMatchObject({ loaded: model.length, total: model.length, file: 'm.onnx' });
  });
});
