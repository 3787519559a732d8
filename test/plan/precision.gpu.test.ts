/** Half storage on the GPU: whole networks stay close to the reference, every step is as exact as a half allows. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mobilenetV3 } from '../../models/mobilenet-v3.ts';
import { shufflenetV2 } from '../../models/shufflenet-v2.ts';
import { squeezenet } from '../../models/squeezenet.ts';
import { randomWeights } from '../../models/weights.ts';
import { DEFAULT_LIMITS } from '../../src/core/limits.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { FULL } from '../helpers/full.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { randomNetwork } from '../conformance/random-networks.ts';
import '../helpers/every-operator.ts';

/** Random networks drawn. */
const NETWORKS = FULL ? 60 : 15;

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

function feedsFor(graph: Graph, seed: number): Map<string, Tensor> {
  const random = randomSource(seed);
  return new Map(
    graph.inputs.map(({ name, dtype, shape }) => [name, randomTensor(dtype, shape.map(Number), random, -1, 1)]),
  );
}

const small = { classes: 10, weights: randomWeights(3), resolution: 64 };

describe('float16', () => {
  beforeEach(({ skip }) => skip(!device.features.has('shader-f16'), 'this adapter has no shader-f16'));

  it.each([
    ['MobileNet v3', () => mobilenetV3({ ...small, variant: 'small' })],
    ['ShuffleNet v2', () => shufflenetV2({ ...small, width: 0.5 })],
    ['SqueezeNet', () => squeezenet({ ...small, version: '1.1' })],
  ] as const)('%s', async (_, build) => {
    const graph = build();
    const feeds = feedsFor(graph, 7);
    const [expected] = runGraph(compile(graph, { level: 'reference' }), feeds).values();
    using session = await Session.create(graph, { gpu: device, precision: 'float16' });
    const actual = await session.run(Object.fromEntries(feeds));
    const [found] = Object.values(actual);
    expect(found?.dtype).toBe('float32');
    let [error, size] = [0, 0];
    expected?.data.forEach((e, i) => {
      error += (e - (found?.data[i] ?? NaN)) ** 2;
      size += e ** 2;
    });
    // Some fifty layers, each rounded to 11 bits: the errors add up like a random walk.
    expect(Math.sqrt(error / size)).toBeLessThan(50 ** 0.5 * 2 ** -11);
    const plan = await session.plan();
    expect([...(plan?.values.values() ?? [])].filter(({ storage }) => storage === 'f16').length).toBeGreaterThan(20);
  });

  it.each(Array.from({ length: NETWORKS }, (_, seed) => seed))('random network %i, step by step', async (seed) => {
    const graph = randomNetwork(seed);
    using session = await Session.create(graph, { gpu: device, precision: 'float16' });
    const reports = await session.check(Object.fromEntries(feedsFor(graph, seed)));
    expect(
      reports.filter(({ ok }) => !ok).map(({ node, variants, text }) => `${node} ${variants.join()}: ${text}`),
    ).toEqual([]);
  });
});

describe('a plan in float16', () => {
  it('needs a device that has it', () => {
    const graph = compile(shufflenetV2(small), { level: 'full' });
    const without = { limits: DEFAULT_LIMITS, adapterClass: 'discrete' as const, features: [] };
    expect(() => planGraph(graph, without, { float16: true })).toThrowError(/shader-f16/);
  });
});
