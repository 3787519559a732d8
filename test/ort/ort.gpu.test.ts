/** `tilewise/ort` on WebGPU: the script, tensors in GPU buffers, the device that sessions share, profiles. */
import * as ortWeb from 'onnxruntime-web/wasm';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { DeviceError, InputError } from '../../src/core/errors.ts';
import * as ort from '../../src/node/ort.ts';
import type { ProfilingData } from '../../src/ort/index.ts';
import { scriptModels } from './models.ts';
import { compareNotes } from './notes.ts';
import { script } from './script.ts';

const models = scriptModels();
const x = new ort.Tensor(
  'float32',
  Float32Array.from({ length: 108 }, (_, i) => Math.sin(i)),
  [1, 3, 6, 6],
);
const gpu = { executionProviders: ['webgpu'] } as const;
const onGpu = { preferredOutputLocation: { y: 'gpu-buffer', sum: 'gpu-buffer' } } as const;

afterAll(async () => (await ort.env.webgpu.device).destroy());

describe('tilewise/ort on WebGPU', () => {
  it('gives what onnxruntime-web gives', async () => {
    const expected = await script(ortWeb, models, 'wasm');
    const actual = await script(ort, models, 'webgpu');
    expect(actual.facts).toEqual(expected.facts);
    // 27 products summed in another order.
    compareNotes(actual.notes, expected.notes, 1e-5);
  });

  it('leaves outputs in GPU buffers, and takes them from there', async () => {
    const host = await ort.InferenceSession.create(models.network, gpu);
    const expected = await host.run({ x });
    const session = await ort.InferenceSession.create(models.network, onGpu);
    const { y, sum, class: kinds } = await session.run({ x });
    if (!y || !sum || !kinds) throw new Error('an output is missing');
    expect([y.location, sum.location, kinds.location]).toEqual(['gpu-buffer', 'gpu-buffer', 'cpu']);
    expect(kinds.data).toEqual(expected['class']?.data);
    expect(y.gpuBuffer.size).toBe(144 * 4);
    expect(() => y.data).toThrow(/on the GPU.*getData/);
    expect(await y.getData()).toEqual(expected['y']?.data);
    expect(y.location).toBe('cpu');
    expect(await sum.reshape([4]).getData()).toEqual(expected['sum']?.data);
    sum.dispose();
    expect(sum.location).toBe('none');

    // Between sessions, on the device they share.
    const device = await ort.env.webgpu.device;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const [input, output] = [108, 4].map((n) => device.createBuffer({ size: n * 4, usage }));
    if (!input || !output) throw new Error('no buffers');
    device.queue.writeBuffer(input, 0, Float32Array.from(x.data as Float32Array));
    const feed = ort.Tensor.fromGpuBuffer(input, { dims: [1, 3, 6, 6], dataType: 'float32' });
    const target = ort.Tensor.fromGpuBuffer(output, { dims: [4, 1] });
    await expect(host.run({ x: feed }, { sum: target })).rejects.toThrow(/"sum" is float32 \[1, 4, 1, 1\].*\[4, 1\]/);
    const into = ort.Tensor.fromGpuBuffer(output, { dims: [1, 4, 1, 1] });
    expect((await host.run({ x: feed }, { sum: into }))['sum']).toBe(into);
    const again = await session.run({ x: feed }, ['sum']);
    expect(await again['sum']?.getData(true)).toEqual(expected['sum']?.data);
    expect(await readBack(device, output)).toEqual(expected['sum']?.data);
    for (const made of [host, session]) await made.release();
  });

  it('frees the outputs of a run that fails for one of them', async () => {
    const session = await ort.InferenceSession.create(models.network, onGpu);
    const device = await ort.env.webgpu.device;
    const some = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST });
    const wrong = ort.Tensor.fromGpuBuffer(some, { dims: [4, 1] });
    const freed = vi.spyOn(Object.getPrototypeOf(some) as GPUBuffer, 'destroy');
    await expect(session.run({ x }, { y: null, sum: wrong })).rejects.toBeInstanceOf(InputError);
    const labels = (freed.mock.contexts as GPUBuffer[]).map(({ label }) => label);
    freed.mockRestore();
    expect(labels).toEqual(expect.arrayContaining(['y', 'sum']));
    await session.release();
  });

  it('refuses types whose elements lie otherwise in a GPU buffer', async () => {
    const session = await ort.InferenceSession.create(models.types, { preferredOutputLocation: 'gpu-buffer' });
    const feeds = {
      a: new ort.Tensor('int64', [1, 2, 3]),
      keep: new ort.Tensor([true, true, true]),
      h: new ort.Tensor('float16', Uint16Array.of(1, 2, 3)),
    };
    await expect(session.run(feeds)).rejects.toThrow(/output "picked" is int64.*float32, int32, uint32/);
    const buffer = (await ort.env.webgpu.device).createBuffer({ size: 24, usage: GPUBufferUsage.COPY_SRC });
    const a = ort.Tensor.fromGpuBuffer(buffer, { dims: [3], dataType: 'int64' });
    await expect(session.run({ ...feeds, a })).rejects.toBeInstanceOf(InputError);
    await session.release();
  });

  it('profiles', async () => {
    const session = await ort.InferenceSession.create(models.network, gpu);
    const steps: ProfilingData[] = [];
    ort.env.webgpu.profiling.ondata = (data) => steps.push(data);
    session.startProfiling();
    await session.run({ x });
    session.endProfiling();
    const count = steps.length;
    await session.run({ x });
    expect(steps.length).toBe(count);
    expect(steps.map((s) => s.kernelType)).toContain('Conv');
    expect(steps.every((s) => s.endTime >= s.startTime)).toBe(true);
    await session.release();
  });

  it('goes on after its device was lost', async () => {
    const session = await ort.InferenceSession.create(models.network, gpu);
    const before = await session.run({ x });
    const lost = await ort.env.webgpu.device;
    lost.destroy();
    await lost.lost;
    const failing = session.run({ x });
    await expect(failing).rejects.toBeInstanceOf(DeviceError);
    expect((await session.run({ x }))['y']?.data).toEqual(before['y']?.data);
    expect(await ort.env.webgpu.device).not.toBe(lost);
    await session.release();
  });
});

async function readBack(device: GPUDevice, buffer: GPUBuffer): Promise<Float32Array> {
  const staging = device.createBuffer({ size: buffer.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const data = new Float32Array(staging.getMappedRange().slice(0));
  staging.destroy();
  return data;
}
