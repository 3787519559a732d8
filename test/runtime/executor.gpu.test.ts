/** The executor on a real device: what a run creates, lost devices, refused shaders, concurrent runs. */
import { afterEach, describe, expect, it } from 'vitest';
import { DeviceError, ShaderError } from '../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compilePipeline } from '../../src/runtime/webgpu/pipelines.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';

const adapter = async (): Promise<GPUAdapter> => (await openGpu()).adapter;
let open: { dispose(): void }[] = [];
afterEach(() => {
  for (const it of open) it.dispose();
  open = [];
});

/** y = relu(x + x), z = relu(y + x), of a symbolic length. */
function graph(): Graph {
  const b = new GraphBuilder('two-outputs');
  const x = b.input('x', 'float32', ['n', 3]);
  const y = b.one('Binary', [x, x], { kind: 'add', activation: RELU }, { outputs: ['y'] });
  const z = b.one('Binary', [y, x], { kind: 'add', activation: NO_ACTIVATION }, { outputs: ['z'] });
  b.output(y);
  b.output(z);
  return b.build();
}

const feed = (...values: number[]): { x: Tensor } => ({ x: tensorOf('float32', [values.length / 3, 3], values) });

/** Counts calls of every method of the device, its queue and its encoders, until `stop`. */
function countCalls(device: GPUDevice): { calls: Map<string, number>; stop: () => void } {
  const calls = new Map<string, number>();
  const restore: (() => void)[] = [];
  for (const target of [Object.getPrototypeOf(device) as object, Object.getPrototypeOf(device.queue) as object]) {
    for (const name of Object.getOwnPropertyNames(target)) {
      const descriptor = Object.getOwnPropertyDescriptor(target, name);
      const original: unknown = descriptor?.value;
      if (typeof original !== 'function' || name === 'constructor') continue;
      Object.defineProperty(target, name, {
        ...descriptor,
        value(this: unknown, ...args: unknown[]): unknown {
          calls.set(name, (calls.get(name) ?? 0) + 1);
          return Reflect.apply(original, this, args);
        },
      });
      restore.push(() => Object.defineProperty(target, name, descriptor ?? {}));
    }
  }
  return { calls, stop: () => restore.forEach((undo) => undo()) };
}

describe('executor', () => {
  it('runs with one submit and creates nothing but a command encoder', async () => {
    const device = await requestDevice(await adapter());
    const session = await Session.create(graph(), { gpu: device, inputShapes: { x: [1, 3] } });
    open.push(session, { dispose: () => device.destroy() });
    await session.run(feed(1, -2, 3));
    const { calls, stop } = countCalls(device);
    const { y, z } = await session.run(feed(1, -2, 3));
    stop();
    expect([...(y?.data ?? [])]).toEqual([2, 0, 6]);
    expect([...(z?.data ?? [])]).toEqual([3, -2, 9]);
    expect(Object.fromEntries(calls)).toEqual({ createCommandEncoder: 1, submit: 1, writeBuffer: 1 });
  });

  it('answers concurrent runs in order, each with its own result', async () => {
    const session = await Session.create(graph(), { gpu: adapter, inputShapes: { x: [1, 3] } });
    open.push(session);
    const results = await Promise.all([1, 2, 3, 4].map((v) => session.run(feed(v, v, v))));
    expect(results.map((r) => r['y']?.data[0])).toEqual([2, 4, 6, 8]);
  });

  it('compiles a new plan for new extents and keeps the old one', async () => {
    const session = await Session.create(graph(), { gpu: adapter, inputShapes: { x: [1, 3] } });
    open.push(session);
    const two = await session.run(feed(1, 2, 3, 4, 5, 6));
    expect(two['y']?.shape).toEqual([2, 3]);
    const one = await session.run(feed(1, 2, 3));
    expect(one['y']?.shape).toEqual([1, 3]);
  });

  it('rejects with DEVICE_LOST when the device goes, and opens a new one for the next run', async () => {
    let device: GPUDevice | undefined;
    const gpu = async (): Promise<GPUAdapter> => {
      const found = await adapter();
      const request = found.requestDevice.bind(found);
      Object.defineProperty(found, 'requestDevice', {
        value: async (d: GPUDeviceDescriptor) => (device = await request(d)),
      });
      return found;
    };
    const session = await Session.create(graph(), { gpu, inputShapes: { x: [1, 3] } });
    open.push(session);
    const first = device;
    const running = session.run(feed(1, 2, 3));
    first?.destroy();
    const error: unknown = await running.catch((e: unknown) => e);
    // The result may have arrived before the loss; otherwise the error is typed.
    if (error instanceof Error) expect(error).toBeInstanceOf(DeviceError);
    await first?.lost;
    const after = await session.run(feed(1, 2, 3));
    expect([...(after['y']?.data ?? [])]).toEqual([2, 4, 6]);
    expect(device).not.toBe(first);
  });

  it('quotes the source around a shader error', async () => {
    const device = await requestDevice(await adapter());
    open.push({ dispose: () => device.destroy() });
    const wgsl = '@compute @workgroup_size(1)\nfn main() {\n  let a: u32 = 1.5;\n}\n';
    const failing = compilePipeline(device, { wgsl, bindings: [], hasParams: false, label: 'broken/generic' });
    const error: unknown = await failing.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ShaderError);
    expect(String(error)).toContain('broken/generic');
    expect(String(error)).toMatch(/>\s+3\s+let a: u32 = 1\.5;/);
  });

  it('compiles each distinct text once per device, also when asked twice at a time', async () => {
    const device = await requestDevice(await adapter());
    open.push({ dispose: () => device.destroy() });
    const source = { wgsl: '@compute @workgroup_size(1)\nfn main() {}\n', bindings: [], hasParams: false, label: 'a' };
    const { calls, stop } = countCalls(device);
    const [a, b] = await Promise.all([
      compilePipeline(device, source),
      compilePipeline(device, { ...source, label: 'b' }),
    ]);
    stop();
    expect(a).toBe(b);
    expect(calls.get('createComputePipelineAsync')).toBe(1);
  });

  it('refuses to run once disposed', async () => {
    const session = await Session.create(graph(), { gpu: adapter, inputShapes: { x: [1, 3] } });
    session.dispose();
    await expect(session.run(feed(1, 2, 3))).rejects.toThrow(/disposed/);
  });
});
