/** Weights in eight bits on the device: those that the caller wants so, and those that a file has so. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mobilenetV2 } from '../../models/mobilenet-v2.ts';
import { resnet } from '../../models/resnet.ts';
import { randomWeights } from '../../models/weights.ts';
import { resultTolerance } from '../../src/core/compare.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import { encodeTflite } from '../../src/formats/tflite/write/encode.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { profileOf, requestDevice } from '../../src/runtime/webgpu/device.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { Session } from '../../src/session/session.ts';
import { range } from '../../src/util/arrays.ts';
import { expectClose } from '../helpers/close.ts';
import { FULL } from '../helpers/full.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { feedsOf, modelOf, type OneOperator } from '../helpers/tflite-models.ts';
import '../helpers/every-operator.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

const small = { classes: 10, weights: randomWeights(3), resolution: 64 };

const NETWORKS: readonly (readonly [string, () => Graph])[] = [
  ['MobileNet v2', () => mobilenetV2(small)],
  ...(FULL ? [['ResNet-18', () => resnet({ ...small, depth: 18 })] as const] : []),
];

function feedsFor(graph: Graph): Record<string, Tensor> {
  const random = randomSource(7);
  return Object.fromEntries(
    graph.inputs.map(({ name, dtype, shape }) => [name, randomTensor(dtype, shape.map(Number), random)]),
  );
}

/** Root mean square of the difference, as a part of that of the expected elements. */
function relativeError(actual: Tensor | undefined, expected: Tensor | undefined): number {
  let [error, size] = [0, 0];
  expected?.data.forEach((e, i) => {
    error += (e - (actual?.data[i] ?? NaN)) ** 2;
    size += e ** 2;
  });
  return Math.sqrt(error / size);
}

/** The network with random numbers added to its weights, up to half of the step that int8 would have. */
function withNoise(graph: Graph): Graph {
  const [plain, stored] = ([undefined, 'int8'] as const).map((weightStorage) =>
    compile(graph, { level: 'reference', weightStorage }),
  );
  if (!plain || !stored) throw new TypeError('nothing was compiled');
  const random = randomSource(11);
  const initializers = new Map(plain.initializers);
  for (const [name, { dtype, shape }] of stored.initializers) {
    if (dtype !== 'int8') continue;
    const base = name.replace(/_int8$/, '');
    const steps = stored.initializers.get(`${base}_scale`)?.data ?? [];
    const w = plain.initializers.get(base);
    if (!w) throw new TypeError(`no weights ${base}`);
    // Rows of a transposed matrix, else the last dimension.
    const inner = shape.length === 2 && shape[0] === steps.length ? (shape[1] ?? 1) : 1;
    const data = Float32Array.from(w.data, (v, i) => {
      return v + (random() - 0.5) * (steps[Math.floor(i / inner) % steps.length] ?? 0);
    });
    initializers.set(base, { ...w, data });
  }
  return { ...plain, initializers };
}

describe('weightStorage int8', () => {
  it.each(NETWORKS)('%s takes a quarter of the bytes', (_, build) => {
    const graph = build();
    const bytes = (['float', 'int8'] as const).map((weightStorage) => {
      const compiled = compile(graph, { level: 'full', weightStorage });
      return [...compiled.initializers.values()].reduce((sum, t) => sum + t.data.byteLength, 0);
    });
    const plan = planGraph(compile(graph, { level: 'full', weightStorage: 'int8' }), profileOf(device));
    // Arranged for kernels, they are padded to whole vectors of channels, at most.
    expect(plan.memory.weights / (bytes[1] ?? 0)).toBeLessThan(1.02);
    expect(plan.memory.weights / (bytes[0] ?? 0)).toBeLessThanOrEqual(0.27);
  });

  it.each(NETWORKS)('%s: every step is as exact as with floats', async (_, build) => {
    const graph = build();
    using session = await Session.create(graph, { gpu: device, weightStorage: 'int8' });
    const reports = await session.check(feedsFor(graph));
    expect(reports.filter(({ ok }) => !ok).map(({ node, text }) => `${node}: ${text}`)).toEqual([]);
  });

  it.each(NETWORKS)('%s is as near as its weights are', async (_, build) => {
    const graph = build();
    const run = async (options: SessionOptions): Promise<Tensor | undefined> => {
      using session = await Session.create(graph, options);
      return Object.values(await session.run(feedsFor(graph)))[0];
    };
    const floats = await run({ backend: 'cpu' });
    const bytes = await run({ gpu: device, weightStorage: 'int8' });
    // Weights that are each off by up to half a step, at random, are as far from the floats: twice that, for there is chance in both.
    const noisy = runGraph(withNoise(graph), new Map(Object.entries(feedsFor(graph)))).values();
    expect(relativeError(bytes, floats)).toBeLessThan(2 * relativeError([...noisy][0], floats));
    // The CPU means the same by it.
    const reference = await run({ backend: 'cpu', weightStorage: 'int8' });
    expect(relativeError(bytes, reference)).toBeLessThan(1e-3);
  });
});

describe('files with weights in eight bits', () => {
  it('of ONNX keep them on the device, and agree with onnxruntime', async () => {
    const graph = compile(mobilenetV2(small), { level: 'reference', weightStorage: 'int8' });
    const file = toOnnx(graph);
    const feeds = feedsFor(graph);
    const [expected] = (await ortRun(file, new Map(Object.entries(feeds)))).values();
    using session = await Session.create(file, { gpu: device });
    const [actual] = Object.values(await session.run(feeds));
    expect(relativeError(actual, expected)).toBeLessThan(1e-4);
    const plan = await session.plan();
    expect((plan?.memory.weights ?? Infinity) / file.byteLength).toBeLessThan(1);
  });

  it('of TensorFlow Lite keep them, too, and give what the floats give', async () => {
    const scales = range(24).map((i) => (i + 1) / 1024);
    const one: OneOperator = {
      op: 'CONV_2D',
      options: ['Conv2D', { strideH: 1, strideW: 1 }],
      inputs: [
        { shape: [1, 6, 6, 8] },
        {
          shape: [24, 3, 3, 8],
          type: 'int8',
          data: range(1728).map((i) => ((i * 37) % 255) - 127),
          quantisation: { scales, zeroPoints: scales.map(() => 0), axis: 0 },
        },
        { shape: [24], data: scales },
      ],
      outputs: [{ shape: [1, 6, 6, 24] }],
    };
    const file = encodeTflite(modelOf(one));
    const [x] = feedsOf(one);
    using session = await Session.create(file, { gpu: device });
    using reference = await Session.create(file, { backend: 'cpu' });
    const feeds = { [session.inputs[0]?.name ?? '']: x as Tensor };
    const [actual] = Object.values(await session.run(feeds));
    const [expected] = Object.values(await reference.run(feeds));
    expectClose(actual as Tensor, expected as Tensor, resultTolerance(expected as Tensor, 72, false));
    // The bytes, and a scale and a bias for each of 24 channels.
    expect((await session.plan())?.memory.weights).toBe(1728 + 2 * 96);
  });
});
