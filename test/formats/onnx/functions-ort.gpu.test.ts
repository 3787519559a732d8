/** Functions, norms and extremes in the forms of their opsets, through the importer on both backends: onnxruntime has the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floatTolerance } from '../../../src/core/compare.ts';
import type { DType } from '../../../src/core/dtype.ts';
import { ImportError, ShapeError, UnsupportedError } from '../../../src/core/errors.ts';
import { fromRaw, toRaw } from '../../../src/core/raw.ts';
import { tensorOf, type Shape, type Tensor } from '../../../src/core/tensor.ts';
import { openGpu } from '../../../src/node/adapter.ts';
import { requestDevice } from '../../../src/runtime/webgpu/device.ts';
import { Session } from '../../../src/session/session.ts';
import { product, range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { encodeModel, type OnnxNode } from '../../helpers/onnx-bytes.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';

type Feeds = Readonly<Record<string, Tensor>>;

let gpu: GPUDevice;
beforeAll(async () => {
  gpu = await requestDevice((await openGpu()).adapter);
});
afterAll(() => gpu.destroy());

function modelOf(opset: number, own: OnnxNode, feeds: Feeds): Uint8Array {
  return encodeModel({
    opset,
    inputs: Object.entries(feeds).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    outputs: own.outputs,
    nodes: [own],
  });
}

async function onBoth(opset: number, own: OnnxNode, given: Feeds, expected?: Tensor): Promise<void> {
  const feeds = Object.fromEntries(
    Object.entries(given).map(([name, t]) => [name, fromRaw(t.dtype, t.shape, toRaw(t))]),
  );
  const bytes = modelOf(opset, own, feeds);
  const want = expected ?? (await ortRun(bytes, new Map(Object.entries(feeds)))).get('y');
  if (!want) throw new Error('onnxruntime gave no y');
  for (const backend of ['cpu', 'webgpu'] as const) {
    using session = await Session.create(bytes, { backend, ...(backend === 'webgpu' ? { gpu } : {}) });
    const { y } = await session.run(feeds);
    if (!y) throw new Error(`${backend} gave no y`);
    expect(y.dtype).toBe(want.dtype);
    const half = want.dtype === 'float16';
    expectClose(y, want, half ? { rtol: 2 ** -9, atol: 2 ** -12 } : floatTolerance(30), backend);
  }
}

function integers(dtype: DType, shape: Shape, least = -3, count = 7): Tensor {
  return tensorOf(
    dtype,
    shape,
    range(product(shape)).map((i) => least + ((i * 5 + (i >> 2)) % count)),
  );
}

describe('Hardmax', () => {
  const tied = tensorOf(
    'float32',
    [3, 4, 5],
    range(60).map((i) => (i * 7) % 5),
  );
  it.each([
    [1, {}],
    [1, { axis: { i: 2 } }],
    [11, { axis: { i: 0 } }],
    [11, { axis: { i: -1 } }],
    [11, { axis: { i: -2 } }],
    [13, {}],
    [13, { axis: { i: 0 } }],
    [13, { axis: { i: 1 } }],
    [13, { axis: { i: -2 } }],
  ])('opset %i, %j', async (opset, attributes) => {
    await onBoth(opset, node('Hardmax', 'x', 'y', attributes), { x: tied });
    await onBoth(opset, node('Hardmax', 'x', 'y', attributes), { x: wave([1, 17, 3]) });
  });
});

describe('MeanVarianceNormalization', () => {
  it.each([
    [9, {}],
    [9, { axes: { ints: [0, 1] } }],
    [13, { axes: { ints: [-1] } }],
    [13, { axes: { ints: [0, 2, 3] } }],
  ])('opset %i, %j', (opset, attributes) =>
    onBoth(opset, node('MeanVarianceNormalization', 'x', 'y', attributes), { x: wave([2, 3, 5, 7]) }),
  );

  // onnxruntime has no 1e-9, and gives NaN.
  it('of what is the same all over', () =>
    onBoth(
      13,
      node('MeanVarianceNormalization', 'x', 'y'),
      { x: tensorOf('float32', [1, 2, 2, 2], [4, 4, 4, 4, 1, 1, 1, 1]) },
      tensorOf('float32', [1, 2, 2, 2], [0, 0, 0, 0, 0, 0, 0, 0]),
    ));

  it('of what is tiny, to which the 1e-9 matters', () =>
    onBoth(
      13,
      node('MeanVarianceNormalization', 'x', 'y', { axes: { ints: [0] } }),
      { x: tensorOf('float32', [2], [1e-9, -1e-9]) },
      tensorOf('float32', [2], [0.5, -0.5]),
    ));

  it('is refused where there are no such axes', async () => {
    const x = wave([2, 3, 5]);
    const bytes = modelOf(13, node('MeanVarianceNormalization', 'x', 'y'), { x });
    await expect(Session.create(bytes, { backend: 'cpu' })).rejects.toThrow(ShapeError);
  });
});

describe('Shrink', () => {
  const attributes = { lambd: { f: 1.5 }, bias: { f: 1 } };
  it.each(['float32', 'float16', 'int32', 'int64', 'int16', 'int8', 'uint8', 'uint32'] as const)(
    'of %s',
    async (dtype) => {
      const x = dtype.startsWith('f')
        ? wave([3, 17], dtype === 'float16' ? dtype : 'float32')
        : integers(dtype, [3, 17], dtype.startsWith('u') ? 0 : -3);
      await onBoth(9, node('Shrink', 'x', 'y', attributes), { x });
      await onBoth(9, node('Shrink', 'x', 'y'), { x });
    },
  );
  it('of halves beside a bound that is none', () =>
    onBoth(9, node('Shrink', 'x', 'y', { lambd: { f: 0.3 } }), {
      x: tensorOf('float16', [4], [0.3, -0.3, 0.31, 0.29]),
    }));
});

describe('PRelu of integers', () => {
  it.each(['int32', 'int64'] as const)('%s', async (dtype) => {
    const feeds = { x: integers(dtype, [2, 5, 3], -9, 19), slope: integers(dtype, [5, 1], -2, 5) };
    await onBoth(16, node('PRelu', 'x slope', 'y'), feeds);
  });
  it('uint32, of which none is below zero', async () => {
    const x = integers('uint32', [3, 5], 0, 9);
    await onBoth(16, node('PRelu', 'x slope', 'y'), { x, slope: integers('uint32', [5], 2, 3) }, x);
  });
});

describe('IsInf, opset 10', () => {
  it.each([{}, { detect_negative: { i: 0 } }, { detect_positive: { i: 0 } }])('%j', (attributes) =>
    onBoth(10, node('IsInf', 'x', 'y', attributes), {
      x: tensorOf('float32', [5], [Infinity, 1, -Infinity, NaN, 3e38]),
    }),
  );
});

it.each(['IsInf', 'ThresholdedRelu'])('%s of integers is no valid model', async (op) => {
  const bytes = modelOf(10, node(op, 'x', 'y'), { x: integers('int32', [3]) });
  await expect(Session.create(bytes, { backend: 'cpu' })).rejects.toThrow(ImportError);
});

describe('extremes of which the last counts', () => {
  it.each(['float32', 'int32', 'int8', 'uint8'] as const)('of %s', async (dtype) => {
    for (const op of ['ArgMax', 'ArgMin']) {
      const x = integers(dtype, [3, 5, 7], 0, 3);
      for (const axis of [0, 1, -1]) {
        await onBoth(13, node(op, 'x', 'y', { axis: { i: axis }, select_last_index: { i: 1 } }), { x });
      }
      await onBoth(12, node(op, 'x', 'y', { keepdims: { i: 0 }, select_last_index: { i: 1 } }), { x });
    }
  });
});

/** Of rows of five. onnxruntime adds up exponentials that it has cut to whole numbers. */
function logSumExp(x: Tensor): Tensor {
  const rows = range(3).map((i) => Array.from(x.data.slice(i * 5, i * 5 + 5), Math.exp));
  return tensorOf(
    x.dtype,
    [3, 1],
    rows.map((row) => Math.trunc(Math.log(row.reduce((a, b) => a + b)))),
  );
}

describe('norms and logarithms of integers', () => {
  it.each(['ReduceL2', 'ReduceLogSumExp', 'ReduceLogSum'])('%s', async (op) => {
    const x = integers('int32', [3, 5], 1);
    await onBoth(
      13,
      node(op, 'x', 'y', { axes: { ints: [1] } }),
      { x },
      op === 'ReduceLogSumExp' ? logSumExp(x) : undefined,
    );
  });
});

describe('a Dropout that is told to train', () => {
  it.each(['cpu', 'webgpu'] as const)('is refused when it is, %s', async (backend) => {
    const feeds = { x: wave([2, 3]), r: tensorOf('float32', [], [0.5]), t: tensorOf('bool', [], [1]) };
    const bytes = modelOf(13, node('Dropout', 'x r t', 'y'), feeds);
    using session = await Session.create(bytes, { backend, ...(backend === 'webgpu' ? { gpu } : {}) });
    const failing = session.run(feeds);
    await expect(failing).rejects.toThrow(UnsupportedError);
    await expect(failing).rejects.toThrow(/Dropout.*training_mode = 1/s);
    const { y } = await session.run({ ...feeds, t: tensorOf('bool', [], [0]) });
    expect(y).toEqual(feeds.x);
  });
});
