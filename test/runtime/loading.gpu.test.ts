/** What loading overlaps and reports, and how many sets of shapes a session keeps. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { MAX_COMPILED } from '../../src/session/compiled-cache.ts';
import { tensorOf, zeros } from '../../src/core/tensor.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { openModel } from '../../src/node/model-source.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import type { LoadProgress } from '../../src/session/progress.ts';
import { Session } from '../../src/session/session.ts';
import { at } from '../../src/util/arrays.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

const devices: GPUDevice[] = [];
afterAll(() => devices.forEach((device) => device.destroy()));

async function openDevice(): Promise<GPUDevice> {
  const device = await requestDevice((await openGpu()).adapter);
  devices.push(device);
  return device;
}

/** Counts the calls of a method of a device. */
function counted(device: GPUDevice, method: 'createComputePipelineAsync' | 'createBuffer'): () => number {
  let calls = 0;
  const original = device[method].bind(device) as (...args: unknown[]) => unknown;
  Object.defineProperty(device, method, {
    value: (...args: unknown[]) => {
      calls++;
      return original(...args);
    },
  });
  return () => calls;
}

describe('loading', () => {
  it('compiles the shaders of a TensorFlow.js model while its weights are on their way', async () => {
    const device = await openDevice();
    const pipelines = counted(device, 'createComputePipelineAsync');
    const model = await openModel('nsfw-mobilenet-v2');
    let before = 0;
    // Weights that come only once shaders have been asked for, or when that has been waited for in vain.
    const deadline = performance.now() + PATIENCE_MS;
    const slow: ModelFiles = {
      main: model.main,
      read: async (name) => {
        while (pipelines() === 0 && performance.now() < deadline)
          await new Promise((resolve) => setTimeout(resolve, 5));
        before = pipelines();
        return model.read(name);
      },
    };
    using session = await Session.create(slow, { gpu: device });
    const plan = await session.plan();
    expect(before).toBeGreaterThan(0);
    // The sketch had all the pipelines of the real model: none was compiled for it alone, none twice.
    expect(pipelines()).toBe(plan?.pipelines.length);
  });

  it('reports its stages, and the first run when it is done', async () => {
    const stages: LoadProgress[] = [];
    using session = await Session.create(await openModel('nsfw-mobilenet-v2'), {
      gpu: await openDevice(),
      onProgress: (progress) => stages.push(progress),
    });
    expect([...new Set(stages.map(({ stage }) => stage))]).toEqual(['download', 'parse', 'compile', 'upload', 'ready']);
    expectMonotone(stages);
    const { downloadMs, parseMs, deviceMs, passesMs, planMs, compileMs, uploadMs, totalMs, ...rest } = session.report;
    for (const ms of [downloadMs, parseMs, deviceMs, passesMs, planMs, compileMs, uploadMs]) {
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(totalMs);
    }
    expect(rest).toMatchObject({ format: 'tfjs-layers', backend: 'webgpu', adapter: expect.any(String) });
    expect(rest.tuning).toMatchObject({ mode: 'cached', measured: 0 });
    expect(rest.firstRunMs).toBeUndefined();
    const [input] = session.inputs;
    await session.run({ [input?.name ?? '']: zeros('float32', [1, 224, 224, 3]) });
    expect(session.report.firstRunMs).toBeGreaterThan(0);
    const { firstRunMs } = session.report;
    await session.run({ [input?.name ?? '']: zeros('float32', [1, 224, 224, 3]) });
    expect(session.report.firstRunMs).toBe(firstRunMs);
  });

  it('tells how many bytes of a download have come', async () => {
    const model = await openModel('nsfw-mobilenet-v2');
    const server = createServer((request, response) => {
      const name = (request.url ?? '').slice(1);
      void (name === 'model.json' ? Promise.resolve(model.main.bytes) : model.read(name)).then((bytes) => {
        response.writeHead(200, { 'content-length': String(bytes.byteLength) }).end(bytes);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const steps: LoadProgress[] = [];
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.json`;
    using session = await Session.create(url, { backend: 'cpu', onProgress: (step) => steps.push(step) });
    server.close();
    expect(session.report.format).toBe('tfjs-layers');
    const downloads = steps.filter(({ stage }) => stage === 'download');
    const last = downloads.at(-1);
    expect(last?.loaded).toBe(last?.total);
    expect(last?.loaded).toBeGreaterThan(model.main.bytes.byteLength);
    expect(downloads.map(({ file }) => file)).toContain('model.json');
    expect(last?.file).not.toBe('model.json');
    expectMonotone(steps);
    // The bar does not jump to the end with the small file that names the others: what these have is known from it.
    const first = downloads.filter(({ file }) => file === 'model.json').at(-1);
    expect(first?.fraction).toBeLessThan(0.1);
    const shards = downloads.filter(({ file }) => file !== undefined && file !== 'model.json');
    expect(new Set(shards.map(({ total }) => total))).toEqual(new Set([last?.total]));
  });
});

function ascending(numbers: readonly number[]): void {
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
}

/** Stages in their order, fractions and bytes that never fall, and nothing left at the end. */
function expectMonotone(steps: readonly LoadProgress[]): void {
  const order = ['download', 'parse', 'compile', 'tune', 'upload', 'ready'];
  ascending(steps.map(({ stage }) => order.indexOf(stage)));
  ascending(steps.map(({ fraction }) => fraction));
  ascending(steps.filter(({ stage }) => stage === 'download').map(({ loaded = 0 }) => loaded));
  expect(steps.at(-1)).toEqual({ stage: 'ready', fraction: 1 });
}

describe('sets of shapes', () => {
  it('are kept, the last few used, and computed right however many there are at once', async () => {
    const b = new GraphBuilder('doubled');
    const x = b.input('x', 'float32', ['n']);
    b.output(b.one('Binary', [x, x], { kind: 'add', activation: NO_ACTIVATION }, { outputs: ['y'] }));
    const device = await openDevice();
    const buffers = counted(device, 'createBuffer');
    using session = await Session.create(b.build(), { gpu: device });
    const run = async (n: number): Promise<void> => {
      const values = Array.from({ length: n }, (_, i) => i - n);
      const { y } = await session.run({ x: tensorOf('float32', [n], values) });
      expect([...(y?.data ?? [])]).toEqual(values.map((v) => 2 * v));
    };
    const sizes = Array.from({ length: 2 * MAX_COMPILED }, (_, i) => i + 2);
    await Promise.all(sizes.map(run));
    const made = buffers();
    for (const n of sizes.slice(-MAX_COMPILED)) await run(n);
    expect(buffers()).toBe(made);
    await run(at(sizes, 0));
    expect(buffers()).toBeGreaterThan(made);
  });

  it('beyond maxPlans are let go with their memory', async () => {
    const b = new GraphBuilder('weighted');
    const x = b.input('x', 'float32', ['n', 64]);
    const w = b.constant('w', tensorOf('float32', [64, 64], new Float32Array(64 * 64).fill(1)));
    const product = { transA: false, transB: false, activation: NO_ACTIVATION };
    b.output(b.one('MatMul', [x, w], product, { outputs: ['y'] }));
    const device = await openDevice();
    const live = liveBytes(device);
    using session = await Session.create(b.build(), { gpu: device, maxPlans: 2 });
    const run = async (n: number): Promise<number> => {
      const { y } = await session.run({ x: tensorOf('float32', [n, 64], new Float32Array(n * 64).fill(1)) });
      expect(y?.data).toEqual(new Float32Array(n * 64).fill(64));
      // What is let go is freed when the call is done.
      await new Promise((resolve) => setTimeout(resolve));
      return live();
    };
    await run(2);
    const two = await run(3);
    expect(two).toBeGreaterThan(2 * 64 * 64 * 4);
    for (const n of [4, 5, 6, 3, 2]) await run(n);
    expect(await run(3)).toBeLessThanOrEqual(two);
    await expect(Session.create(b.build(), { gpu: device, maxPlans: 0 })).rejects.toThrow(/maxPlans/);
  });
});

/** The bytes of the buffers that were made on a device from now on and not destroyed. */
function liveBytes(device: GPUDevice): () => number {
  let bytes = 0;
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    let alive = true;
    bytes += buffer.size;
    buffer.destroy = () => {
      if (alive) bytes -= buffer.size;
      alive = false;
      return destroy();
    };
    return buffer;
  };
  return () => bytes;
}
