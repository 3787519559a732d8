/** The step check finds the kernel that is wrong: one is broken on purpose in the middle of a network. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compile } from '../../src/passes/pipeline.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { checkSteps } from '../../src/runtime/webgpu/check.ts';
import { profileOf, requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Executor } from '../../src/runtime/webgpu/executor.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import '../helpers/every-operator.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

/** conv → max pool → channel sums, and a view between. */
function network(): Graph {
  const random = randomSource(1);
  const b = new GraphBuilder('checked');
  const x = b.input('x', 'float32', [1, 6, 6, 3]);
  const window = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], padMode: 'explicit' } as const;
  const w = b.constant('w', randomTensor('float32', [3, 3, 3, 5], random));
  const conv = b.one('Conv', [x, w], { ...window, group: 1, activation: NO_ACTIVATION }, { name: 'conv' });
  const pool = { ...window, kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], ceilMode: false };
  const pooled = b.one('MaxPool', [conv], pool, { name: 'pool' });
  const flat = b.one('Reshape', [pooled, b.ints('shape', [9, 5])], { allowZero: false }, { name: 'flat' });
  const squared = b.one('Unary', [flat], { kind: 'square' }, { name: 'square' });
  b.output(b.one('Reduce', [squared], { kind: 'sum', axes: [0], keepDims: false }, { name: 'sum' }));
  return compile(b.build(), { level: 'full' });
}

/** The plan with the text of the kernel of `node` edited. */
function withKernel(plan: Plan, node: string, edit: (wgsl: string) => string): Plan {
  const step = plan.steps.find((s) => s.label === node);
  const pipelines = plan.pipelines.map((p, i) => (i === step?.pipeline ? { ...p, wgsl: edit(p.wgsl) } : p));
  return { ...plan, pipelines };
}

async function wrongSteps(
  graph: Graph,
  plan: Plan,
  feeds: ReadonlyMap<string, Tensor>,
  steps = ['conv', 'pool', 'square', 'sum'],
): Promise<string[]> {
  const executor = await Executor.create(device, plan);
  try {
    const reports = await checkSteps(executor, graph, feeds);
    expect(reports.map((r) => r.node)).toEqual(steps);
    return reports.filter((r) => !r.ok).map((r) => r.node);
  } finally {
    executor.dispose();
  }
}

describe('the step check', () => {
  const feeds = new Map([['x', randomTensor('float32', [1, 6, 6, 3], randomSource(2), -1, 1)]]);

  it('passes every node of a network whose kernels are right', async () => {
    const graph = network();
    expect(await wrongSteps(graph, planGraph(graph, profileOf(device)), feeds)).toEqual([]);
  });

  it('names the node whose kernel is wrong, and not those that only read its result', async () => {
    const graph = network();
    const broken = withKernel(planGraph(graph, profileOf(device)), 'pool', (wgsl) => {
      const edited = wgsl.replaceAll('= max(acc', '= min(acc');
      expect(edited).not.toBe(wgsl);
      return edited;
    });
    expect(await wrongSteps(graph, broken, feeds)).toEqual(['pool']);
  });

  it('names a node whose kernel writes nothing', async () => {
    const graph = network();
    const silent = withKernel(planGraph(graph, profileOf(device)), 'square', (wgsl) =>
      wgsl.replace(/(fn main\([^{]*\{)/, '$1 if (true) { return; }'),
    );
    expect(await wrongSteps(graph, silent, feeds)).toEqual(['square']);
  });

  it('reads values that lie among others, where they were written into what they are joined to', async () => {
    const random = randomSource(6);
    const b = new GraphBuilder('joined');
    const x = b.input('x', 'float32', [1, 4, 4, 8]);
    const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;
    const parts = ['left', 'right'].map((name) => {
      const w = b.constant(`${name}.w`, randomTensor('float32', [1, 1, 8, 8], random));
      return b.one('Conv', [x, w], { ...window, group: 1, activation: RELU }, { name });
    });
    b.output(b.one('Concat', parts, { axis: 3 }, { name: 'joined' }));
    const graph = compile(b.build(), { level: 'full' });
    const plan = planGraph(graph, profileOf(device));
    expect([...plan.values.values()].some(({ placement }) => placement.pitch === 16)).toBe(true);
    const input = new Map([['x', randomTensor('float32', [1, 4, 4, 8], random)]]);
    expect(await wrongSteps(graph, plan, input, ['left', 'right'])).toEqual([]);
  });

  it('runs a plan from its structured clone', async () => {
    const graph = network();
    const plan = structuredClone(planGraph(graph, profileOf(device)));
    const executor = await Executor.create(device, plan);
    const outputs = await executor.run(feeds);
    expect([...outputs.values()].map((t) => t.shape)).toEqual([[5]]);
    const misshapen = new Map([['x', tensorOf('float32', [1], [0])]]);
    await expect(executor.run(misshapen)).rejects.toThrow(/input "x" is float32 1x6x6x3, got float32 1/);
    executor.dispose();
  });

  it('frees what a load that fails has already made', async () => {
    const plan = planGraph(network(), profileOf(device));
    const [first, ...rest] = plan.buffers;
    if (!first) throw new TypeError('the plan has no buffers');
    const impossible = { ...plan, buffers: [{ ...first, bytes: device.limits.maxBufferSize + 16 }, ...rest] };
    let alive = 0;
    const watched = new Proxy(device, {
      get: (target, key): unknown => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function') return member;
        if (key !== 'createBuffer') return member.bind(target);
        return (descriptor: GPUBufferDescriptor) => {
          const buffer = target.createBuffer(descriptor);
          const destroy = buffer.destroy.bind(buffer);
          alive++;
          return Object.defineProperty(buffer, 'destroy', { value: () => (alive--, destroy()) });
        };
      },
    });
    await expect(Executor.create(watched, impossible)).rejects.toMatchObject({ code: 'PLAN_FAILED' });
    expect(alive).toBe(0);
  });
});

/** Two convolutions whose results are small beside their terms: the bias leaves few above zero. */
function smallResults(): Graph {
  const random = randomSource(4);
  const b = new GraphBuilder('small');
  const layer = (from: string, name: string, bias: number): string => {
    const w = b.constant(`${name}.w`, randomTensor('float32', [1, 1, 64, 64], random));
    const low = b.constant(`${name}.b`, tensorOf('float32', [64], Array<number>(64).fill(bias)));
    const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;
    return b.one('Conv', [from, w, low], { ...window, group: 1, activation: RELU }, { name });
  };
  b.output(layer(layer(b.input('x', 'float32', [1, 8, 8, 64]), 'first', -6), 'second', -1));
  return compile(b.build(), { level: 'full' });
}

const planned = (graph: Graph): Plan => planGraph(graph, profileOf(device), { float16: true });

describe('the step check of halves', () => {
  beforeEach(({ skip }) => skip(!device.features.has('shader-f16'), 'this adapter has no shader-f16'));
  const feeds = new Map([['x', randomTensor('float32', [1, 8, 8, 64], randomSource(5), 0, 1)]]);

  it('takes no rounded weight for an error', async () => {
    const graph = smallResults();
    const plan = planned(graph);
    expect([...plan.values.values()].map(({ storage }) => storage)).toContain('f16');
    expect(await wrongSteps(graph, plan, feeds, ['first', 'second'])).toEqual([]);
  });

  it.each([
    ['is one part in two hundred too large', 'activate(v * 1.005)'],
    ['is shifted a little', 'activate(v + 0.002)'],
  ])('names a node whose result %s', async (_, fault) => {
    const graph = smallResults();
    const plan = withKernel(planned(graph), 'first', (wgsl) => {
      const edited = wgsl.replaceAll('activate(v)', fault);
      expect(edited).not.toBe(wgsl);
      return edited;
    });
    expect(await wrongSteps(graph, plan, feeds, ['first', 'second'])).toContain('first');
  });
});
