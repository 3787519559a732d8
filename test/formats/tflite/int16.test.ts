/** Quantised integers of 16 bits: moved, and brought to real numbers and back, as LiteRT.js does it; nothing computes with them. */
import { afterAll, describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { encodeTflite } from '../../../src/formats/tflite/write/encode.ts';
import type { WrittenModel, WrittenTensor } from '../../../src/formats/tflite/write/file.ts';
import { Session } from '../../../src/session/session.ts';
import { Litert } from '../../helpers/litert-oracle.ts';
import { importTflite, rawBytes, runTflite } from '../../helpers/tflite-models.ts';

const litert = new Litert();
afterAll(() => litert[Symbol.dispose]());

/** A scale that no power of two divides. */
const SCALE = { scales: [0.00037], zeroPoints: [0] };

/** Ties of the scale that a product with its inverse leaves ties, what is beyond the ends, and numbers between. */
const VALUES = [0, 0.000185, -0.000185, 0.00062, 1.5, -7.25, 12.1238, 12.2, -12.2, 100, -100, 0.1];

const int16 = (name: string, shape: readonly number[]): WrittenTensor => ({
  name,
  type: 'int16',
  shape,
  quantisation: SCALE,
});
const ints = (name: string, shape: readonly number[], data: readonly number[]): WrittenTensor => ({
  name,
  type: 'int32',
  shape,
  data: rawBytes('int32', shape, data),
});

/** Real numbers to integers, which are padded, joined and turned, and back. */
function moving(): WrittenModel {
  const tensors: WrittenTensor[] = [
    { name: 'x', type: 'float32', shape: [3, 4] },
    int16('q', [3, 4]),
    ints('pads', [2, 2], [1, 0, 0, 2]),
    int16('padded', [4, 6]),
    int16('joined', [8, 6]),
    ints('perm', [2], [1, 0]),
    int16('turned', [6, 8]),
    { name: 'y', type: 'float32', shape: [6, 8] },
  ];
  const operators = [
    { op: 'QUANTIZE', inputs: [0], outputs: [1] },
    { op: 'PAD', inputs: [1, 2], outputs: [3] },
    { op: 'CONCATENATION', inputs: [3, 3], outputs: [4], options: ['Concatenation', { axis: 0 }] as const },
    { op: 'TRANSPOSE', inputs: [4, 5], outputs: [6] },
    { op: 'DEQUANTIZE', inputs: [6], outputs: [7] },
  ];
  return { subgraphs: [{ tensors, operators, inputs: [0], outputs: [7] }] };
}

const x: Tensor = tensorOf('float32', [3, 4], VALUES);

describe('int16', () => {
  it('is quantised, moved and brought back as LiteRT.js does it', async () => {
    const bytes = encodeTflite(moving());
    const [actual] = runTflite(await importTflite(bytes), [x]);
    const [wanted] = await litert.run(bytes, [x]);
    expect(actual).toEqual(tensorOf('float32', [6, 8], wanted?.data ?? []));
  });

  it('leaves as itself, with what it stands for', async () => {
    const [given] = moving().subgraphs;
    const tensors = given?.tensors ?? [];
    const model = {
      subgraphs: [{ tensors, operators: given?.operators.slice(0, 1) ?? [], inputs: [0], outputs: [1] }],
    };
    using session = await Session.create(encodeTflite(model), { backend: 'cpu' });
    const quantisation = { scale: Math.fround(0.00037), zeroPoint: 0 };
    expect(session.outputs).toEqual([{ name: 'q', dtype: 'int16', shape: [3, 4], quantisation }]);
    const { q } = await session.run({ x });
    const steps = VALUES.map((v) => Math.max(-32768, Math.min(32767, Math.round(v / 0.00037))));
    expect(q?.data).toBeInstanceOf(Int16Array);
    // Ties aside, which have a rule of their own.
    expect([...(q?.data ?? [])].slice(4)).toEqual(steps.slice(4));
  });

  it('stands for real numbers as a constant, too', async () => {
    const tensors: WrittenTensor[] = [
      { name: 'x', type: 'float32', shape: [3] },
      { ...int16('w', [3]), data: rawBytes('int16', [3], [-32768, 1, 32767]) },
      { name: 'v', type: 'float32', shape: [3] },
      { name: 'y', type: 'float32', shape: [3] },
    ];
    const operators = [
      { op: 'DEQUANTIZE', inputs: [1], outputs: [2] },
      { op: 'ADD', inputs: [0, 2], outputs: [3] },
    ];
    const bytes = encodeTflite({ subgraphs: [{ tensors, operators, inputs: [0], outputs: [3] }] });
    const [actual] = runTflite(await importTflite(bytes), [tensorOf('float32', [3], [0, 0, 0])]);
    const scale = Math.fround(0.00037);
    expect(actual).toEqual(tensorOf('float32', [3], [-32768 * scale, scale, 32767 * scale]));
  });

  it.each(['ADD', 'LOGISTIC', 'FULLY_CONNECTED', 'SOFTMAX', 'L2_NORMALIZATION'])(
    'is refused by name in %s',
    async (op) => {
      const tensors = [int16('a', [2, 2]), int16('b', [2, 2]), int16('y', [2, 2])];
      const operators = [{ op, inputs: op === 'ADD' || op === 'FULLY_CONNECTED' ? [0, 1] : [0], outputs: [2] }];
      const bytes = encodeTflite({ subgraphs: [{ tensors, operators, inputs: [0, 1], outputs: [2] }] });
      await expect(importTflite(bytes)).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        message: expect.stringMatching(/: quantised int16 elements of "[ay]"$/),
        items: [{ node: 'y', op: `quantised ${op}` }],
      });
    },
  );
});
