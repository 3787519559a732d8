/** Types at the border of `tilewise/ort` that onnxruntime-web has no tensors of, or wider ones: bfloat16, uint16, uint64. */
import { describe, expect, it } from 'vitest';
import type { DType } from '../../src/core/dtype.ts';
import { InputError } from '../../src/core/errors.ts';
import * as ours from '../../src/ort/index.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';
import { node } from '../helpers/onnx-models.ts';

const cpu = { executionProviders: ['cpu'] } as const;

function doubling(dtype: DType): Uint8Array {
  return encodeModel({
    opset: 14,
    inputs: [{ name: 'x', dtype, shape: [4] }],
    outputs: [{ name: 'y', dtype, shape: [4] }],
    nodes: [node('Add', 'x x', 'y')],
  });
}

describe('bfloat16', () => {
  it('is taken and given as float32', async () => {
    const session = await ours.InferenceSession.create(doubling('bfloat16'), cpu);
    const of = [{ isTensor: true, type: 'float32', shape: [4] }];
    expect(session.inputMetadata).toMatchObject(of);
    expect(session.outputMetadata).toMatchObject(of);
    const { y } = await session.run({ x: new ours.Tensor('float32', [1.5, -0.25, 0, 3], [4]) });
    expect([y?.type, y?.data]).toEqual(['float32', Float32Array.of(3, -0.5, 0, 6)]);
  });

  it('is not taken as bits', async () => {
    const session = await ours.InferenceSession.create(doubling('bfloat16'), cpu);
    const run = session.run({ x: new ours.Tensor('uint16', Uint16Array.of(1, 2, 3, 4), [4]) });
    await expect(run).rejects.toThrow(InputError);
  });
});

it('uint16 has its own array, and wraps in it', async () => {
  const session = await ours.InferenceSession.create(doubling('uint16'), cpu);
  const { y } = await session.run({ x: new ours.Tensor('uint16', Uint16Array.of(0, 7, 32767, 32769), [4]) });
  expect([y?.type, y?.data]).toEqual(['uint16', Uint16Array.of(0, 14, 65534, 2)]);
});

describe('uint64', () => {
  it('is given as bigints', async () => {
    const session = await ours.InferenceSession.create(doubling('uint64'), cpu);
    const { y } = await session.run({
      x: new ours.Tensor('uint64', BigUint64Array.of(0n, 7n, 2n ** 31n - 1n, 1n), [4]),
    });
    expect([y?.type, y?.data]).toEqual(['uint64', BigUint64Array.of(0n, 14n, 2n ** 32n - 2n, 2n)]);
  });

  it('is refused beyond 32 bits', async () => {
    const session = await ours.InferenceSession.create(doubling('uint64'), cpu);
    const run = session.run({ x: new ours.Tensor('uint64', BigUint64Array.of(0n, 7n, 2n ** 32n, 1n), [4]) });
    await expect(run).rejects.toThrow(InputError);
    await expect(run).rejects.toThrow('"x": uint64 value 4294967296 does not fit 32 bits');
  });
});
