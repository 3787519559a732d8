/** Memory and dispatches of every network we know: activations near the lower bound, no copies where none are needed. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import type { Graph } from '../../src/ir/graph.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { builtNetworks, publishedNetworks } from './networks.ts';
import { conflicts } from './simulate.ts';
import '../helpers/every-operator.ts';

/** Buffers as large as a batch of eight needs; all else as every device has it. */
const limits = { ...DEFAULT_LIMITS, maxBufferSize: 2 ** 31, maxStorageBufferBindingSize: 2 ** 30 };
const device: DeviceProfile = { limits, adapterClass: 'software', features: ['shader-f16'] };

/** Dispatches that only move elements. */
const MOVEMENT: readonly OpKind[] = ['Concat', 'Split', 'Slice', 'ChannelShuffle', 'Transpose'];

function expectNearBound(graph: Graph, options: { readonly float16: boolean }): Plan {
  const plan = planGraph(graph, device, options);
  const { activations, lowerBound, naive } = plan.memory;
  expect(activations).toBeGreaterThanOrEqual(lowerBound);
  expect(activations / lowerBound).toBeLessThanOrEqual(1.25);
  expect(activations).toBeLessThan(naive);
  expect(conflicts(plan)).toEqual([]);
  return plan;
}

describe('activations are within a quarter of the lower bound', () => {
  it.each([...builtNetworks(), ...publishedNetworks()])('%s', async (_, compiled) => {
    const graph = await compiled();
    const single = expectNearBound(graph, { float16: false });
    const half = expectNearBound(graph, { float16: true });
    expect(half.memory.weights).toBeLessThan(single.memory.weights);
  });

  it.each(builtNetworks(8))('%s, batch 8', async (_, compiled) => {
    expectNearBound(await compiled(), { float16: false });
  });
});

/**
 * Nodes that run at all, and dispatches that only move elements: in units of ShuffleNet v2 the half that passes, in
 * models that take channels first their input.
 */
const RUNNING: Readonly<Record<string, readonly [nodes: number, moving: number]>> = {
  'ShuffleNet v1': [58, 0],
  'ShuffleNet v2': [72, 13],
  'SqueezeNet 1.0': [30, 0],
  'SqueezeNet 1.1': [30, 0],
  'Inception v3': [109, 0],
  light_densenet121: [189, 1],
  light_inception_v1: [76, 1],
  light_shufflenet: [60, 1],
  light_squeezenet: [32, 1],
  FastestDet: [91, 18],
};

describe('what is put together is written in place', () => {
  const networks = [...builtNetworks(), ...publishedNetworks()].filter(([name]) => name in RUNNING);
  it.each(networks)('%s', async (name, compiled) => {
    const { steps } = planGraph(await compiled(), device);
    const nodes = new Set(steps.map(({ node }) => node)).size;
    const moving = steps.filter(({ op }) => MOVEMENT.some((other) => other === op)).length;
    expect([nodes, moving]).toEqual(RUNNING[name]);
  });
});
