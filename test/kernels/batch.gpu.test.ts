/** Work that goes to the GPU together is answered one by one: what is wrong with a piece is said of it, and of no other. */
import { afterAll, describe, expect, it } from 'vitest';
import type { KernelCall } from '../../src/kernels/definition.ts';
import { runOnGpu, type GpuWork, type WorkBuffers } from '../helpers/gpu-batch.ts';
import { closeGpu } from '../helpers/gpu-device.ts';

afterAll(closeGpu);

/** One buffer of four words, in which a shader writes one. */
class OneBuffer implements WorkBuffers {
  readonly results: readonly GPUBuffer[];

  constructor(device: GPUDevice, usage: number) {
    this.results = [device.createBuffer({ size: 16, usage })];
  }

  of(): GPUBuffer {
    const [buffer] = this.results;
    if (!buffer) throw new Error('no buffer');
    return buffer;
  }

  uniform(): GPUBuffer {
    throw new Error('there are no parameters');
  }

  destroy(): void {
    this.of().destroy();
  }
}

const USAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;

/** Work that writes a number, with a dispatch so wide, in a buffer of some usage. */
function work(body: string, { wide = 1, usage = USAGE }: { wide?: number; usage?: number } = {}): GpuWork {
  const wgsl = `@group(0) @binding(0) var<storage, read_write> y: array<u32>;
@compute @workgroup_size(1) fn main() { y[1] = ${body}; }`;
  const call: KernelCall = {
    variant: 'one',
    shader: {
      wgsl,
      bindings: [{ name: 'y', access: 'read_write', element: 'u32' }],
      params: {},
      workgroupSize: [1, 1, 1],
    },
    operands: [{ kind: 'value', name: 'y' }],
    params: {},
    workgroups: [wide, 1, 1],
  };
  return { label: body, calls: [call], open: (device) => new OneBuffer(device, usage) };
}

describe('a batch', () => {
  it('answers each of its works', async () => {
    const works = [
      work('7u'),
      work('nothing'),
      work('8u', { wide: 70_000 }),
      work('9u', { usage: GPUBufferUsage.STORAGE }),
      work('10u'),
    ];
    const outcomes = await Promise.allSettled(works.map(runOnGpu));
    const told = outcomes.map((o) => {
      return o.status === 'fulfilled' ? o.value.map((bytes) => [...new Uint32Array(bytes)]) : String(o.reason);
    });
    expect(told[0]).toEqual([[0, 7, 0, 0]]);
    expect(told[1]).toMatch(/unresolved.*nothing[\s\S]* 2 @compute/);
    expect(told[2]).toMatch(/70000[\s\S]* 2 @compute.* y\[1\] = 8u/);
    expect(told[3]).toMatch(/usage[\s\S]* y\[1\] = 9u/i);
    expect(told[4]).toEqual([[0, 10, 0, 0]]);
  });
});
