/** `tilewise/ort`: one unchanged script on onnxruntime-web and on it, and what only it does. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as common from 'onnxruntime-common';
import * as ortWeb from 'onnxruntime-web/wasm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DeviceError, InputError, LoadError } from '../../src/core/errors.ts';
import * as inNode from '../../src/node/ort.ts';
import * as inPage from '../../src/ort/index.ts';
import { Session } from '../../src/session/session.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';
import { scriptModels } from './models.ts';
import { compareNotes } from './notes.ts';
import { script } from './script.ts';

const models = scriptModels();
const cpu = { executionProviders: ['cpu'] } as const;

// The interfaces are onnxruntime-common's own: what does not fit them is no program. A session made by one is used as
// one of the other.
const factory: common.InferenceSessionFactory = inPage.InferenceSession;
const constructor: common.TensorConstructor = inPage.Tensor;
const environment: Omit<common.Env, 'webgl'> = inPage.env;
const asCommon = (session: inPage.InferenceSession): common.InferenceSession => session;
const asOurs = (options: common.InferenceSession.SessionOptions): inPage.InferenceSession.SessionOptions => options;

describe('the script', () => {
  it.each(['wasm', 'cpu'])('gives on %s what it gives on onnxruntime-web', async (provider) => {
    const expected = await script(ortWeb, models, 'wasm');
    const actual = await script(inPage, models, provider);
    expect(actual.facts).toEqual(expected.facts);
    // 27 products summed in another order.
    compareNotes(actual.notes, expected.notes, 1e-5);
    expect(actual.notes.length).toBeGreaterThan(12);
  });
});

const noWasm = (): DeviceError => new DeviceError('NO_DEVICE', 'no WASM here');

describe('execution providers', () => {
  // Node has no navigator.gpu, so the page's entry finds no adapter.
  const x = new inPage.Tensor(
    Float32Array.from({ length: 108 }, (_, i) => Math.sin(i)),
    [1, 3, 6, 6],
  );
  afterEach(() => void vi.restoreAllMocks());

  /** Where a session made with these options runs, and what it gives. */
  async function runOn(
    options: inPage.InferenceSession.SessionOptions,
  ): Promise<{ backend: string | undefined; sum: unknown; kinds: unknown }> {
    const created = vi.spyOn(Session, 'create');
    const session = await inPage.InferenceSession.create(models.network, options);
    const { sum, class: kinds } = await session.run({ x });
    const made = await created.mock.results.at(-1)?.value;
    created.mockRestore();
    await session.release();
    return { backend: made?.report.backend, sum: sum?.data, kinds: kinds?.data };
  }

  it('are taken in their order, and wasm is the WASM backend', async () => {
    const reference = await runOn(cpu);
    expect(reference.backend).toBe('cpu');
    for (const [executionProviders, backend] of [
      [['wasm'], 'wasm'],
      [[{ name: 'wasm' }, 'cpu'], 'wasm'],
      [['webgpu', 'wasm'], 'wasm'],
      [['wasm', 'webgpu'], 'wasm'],
      [['webnn', 'webgpu', 'cpu', 'wasm'], 'cpu'],
      [undefined, 'wasm'],
    ] as const) {
      const made = await runOn(executionProviders ? { executionProviders } : {});
      expect(made.backend).toBe(backend);
      expect(made.kinds).toEqual(reference.kinds);
      (reference.sum as Float32Array).forEach((value, i) =>
        expect((made.sum as Float32Array)[i], `${String(executionProviders)}: sum ${i}`).toBeCloseTo(value, 5),
      );
    }
  });

  it('are not followed by others that are not listed', async () => {
    const noDevice = { code: 'NO_DEVICE' };
    await expect(runOn({ executionProviders: ['webgpu'] })).rejects.toMatchObject(noDevice);
    // Where outputs are to stay on the GPU, and where a page chose an adapter, WebGPU is meant.
    await expect(runOn({ preferredOutputLocation: { y: 'gpu-buffer' } })).rejects.toMatchObject(noDevice);
    const both = { executionProviders: ['webgpu', 'wasm'], preferredOutputLocation: 'gpu-buffer' } as const;
    await expect(runOn(both)).rejects.toThrow(/session on the CPU/);
    inPage.env.webgpu.forceFallbackAdapter = true;
    await expect(runOn({})).rejects.toMatchObject(noDevice);
    inPage.env.webgpu.forceFallbackAdapter = false;
    vi.spyOn(Session, 'create').mockRejectedValueOnce(noWasm());
    await expect(runOn({ executionProviders: ['wasm'], freeDimensionOverrides: { n: 1 } })).rejects.toThrow('no WASM');
  });

  it('go on to the next only where there is none of one', async () => {
    const executionProviders = ['wasm', 'cpu'];
    const created = vi.spyOn(Session, 'create').mockRejectedValueOnce(noWasm());
    const session = await inPage.InferenceSession.create(models.types, { executionProviders });
    expect(created.mock.calls.map(([, options]) => options?.backend)).toEqual(executionProviders);
    await session.release();
    created.mockRejectedValueOnce(new LoadError('half a kernel'));
    const failing = inPage.InferenceSession.create(models.types, { executionProviders });
    await expect(failing).rejects.toThrow('half a kernel');
  });
});

describe('tilewise/ort', () => {
  it('takes models whose shapes are fed', async () => {
    const model = encodeModel({
      opset: 13,
      inputs: [
        { name: 'x', dtype: 'float32', shape: [2, 3] },
        { name: 'shape', dtype: 'int64', shape: [2] },
      ],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['a', 'b'] }],
      initializers: [],
      nodes: [{ op: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'] }],
    });
    const session = await inPage.InferenceSession.create(model, cpu);
    const x = new inPage.Tensor('float32', Float32Array.from([1, 2, 3, 4, 5, 6]), [2, 3]);
    for (const dims of [
      [3, 2],
      [6, 1],
    ]) {
      const { y } = await session.run({ x, shape: new inPage.Tensor('int64', dims.map(BigInt), [2]) });
      expect(y?.dims).toEqual(dims);
    }
  });

  it('has the interfaces of onnxruntime-common', async () => {
    const session = asCommon(await inPage.InferenceSession.create(models.types, asOurs(cpu)));
    expect([factory, constructor, environment]).toEqual([inPage.InferenceSession, inPage.Tensor, inPage.env]);
    expect(session.outputNames).toEqual(['picked', 'half', 'not']);
    expect(Object.keys(inNode).sort()).toEqual(Object.keys(inPage).sort());
  });

  it('writes into the tensors it is given', async () => {
    // onnxruntime-web 1.30 gives such a tensor back as well, but leaves its elements as they were.
    const session = await inPage.InferenceSession.create(models.network, cpu);
    const feeds = { x: new inPage.Tensor('float32', new Float32Array(108).fill(1), [1, 3, 6, 6]) };
    const { sum } = await session.run(feeds, ['sum']);
    const pinned = inPage.Tensor.fromPinnedBuffer('float32', new Float32Array(4), [1, 4, 1, 1]);
    const { sum: written } = await session.run(feeds, { sum: pinned });
    expect(written).toBe(pinned);
    expect(pinned.data).toEqual(sum?.data);
    expect(pinned.data.some((v) => v !== 0)).toBe(true);
  });

  it('reads external data, and in Node paths', async () => {
    const weights = Float32Array.of(1, 2, 3);
    const model = encodeModel({
      opset: 13,
      inputs: [{ name: 'x', dtype: 'float32', shape: [3] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [3] }],
      initializers: [['w', { dataType: 1, dims: [3], external: { location: 'net.data' } }]],
      nodes: [{ op: 'Mul', inputs: ['x', 'w'], outputs: ['y'] }],
    });
    const feeds = { x: new inPage.Tensor(Float32Array.of(2, 2, 2)) };
    const folder = mkdtempSync(join(tmpdir(), 'tilewise-ort-'));
    const path = join(folder, 'net.onnx');
    writeFileSync(path, model);
    const data = new Uint8Array(weights.buffer);
    writeFileSync(join(folder, 'net.data'), data);
    try {
      for (const session of [
        await inPage.InferenceSession.create(model, { ...cpu, externalData: [{ path: './net.data', data }] }),
        await inPage.InferenceSession.create(model, {
          ...cpu,
          externalData: [{ path: 'net.data', data: new Blob([data]) }],
        }),
        await inNode.InferenceSession.create(path, cpu),
        await inNode.InferenceSession.create(pathToFileURL(path).href, cpu),
      ]) {
        expect((await session.run(feeds))['y']?.data).toEqual(Float32Array.of(2, 4, 6));
        await session.release();
      }
      await expect(inPage.InferenceSession.create(model, cpu)).rejects.toBeInstanceOf(LoadError);
      await expect(inNode.InferenceSession.create(`${path}x`, cpu)).rejects.toThrow(/no such file.*net\.onnx/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses what it cannot honour, and passes over what changes nothing', async () => {
    const refusals: [inPage.InferenceSession.SessionOptions, RegExp][] = [
      [{ executionProviders: ['webnn', { name: 'cuda' }] }, /none of the execution providers webnn, cuda.*webgpu/],
      [{ executionProviders: [] }, /none of the execution providers/],
      [{ ...cpu, preferredOutputLocation: 'texture' }, /place called "texture".*gpu-buffer/],
      [{ ...cpu, preferredOutputLocation: { y: 'gpu-buffer' } }, /session on the CPU.*webgpu/],
      [{ ...cpu, optimizedModelFilePath: 'out.onnx' }, /optimizedModelFilePath/],
      [{ ...cpu, freeDimensionOverrides: { n: 0 } }, /dimension "n" cannot be 0/],
    ];
    for (const [options, message] of refusals) {
      const failing = inPage.InferenceSession.create(models.network, options);
      await expect(failing).rejects.toBeInstanceOf(InputError);
      await expect(failing).rejects.toThrow(message);
    }
    const session = await inPage.InferenceSession.create(models.network, {
      executionProviders: ['webnn', { name: 'wasm' }],
      enableMemPattern: false,
      freeDimensionOverrides: { n: 1, other: 5 },
    });
    const feeds = { x: new inPage.Tensor(new Float32Array(108), [1, 3, 6, 6]) };
    await expect(session.run(feeds, { terminate: true })).rejects.toThrow(/terminate/);
    expect(Object.keys(await session.run(feeds, { logSeverityLevel: 4 }))).toEqual(['y', 'sum', 'class']);
  });

  it('names what it does not compute with', async () => {
    const session = await inPage.InferenceSession.create(models.network, cpu);
    const x = new inPage.Tensor(new Float64Array(108), [1, 3, 6, 6]);
    await expect(session.run({ x })).rejects.toThrow(/"x" has float64 elements.*float32, float16/);
  });
});
