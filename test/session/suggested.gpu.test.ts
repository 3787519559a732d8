/** Inputs whose extents a file only suggests: what is given or fed takes their place, on both backends. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError, ShapeError } from '../../src/core/errors.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { RELU } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { Session } from '../../src/session/session.ts';
import { product } from '../../src/util/arrays.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

/** The positive part of a picture, and its extents. */
function network(): Graph {
  const b = new GraphBuilder('suggesting');
  const x = b.input('x', 'float32', [1, 2, 4, 4]);
  b.output(b.one('Activation', [x], { activation: RELU }));
  b.output(b.one('Shape', [x], {}));
  const graph = b.build();
  return { ...graph, inputs: graph.inputs.map((input) => ({ ...input, suggested: true })) };
}

const numbers = (shape: readonly number[]) => ({
  shape,
  data: Float32Array.from({ length: product(shape) }, (_, i) => i - 5),
});

describe.each(['cpu', 'webgpu'] as const)('suggested extents on %s', (backend) => {
  const create = (options: SessionOptions = {}): Promise<Session> =>
    Session.create(network(), { backend, ...(backend === 'webgpu' ? { gpu: device } : {}), ...options });

  it.each([
    [{}, [1, 2, 4, 4]],
    [{ inputShapes: { x: [1, 2, 6, 3] } }, [1, 2, 6, 3]],
    [{ inputShapes: () => ({ x: [3, 1, 2, 5] }) }, [3, 1, 2, 5]],
  ] as const)('%j makes ports of %j, and runs take any', async (options, extents) => {
    using session = await create(options);
    expect(session.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: extents, suggested: true }]);
    expect(session.outputs.map(({ shape }) => shape)).toEqual([extents, [4]]);
    const [positive = '', shapes = ''] = session.graph.outputs;
    for (const shape of [extents, [1, 2, 4, 4], [2, 3, 5, 1], [1, 2, 4, 4], [0, 2, 4, 4]]) {
      const x = numbers(shape);
      const results = await session.run({ x });
      expect(results[positive]).toMatchObject({ shape, data: x.data.map((v) => Math.max(v, 0)) });
      expect([...(results[shapes]?.data ?? [])]).toEqual(shape);
    }
    expect(session.inputs[0]?.shape).toEqual(extents);
  });

  it('has the rank that the file says', async () => {
    await expect(create({ inputShapes: { x: [2, 4, 4] } })).rejects.toThrow(ShapeError);
    await expect(create({ inputShapes: { x: [2, 4, 4] } })).rejects.toThrow(
      'input "x" expects 1x2x4x4, got 2x4x4: rank 3 instead of 4',
    );
    using session = await create();
    await expect(session.run({ x: numbers([2, 4, 4]) })).rejects.toThrow(InputError);
    await expect(session.run({ x: numbers([2, 4, 4]) })).rejects.toThrow('is float32 1x2x4x4, got float32 2x4x4');
    await expect(session.run({ x: { shape: [1, 2, 4, 4], data: [1] } })).rejects.toThrow('does not hold 1 elements');
  });

  it('takes no weights: a graph has its own', async () => {
    await expect(create({ weights: new Uint8Array(4) })).rejects.toThrow('weights are for files of Caffe and ncnn');
  });
});
