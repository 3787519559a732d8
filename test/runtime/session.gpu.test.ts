/** Sessions under fire: disposal and lost devices at awkward moments, and callers that go on with what they passed. */
import { describe, expect, it } from 'vitest';
import { DeviceError, InputError } from '../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import type { FeedTensor } from '../../src/session/feeds.ts';
import { Session } from '../../src/session/session.ts';

const adapter = async (): Promise<GPUAdapter> => (await openGpu()).adapter;

/** y = x + x of a symbolic length; x itself and a constant leave the graph, too. */
function graph(): Graph {
  const b = new GraphBuilder('doubled');
  const x = b.input('x', 'float32', ['n']);
  b.output(b.one('Binary', [x, x], { kind: 'add', activation: NO_ACTIVATION }, { outputs: ['y'] }));
  b.output(x);
  b.output(b.initializer('k', tensorOf('float32', [2], [1, 2])));
  return b.build();
}

const feed = (...values: number[]): { x: Tensor } => ({ x: tensorOf('float32', [values.length], values) });
const outcome = (run: Promise<unknown>): Promise<unknown> => run.catch((error: unknown) => error);

/** A source of adapters that remembers the devices opened through it. */
function recorded(): { gpu: () => Promise<GPUAdapter>; devices: GPUDevice[] } {
  const devices: GPUDevice[] = [];
  const gpu = async (): Promise<GPUAdapter> => {
    const found = await adapter();
    const request = found.requestDevice.bind(found);
    const value = async (descriptor: GPUDeviceDescriptor): Promise<GPUDevice> => {
      const device = await request(descriptor);
      devices.push(device);
      return device;
    };
    return Object.defineProperty(found, 'requestDevice', { value });
  };
  return { gpu, devices };
}

describe('a disposed session', () => {
  it('rejects calls in flight, on a device of its own or a given one', async () => {
    const device = await requestDevice(await adapter());
    for (const gpu of [adapter, device]) {
      const session = await Session.create(graph(), { gpu });
      const running = outcome(session.run(feed(1, 2, 3)));
      const compiling = outcome(session.run(feed(1, 2, 3, 4)));
      await new Promise((resolve) => setTimeout(resolve));
      session.dispose();
      for (const result of [await running, await compiling]) {
        // A result may have arrived before.
        if (result instanceof Error) expect(result).toBeInstanceOf(InputError);
        if (result instanceof Error) expect(result.message).toMatch(/was disposed/);
      }
    }
    device.destroy();
  });

  it('loads nothing more, even for calls made before', async () => {
    const device = await requestDevice(await adapter());
    const session = await Session.create(graph(), { gpu: device });
    const running = outcome(session.run(feed(1, 2, 3, 4)));
    session.dispose();
    expect(await running).toBeInstanceOf(InputError);
    device.destroy();
  });
});

describe('a lost device', () => {
  it('never lets a run fall back to the CPU, and is replaced once for all later runs', async () => {
    const { gpu, devices } = recorded();
    using session = await Session.create(graph(), { gpu });
    const before = [1, 2].map((v) => outcome(session.run(feed(v))));
    devices[0]?.destroy();
    // Other extents need another plan, while the device is going.
    const during = [1, 2].map((v) => outcome(session.run(feed(v, v, v))));
    for (const result of await Promise.all([...before, ...during])) {
      if (!(result instanceof DeviceError)) expect(devices).toHaveLength(2);
      else expect(result.code).toBe('DEVICE_LOST');
    }
    await devices[0]?.lost;
    const after = await Promise.all([session.run(feed(1)), session.run(feed(2, 2, 2))]);
    expect(after.map((r) => r['y']?.data[0])).toEqual([2, 4]);
    expect(devices).toHaveLength(2);
  });

  it('is watched once, not once a run', async () => {
    const device = await requestDevice(await adapter());
    const session = await Session.create(graph(), { gpu: device });
    await session.run(feed(1));
    const { lost } = device;
    let reads = 0;
    Object.defineProperty(device, 'lost', { get: () => (reads++, lost) });
    for (let i = 0; i < 5; i++) await session.run(feed(i));
    expect(reads).toBe(0);
    device.destroy();
  });

  it('rejects Session.create with DEVICE_LOST', async () => {
    const device = await requestDevice(await adapter());
    device.destroy();
    await device.lost;
    expect(await outcome(Session.create(graph(), { gpu: device }))).toMatchObject({ code: 'DEVICE_LOST' });
  });
});

describe('a session', () => {
  it('answers runs of several shapes at a time, and the step check among them', async () => {
    using session = await Session.create(graph(), { gpu: adapter });
    const runs = [1, 2, 3, 1, 2].map((n, i) => session.run(feed(...Array.from({ length: n }, () => i + 1))));
    const check = session.check(feed(7));
    const last = session.run(feed(8));
    expect((await Promise.all([...runs, last])).map((r) => Array.from(r['y']?.data ?? []))).toEqual([
      [2],
      [4, 4],
      [6, 6, 6],
      [8],
      [10, 10],
      [16],
    ]);
    expect((await check).filter((step) => !step.ok)).toEqual([]);
  });

  it.each(['cpu', 'webgpu'] as const)(
    'gives results of its own on %s: neither feeds nor constants',
    async (backend) => {
      using session = await Session.create(graph(), { backend, gpu: adapter });
      const { x } = feed(1, 2);
      const first = await session.run({ x });
      expect(first['x']?.data).toEqual(x.data);
      expect(first['x']?.data).not.toBe(x.data);
      first['k']?.data.fill(9);
      expect(Array.from((await session.run({ x }))['k']?.data ?? [])).toEqual([1, 2]);
    },
  );

  it('keeps narrow integers narrow between nodes', async () => {
    const b = new GraphBuilder('narrow');
    const feeds: Record<string, FeedTensor> = {};
    for (const [dtype, data] of [
      ['uint8', [250, 7, 100, 16, 3]],
      ['int8', [-128, 7, 100, 16, 3]],
    ] as const) {
      const x = b.input(dtype, dtype, [5]);
      feeds[dtype] = { shape: [5], data };
      // Read by a node that sees all 32 bits, where the result of another arithmetic node would be read back in 8.
      const seen = (name: string, y: string): void => {
        b.output(b.one('Cast', [y], { to: 'float32' }, { outputs: [`${dtype} ${name}`] }));
      };
      for (const kind of ['add', 'sub', 'mul', 'squaredDifference'] as const) {
        const reversed = b.one('Gather', [x, b.ints('order', [4, 3, 2, 1, 0])], { axis: 0 });
        seen(kind, b.one('Binary', [x, reversed], { kind, activation: NO_ACTIVATION }));
      }
      for (const kind of ['neg', 'abs', 'square'] as const) seen(kind, b.one('Unary', [x], { kind }));
      for (const kind of ['sum', 'prod', 'sumSquare', 'l1'] as const) {
        seen(`all ${kind}`, b.one('Reduce', [x], { kind, axes: [0], keepDims: true }));
      }
    }
    const graph = b.build();
    using gpu = await Session.create(graph, { gpu: adapter });
    using cpu = await Session.create(graph, { backend: 'cpu' });
    expect(await gpu.run(feeds)).toEqual(await cpu.run(feeds));
  });

  it.each(['cpu', 'webgpu'] as const)('runs tensors without elements and scalars on %s', async (backend) => {
    const b = new GraphBuilder('empty');
    const empty = b.input('e', 'float32', [0, 3]);
    const scalar = b.input('s', 'float32', []);
    b.output(b.one('Binary', [empty, scalar], { kind: 'mul', activation: NO_ACTIVATION }, { outputs: ['none'] }));
    b.output(b.one('Reduce', [empty], { kind: 'sum', axes: [0], keepDims: false }, { outputs: ['sum'] }));
    b.output(b.one('Concat', [empty, empty], { axis: 0 }, { outputs: ['both'] }));
    b.output(b.one('Unary', [scalar], { kind: 'neg' }, { outputs: ['minus'] }));
    using session = await Session.create(b.build(), { backend, gpu: adapter });
    const e = tensorOf('float32', [0, 3], []);
    const { none, sum, both, minus } = await session.run({ e, s: tensorOf('float32', [], [4]) });
    expect([none?.shape, both?.shape, sum?.shape, minus?.shape]).toEqual([[0, 3], [0, 3], [3], []]);
    expect([none?.data.length, Array.from(sum?.data ?? []), minus?.data[0]]).toEqual([0, [0, 0, 0], -4]);
  });
});
