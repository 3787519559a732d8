/** Runs that leave results on the GPU, take them from there, fetch a part, keep to a frame budget, or are given up. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';

/** y = relu(x + x), z = y + x. */
function graph(): Graph {
  const b = new GraphBuilder('two-outputs');
  const x = b.input('x', 'float32', [1, 3]);
  const y = b.one('Binary', [x, x], { kind: 'add', activation: RELU }, { outputs: ['y'] });
  b.output(y);
  b.output(b.one('Binary', [y, x], { kind: 'add', activation: NO_ACTIVATION }, { outputs: ['z'] }));
  return b.build();
}

const x = tensorOf('float32', [1, 3], [1, -2, 3]);
let device: GPUDevice | undefined;
let session: Session | undefined;

beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
  session = await Session.create(graph(), { gpu: device });
});
afterAll(() => {
  session?.dispose();
  device?.destroy();
});

function opened(): Session {
  if (!session) throw new Error('no session');
  return session;
}

describe('tensors on the GPU', () => {
  it('leaves outputs there, and takes them as inputs', async () => {
    const { y, z } = await opened().run({ x }, { outputs: 'gpu' });
    if (!y || !z) throw new Error('no outputs');
    expect([y.dtype, y.shape, y.buffer.size]).toEqual(['float32', [1, 3], 12]);
    expect([...(await opened().read(z)).data]).toEqual([3, -2, 9]);
    const again = await opened().run({ x: y });
    expect([...(again['y']?.data ?? [])]).toEqual([4, 0, 12]);
    // They are the caller's: other runs do not change them.
    expect([...(await opened().read(y)).data]).toEqual([2, 0, 6]);
    y.buffer.destroy();
    z.buffer.destroy();
  });

  it('takes a buffer of the caller’s on the device it is told to use, and refuses one that cannot be it', async () => {
    expect(await opened().device()).toBe(device);
    const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = device?.createBuffer({ size: 12, usage });
    const small = device?.createBuffer({ size: 8, usage });
    const fixed = device?.createBuffer({ size: 12, usage: GPUBufferUsage.STORAGE });
    if (!buffer || !small || !fixed) throw new Error('no device');
    device?.queue.writeBuffer(buffer, 0, Float32Array.from([5, 6, 7]));
    const feed = { dtype: 'float32', shape: [1, 3], buffer } as const;
    expect([...((await opened().run({ x: feed }))['y']?.data ?? [])]).toEqual([10, 12, 14]);
    await expect(opened().run({ x: { ...feed, buffer: small } })).rejects.toThrow(/12 bytes.*has 8/);
    await expect(opened().run({ x: { ...feed, buffer: fixed } })).rejects.toThrow(/COPY_SRC/);
    await expect(opened().run({ x: { ...feed, shape: [3, 1] } })).rejects.toThrow(/is float32 1x3, got float32 3x1/);
    await expect(opened().run({ x: { ...feed, dtype: 'int32' } })).rejects.toThrow(/got int32/);
    await expect(opened().check({ x: feed })).rejects.toThrow(/needed in host memory/);
    for (const b of [buffer, small, fixed]) b.destroy();
  });

  it('says so when a buffer was destroyed, instead of giving what was there before', async () => {
    const buffer = device?.createBuffer({ size: 12, usage: GPUBufferUsage.COPY_SRC });
    if (!buffer) throw new Error('no device');
    const feed = { dtype: 'float32', shape: [1, 3], buffer } as const;
    buffer.destroy();
    for (const outputs of ['host', 'gpu'] as const) {
      const running: Promise<unknown> =
        outputs === 'gpu' ? opened().run({ x: feed }, { outputs }) : opened().run({ x: feed });
      await expect(running).rejects.toThrow(/the GPU refused what was fed.*destroyed/s);
    }
    await expect(opened().read(feed)).rejects.toBeInstanceOf(InputError);
    expect([...((await opened().run({ x }))['y']?.data ?? [])]).toEqual([2, 0, 6]);
  });

  it('has none on the CPU', async () => {
    using cpu = await Session.create(graph(), { backend: 'cpu' });
    expect(await cpu.device()).toBeUndefined();
    await expect(cpu.run({ x }, { outputs: 'gpu' })).rejects.toBeInstanceOf(InputError);
    await expect(cpu.run({ x }, { keep: ['y'] })).rejects.toBeInstanceOf(InputError);
    await expect(cpu.read({ dtype: 'float32', shape: [1, 3], buffer: {} as GPUBuffer })).rejects.toThrow(/read needs/);
    await expect(cpu.check({ x })).rejects.toThrow(/check needs a session with backend: 'webgpu'/);
    await expect(cpu.profile({ x })).rejects.toThrow(/profile needs a session with backend: 'webgpu'/);
  });
});

describe('outputs that are kept', () => {
  it('stay on the GPU, while the others come to the host', async () => {
    const { y, z } = await opened().run({ x }, { keep: ['z'] });
    if (!y || !z || !('data' in y) || !('buffer' in z)) throw new Error('they are not where they should be');
    expect([...y.data]).toEqual([2, 0, 6]);
    expect([...(await opened().read(z)).data]).toEqual([3, -2, 9]);
    z.buffer.destroy();
  });

  it('are all or none of them, too, and of those that are fetched', async () => {
    const all = await opened().run({ x }, { keep: ['y', 'z'] });
    expect(Object.values(all).map((tensor) => 'buffer' in tensor)).toEqual([true, true]);
    for (const tensor of Object.values(all)) if ('buffer' in tensor) tensor.buffer.destroy();
    const none = await opened().run({ x }, { keep: [] });
    expect(Object.values(none).map((tensor) => 'data' in tensor)).toEqual([true, true]);
    const fetched = await opened().run({ x }, { keep: ['z'], fetches: ['y'] });
    expect(Object.entries(fetched).map(([name, tensor]) => [name, 'data' in tensor])).toEqual([['y', true]]);
  });

  it('are submitted and read at once', async () => {
    const queue = device?.queue;
    if (!queue) throw new Error('no device');
    const submit = vi.spyOn(queue, 'submit');
    const { z } = await opened().run({ x }, { keep: ['z'] });
    expect(submit).toHaveBeenCalledTimes(1);
    submit.mockRestore();
    if (z && 'buffer' in z) z.buffer.destroy();
  });

  it('are outputs, or the run is refused', async () => {
    await expect(opened().run({ x }, { keep: ['q'] })).rejects.toThrow(/"q" cannot be kept: it is not an output/);
    await expect(opened().run({ x }, { keep: 'z' as never })).rejects.toBeInstanceOf(InputError);
  });
});

describe('fetches', () => {
  it('gives the outputs asked for', async () => {
    expect(Object.keys(await opened().run({ x }, { fetches: ['z'] }))).toEqual(['z']);
    using cpu = await Session.create(graph(), { backend: 'cpu' });
    expect(Object.keys(await cpu.run({ x }, { fetches: ['z'] }))).toEqual(['z']);
    expect(Object.keys(await opened().run({ x }, { fetches: ['y'], outputs: 'gpu' }))).toEqual(['y']);
  });

  it('names the outputs when there is no such one', async () => {
    await expect(opened().run({ x }, { fetches: ['w'] })).rejects.toThrow(
      '"w" is not an output; the outputs are "y", "z"',
    );
  });
});

describe('frame budget', () => {
  it('gives the same results in several submits', async () => {
    const prototype: { submit: GPUQueue['submit'] } = Object.getPrototypeOf(device?.queue);
    const { submit } = prototype;
    let submits = 0;
    prototype.submit = function (this: GPUQueue, buffers) {
      submits++;
      return submit.call(this, buffers);
    };
    try {
      const { y, z } = await opened().run({ x }, { frameBudgetMs: 1e-6 });
      expect([...(y?.data ?? [])]).toEqual([2, 0, 6]);
      expect([...(z?.data ?? [])]).toEqual([3, -2, 9]);
      expect(submits).toBe(2);
      await opened().run({ x }, { frameBudgetMs: 1e6 });
      expect(submits).toBe(3);
    } finally {
      prototype.submit = submit;
    }
    await expect(opened().run({ x }, { frameBudgetMs: 0 })).rejects.toThrow(
      /frameBudgetMs of run is a positive number/,
    );
  });

  it('stops between slices when the caller gives up, and goes on with the next run', async () => {
    const controller = new AbortController();
    const running = opened().run({ x }, { frameBudgetMs: 1e-6, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect([...((await opened().run({ x }))['y']?.data ?? [])]).toEqual([2, 0, 6]);
  });
});

describe('a session that is disposed of between the slices of a run', () => {
  it('rejects the run, on a device that stays', async () => {
    if (!device) throw new Error('no device');
    const short = await Session.create(graph(), { gpu: device });
    const prototype: { submit: GPUQueue['submit'] } = Object.getPrototypeOf(device.queue);
    const { submit } = prototype;
    prototype.submit = function (this: GPUQueue, buffers) {
      submit.call(this, buffers);
      short.dispose();
    };
    try {
      const running = short.run({ x }, { outputs: 'gpu', frameBudgetMs: 1e-6 });
      await expect(running).rejects.toThrow(/was disposed/);
    } finally {
      prototype.submit = submit;
    }
  });
});

describe('a load that is given up', () => {
  it('rejects with the reason, whatever its stage', async () => {
    await expect(Session.create(graph(), { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
    const controller = new AbortController();
    const onProgress = ({ stage }: { stage: string }): void => {
      if (stage === 'upload') controller.abort(new Error('while uploading'));
    };
    if (!device) throw new Error('no device');
    const loading = Session.create(graph(), { gpu: device, signal: controller.signal, onProgress });
    await expect(loading).rejects.toThrow('while uploading');
  });
});
