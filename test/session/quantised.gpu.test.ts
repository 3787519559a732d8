/** A quantised network through a session: the same integers on both backends, by both rules, with whatever options. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import { encodeTflite } from '../../src/formats/tflite/write/encode.ts';
import type { WrittenOperator, WrittenTensor } from '../../src/formats/tflite/write/file.ts';
import { openGpu, Session } from '../../src/node/index.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { at, product } from '../../src/util/arrays.ts';
import { NETWORK_INPUT, PYRAMID_INPUT, pyramidNetwork, quantisedNetwork } from '../helpers/quantised-network.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

const bytes = quantisedNetwork();
const picture = randomTensor('int8', NETWORK_INPUT, randomSource(3), -128, 128);

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

async function withSession<T>(options: SessionOptions, use: (session: Session) => Promise<T>): Promise<T> {
  const session = await Session.create(bytes, options);
  try {
    return await use(session);
  } finally {
    session.dispose();
  }
}

const answer = (options: SessionOptions): Promise<readonly number[]> =>
  withSession(options, async (session) => {
    const outputs = Object.values(await session.run({ [session.inputs[0]?.name ?? '']: picture }));
    expect(outputs.map(({ dtype }) => dtype)).toEqual(['int8']);
    return Array.from(outputs[0]?.data ?? [], Number);
  });

describe('a quantised network', () => {
  it('gives what it is fed as integers, which differ by class', async () => {
    const scores = await answer({ backend: 'cpu' });
    expect(product(NETWORK_INPUT)).toBe(picture.data.length);
    expect(new Set(scores).size).toBeGreaterThan(2);
  });

  it.for<[string, SessionOptions]>([
    ['as files open', {}],
    ['by the rules of the reference kernels', { rounding: 'reference' }],
    ['with halves for floats', { precision: 'float16' }],
    ['tuned', { tune: 'full' }],
    ['in slices', { frameBudgetMs: 1 }],
  ])('gives on the GPU what the CPU gives, %s', async ([, options], { skip }) => {
    skip(options.precision === 'float16' && !device.features.has('shader-f16'), 'the adapter has no halves');
    const { rounding = 'shipped' } = options;
    const expected = await answer({ backend: 'cpu', rounding });
    expect(await answer({ tune: 'off', ...options, backend: 'webgpu', gpu: device })).toEqual(expected);
  });

  it.for([6, 8])('gives so where it pools, enlarges and compares, of %i channels', async (channels) => {
    const feed = randomTensor('int8', PYRAMID_INPUT, randomSource(4), -128, 128);
    const [cpu, gpu] = await Promise.all(
      (['cpu', 'webgpu'] as const).map(async (backend) => {
        const options = backend === 'cpu' ? { backend } : { backend, gpu: device, tune: 'off' as const };
        const session = await Session.create(pyramidNetwork(channels), options);
        try {
          const outputs = Object.values(await session.run({ [at(session.inputs, 0).name]: feed }));
          return outputs.map(({ data }) => Array.from(data));
        } finally {
          session.dispose();
        }
      }),
    );
    expect(cpu?.map((output) => new Set(output).size > 2)).toEqual([true, true, true]);
    expect(gpu).toEqual(cpu);
  });

  it('is right step by step, and its steps are timed', async () => {
    await withSession({ backend: 'webgpu', gpu: device, tune: 'off' }, async (session) => {
      const feeds = { [session.inputs[0]?.name ?? '']: picture };
      const steps = await session.check(feeds);
      expect(steps.map(({ op, mismatches }) => [op, mismatches])).toEqual(
        [
          'QLinearConv',
          'QLinearConv',
          'QLinearConv',
          'QLinearBinary',
          'LookupTable',
          'QLinearBinary',
          'QLinearReduce',
          'QLinearMatMul',
          'QLinearSoftmax',
        ].map((op) => [op, 0]),
      );
      const { nodes } = await session.profile(feeds);
      expect(nodes.map(({ op, multiplyAdds }) => [op, multiplyAdds]).slice(0, 3)).toEqual([
        ['QLinearConv', 13_824],
        ['QLinearConv', 4608],
        ['QLinearConv', 4096],
      ]);
    });
  });
});

const port = (name: string, shape: readonly number[]): WrittenTensor => ({
  name,
  type: 'int8',
  shape,
  quantisation: { scales: [0.5], zeroPoints: [3] },
});

/** x, and three outputs: a function of it under two names, x itself, and a view of it. */
function aliased(): Uint8Array {
  const operators: WrittenOperator[] = [
    { op: 'RELU', inputs: [0], outputs: [1] },
    { op: 'RESHAPE', inputs: [0], outputs: [2], options: ['Reshape', { newShape: [4] }] },
  ];
  const tensors = [port('x', [1, 4]), port('y', [1, 4]), port('view', [4])];
  return encodeTflite({ subgraphs: [{ tensors, operators, inputs: [0], outputs: [1, 0, 1, 2] }] });
}

it.each(['cpu', 'webgpu'] as const)(
  'ports say what their integers stand for, whatever they share, %s',
  async (backend) => {
    const session = await Session.create(aliased(), { backend, ...(backend === 'webgpu' ? { gpu: device } : {}) });
    const quantisation = { scale: 0.5, zeroPoint: 3 };
    expect(session.outputs.map(({ name, quantisation: own }) => [name, own])).toEqual(
      ['y', 'x', 'y_1', 'view'].map((name) => [name, quantisation]),
    );
    const outputs = await session.run({ x: tensorOf('int8', [1, 4], [-128, 2, 3, 127]) });
    expect(Object.entries(outputs).map(([name, { data }]) => [name, ...data])).toEqual([
      ['y', 3, 3, 3, 127],
      ['x', -128, 2, 3, 127],
      ['y_1', 3, 3, 3, 127],
      ['view', -128, 2, 3, 127],
    ]);
    session.dispose();
  },
);
