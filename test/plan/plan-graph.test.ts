/** Planning: what a step reads is still there, no buffer is both read and written, plans are plain data. */
import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../src/core/errors.ts';
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { printPlan } from '../../src/plan/print.ts';
import { zeros } from '../../src/core/tensor.ts';
import { randomNetwork } from '../conformance/random-networks.ts';
import { conflicts, simulate } from './simulate.ts';
import '../helpers/every-operator.ts';

const device: DeviceProfile = { limits: DEFAULT_LIMITS, adapterClass: 'software', features: ['shader-f16'] };
const limited = (maxBufferSize: number): DeviceProfile => ({
  ...device,
  limits: { ...DEFAULT_LIMITS, maxBufferSize },
});
const compiled = (b: GraphBuilder): Graph => compile(b.build(), { level: 'reference' });

describe('planGraph', () => {
  it('keeps every element where its readers look, and out of the way of others', () => {
    for (let seed = 0; seed < 200; seed++) {
      const graph = compile(randomNetwork(seed), { level: 'full' });
      for (const float16 of [false, true]) {
        const plan = planGraph(graph, device, { float16 });
        expect(() => simulate(graph, plan, device, { float16 }), `seed ${seed}`).not.toThrow();
        expect(conflicts(plan), `seed ${seed}`).toEqual([]);
        expect(plan.memory.activations).toBeGreaterThanOrEqual(plan.memory.lowerBound);
      }
    }
  });

  it('reuses slots and shares pipelines along a chain', () => {
    const b = new GraphBuilder('chain');
    let x = b.input('x', 'float32', [1, 4, 4, 3]);
    for (let i = 0; i < 5; i++) x = b.one('Activation', [x], { activation: RELU });
    b.output(x);
    const plan = planGraph(compiled(b), device);
    expect(plan.pipelines.length).toBe(2);
    expect(plan.steps.length).toBe(5);
    // The first step may not overwrite the input, all others work in place: two buffers of 48 floats.
    expect(plan.memory).toEqual({ weights: 0, activations: 384, naive: 6 * 192, lowerBound: 384 });
  });

  it('is plain data with a stable print', () => {
    const b = new GraphBuilder('tiny');
    const x = b.input('x', 'float32', [3]);
    b.output(b.one('Activation', [x], { activation: RELU }, { name: 'relu', outputs: ['y'] }));
    const plan = planGraph(compiled(b), device);
    expect(structuredClone(plan)).toEqual(plan);
    expect(printPlan(plan)).toBe(
      [
        'input x float32 3 @0',
        'relu: Activation/scalar [1, 1, 1] @0 @1 p0',
        'output y float32 3 @1',
        '1 steps, 1 distinct pipelines',
        'weights 0 B, activations 32 B (one buffer per value 32 B, lower bound 32 B)',
      ].join('\n'),
    );
  });

  it('reads an output that is an input, and one value twice, from the same buffer', () => {
    const b = new GraphBuilder('pass-through');
    const x = b.input('x', 'float32', [3]);
    const y = b.one('Reshape', [x, b.ints('shape', [3, 1])], { allowZero: false });
    for (const name of [x, y]) b.output(name);
    const plan = planGraph(compiled(b), device);
    expect(plan.steps.length).toBe(0);
    expect(plan.outputs.map((o) => o.buffer)).toEqual([0, 0]);
  });

  it('names every node that has no kernel', () => {
    const b = new GraphBuilder('data-dependent');
    const n = b.input('n', 'int64', [1]);
    const x = b.input('x', 'float32', [2]);
    b.output(b.one('Activation', [x], { activation: RELU }));
    b.output(b.one('Range', [n, n, n], {}, { name: 'range' }));
    const graph = b.build();
    // Shapes are given by hand: inference refuses such a graph before planning sees it.
    const values = new Map(
      ['n', 'x', ...graph.nodes.flatMap((node) => node.outputs)].map((name) => [
        name,
        { dtype: 'float32' as const, shape: [2] },
      ]),
    );
    expect(() => planGraph({ ...graph, values }, device)).toThrowError(UnsupportedError);
    expect(() => planGraph({ ...graph, values }, device)).toThrowError(
      /^the model needs 1 unsupported thing: Range "range": its value depends on the data\. These nodes/,
    );
  });

  it('takes another variant where a device cannot bind the scratch memory of the first', () => {
    const b = new GraphBuilder('scratch');
    const x = b.input('x', 'float32', [1, 32, 32, 64]);
    const w = b.constant('w', zeros('float32', [3, 3, 64, 64]));
    const window = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], padMode: 'explicit' } as const;
    b.output(b.one('Conv', [x, w], { ...window, group: 1, activation: NO_ACTIVATION }));
    const graph = compile(b.build(), { level: 'full' });
    for (const adapterClass of ['discrete', 'software'] as const) {
      const profile = { ...device, adapterClass, features: ['subgroups'], subgroupSize: 8 };
      const limits = { ...DEFAULT_LIMITS, maxStorageBufferBindingSize: 300 * 1024 };
      expect(planGraph(graph, profile).steps[0]?.variant).toMatch(/^winograd/);
      const small = planGraph(graph, { ...profile, limits });
      expect(small.steps.map(({ variant }) => variant)).toEqual([expect.stringMatching(/^implicit/)]);
      expect(Math.max(...small.buffers.map(({ bytes }) => bytes))).toBeLessThanOrEqual(300 * 1024);
    }
  });

  it('says which variant does not apply, and which value a device cannot bind', () => {
    const b = new GraphBuilder('large');
    const x = b.input('x', 'float32', [9, 9]);
    const w = b.constant('w', zeros('float32', [9, 40]));
    const attributes = { alpha: 1, beta: 1, transA: false, transB: false, activation: NO_ACTIVATION };
    b.output(b.one('Gemm', [x, w], attributes, { name: 'gemm', outputs: ['y'] }));
    const graph = compiled(b);
    expect(() => planGraph(graph, device, { forced: { Gemm: 'absent' } })).toThrowError(
      /node "gemm" \(Gemm\): variant "absent" does not/,
    );
    expect(() => planGraph(graph, limited(256))).toThrowError(
      /value "x" takes 336 bytes; this device binds at most 256/,
    );
    expect(() => planGraph(graph, limited(1024))).toThrowError(/value "y" takes 1440 bytes/);
    expect(() => planGraph(graph, limited(1440))).not.toThrow();
  });
});
