/** Integers at the border of `tilewise/ort`: 8 and 16 bits in and out, of ONNX as onnxruntime-web has it and of TensorFlow Lite. */
import * as ortWeb from 'onnxruntime-web/wasm';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import * as ours from '../../src/ort/index.ts';
import { Session } from '../../src/session/session.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';
import { encodeTflite } from '../../src/formats/tflite/write/encode.ts';
import { TINY_SCALES, tinyQuantised } from '../helpers/tiny-tflite.ts';

const cpu = { executionProviders: ['cpu'] } as const;
const VALUES = { int8: Int8Array.of(-128, 127, 0, -1, 5, 77), uint8: Uint8Array.of(0, 255, 128, 1, 5, 77) };

function movingModel(dtype: 'int8' | 'uint8'): Uint8Array {
  return encodeModel({
    opset: 13,
    inputs: [{ name: 'x', dtype, shape: [2, 3] }],
    outputs: [
      { name: 'turned', dtype, shape: [3, 2] },
      { name: 'wide', dtype: 'int32', shape: [2, 3] },
    ],
    nodes: [
      { op: 'Transpose', inputs: ['x'], outputs: ['turned'], attributes: { perm: { ints: [1, 0] } } },
      { op: 'Cast', inputs: ['x'], outputs: ['wide'], attributes: { to: { i: 6 } } },
    ],
  });
}

describe.each(['int8', 'uint8'] as const)('%s', (type) => {
  it('of ONNX is as onnxruntime-web has it', async () => {
    ortWeb.env.wasm.numThreads = 1;
    const model = movingModel(type);
    const theirs = await ortWeb.InferenceSession.create(model, { executionProviders: ['wasm'] });
    const session = await ours.InferenceSession.create(model, cpu);
    expect(session.inputMetadata).toEqual(theirs.inputMetadata);
    expect(session.outputMetadata).toEqual(theirs.outputMetadata);
    const wanted = await theirs.run({ x: new ortWeb.Tensor(type, VALUES[type], [2, 3]) });
    const actual = await session.run({ x: new ours.Tensor(type, VALUES[type], [2, 3]) });
    for (const name of session.outputNames) {
      expect([actual[name]?.type, actual[name]?.dims, actual[name]?.data]).toEqual([
        wanted[name]?.type,
        wanted[name]?.dims,
        wanted[name]?.data,
      ]);
    }
  });

  it('of TensorFlow Lite is as a Session has it', async () => {
    const session = await ours.InferenceSession.create(tinyQuantised(type), cpu);
    expect(session.inputMetadata).toEqual([{ name: 'picture', isTensor: true, type, shape: [1, 8, 8, 3] }]);
    expect(session.outputMetadata).toEqual([{ name: 'scores', isTensor: true, type, shape: [1, 4] }]);
    const data = Array.from({ length: 192 }, (_, i) => ((i * 91) % 256) - (type === 'int8' ? 128 : 0));
    const { scores } = await session.run({ picture: new ours.Tensor(type, data, [1, 8, 8, 3]) });
    using plain = await Session.create(tinyQuantised(type), { backend: 'cpu' });
    const expected = await plain.run({ picture: tensorOf(type, [1, 8, 8, 3], data) });
    expect(scores?.type).toBe(type);
    expect(scores?.data).toEqual(expected['scores']?.data);
    expect(scores?.data[0]).not.toBe(scores?.data[2]);
    expect(plain.outputs[0]?.quantisation).toEqual(TINY_SCALES[type].scores);
  });

  it('refuses a tensor of the other type', async () => {
    const session = await ours.InferenceSession.create(tinyQuantised(type), cpu);
    const other = type === 'int8' ? 'uint8' : 'int8';
    const run = session.run({
      picture: new ours.Tensor(
        other,
        Array.from({ length: 192 }, () => 1),
        [1, 8, 8, 3],
      ),
    });
    await expect(run).rejects.toThrow(InputError);
    await expect(run).rejects.toThrow(`input "picture" is ${type} 1x8x8x3, got ${other} 1x8x8x3`);
  });
});

it('has 16-bit integers of TensorFlow Lite in their own array', async () => {
  const tensors = ['x', 'y'].map((name) => ({ name, type: 'int16' as const, shape: [3] }));
  const operators = [{ op: 'MAXIMUM', inputs: [0, 0], outputs: [1] }];
  const model = encodeTflite({ subgraphs: [{ tensors, operators, inputs: [0], outputs: [1] }] });
  const session = await ours.InferenceSession.create(model, cpu);
  const { y } = await session.run({ x: new ours.Tensor('int16', Int16Array.of(-32768, 7, 32767), [3]) });
  expect([y?.type, y?.data]).toEqual(['int16', Int16Array.of(-32768, 7, 32767)]);
});
