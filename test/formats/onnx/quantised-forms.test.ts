/** Forms of quantised operators that onnxruntime has not, or has wrong; and what is refused by name. */
import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { at, product, range } from '../../../src/util/arrays.ts';
import { importOnnx } from '../../helpers/import-onnx.ts';
import { encodeModel, type OnnxModel, type OnnxNode, type OnnxTensor } from '../../helpers/onnx-bytes.ts';
import { node } from '../../helpers/onnx-models.ts';
import { randomSource } from '../../helpers/random.ts';

type Operands = Readonly<Record<string, Tensor>>;

function modelOf(only: OnnxNode, operands: Operands, more: Partial<OnnxModel> = {}): OnnxModel {
  return {
    opset: only.domain ? { '': 21, [only.domain]: 1 } : 21,
    inputs: Object.entries(operands).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    outputs: only.outputs,
    nodes: [only],
    ...more,
  };
}

/** The first output, on the CPU. */
async function run(only: OnnxNode, operands: Operands): Promise<number[]> {
  using session = await Session.create(encodeModel(modelOf(only, operands)), { backend: 'cpu' });
  const y = (await session.run(operands))[at(only.outputs, 0)];
  return Array.from(y?.data ?? [], Number);
}

const floats = (...values: number[]): Tensor => tensorOf('float32', [values.length], values);
const bytes = (...values: number[]): Tensor => tensorOf('uint8', [values.length], values);

describe('QuantizeLinear', () => {
  it('of one dimension in blocks is not per axis', async () => {
    const operands = { x: floats(1, 2, 3, 4, 5), s: floats(1, 0.5, 2) };
    const blocked = node('QuantizeLinear', 'x s', 'y', { axis: { i: 0 }, block_size: { i: 2 } });
    expect(await run(blocked, operands)).toEqual([1, 2, 6, 8, 2]);
  });

  it('makes 0 of NaN, and saturates what is infinite', async () => {
    const operands = {
      x: floats(NaN, Infinity, -Infinity, 0),
      s: tensorOf('float32', [], [0.5]),
      z: tensorOf('uint8', [], [7]),
    };
    expect(await run(node('QuantizeLinear', 'x s z', 'y'), operands)).toEqual([0, 255, 0, 7]);
  });

  it('divides by scales of any size, and rounds ties to even', async () => {
    const operands = { x: floats(5e-40, 2.5e-42, -1, 12.5), s: tensorOf('float32', [], [1e-40]) };
    const [first, second] = await run(node('QuantizeLinear', 'x s', 'y'), operands);
    expect([first, second]).toEqual([5, 0]);
    const ties = { x: floats(0.5, 1.5, 2.5, 254.5), s: tensorOf('float32', [], [1]) };
    expect(await run(node('QuantizeLinear', 'x s', 'y'), ties)).toEqual([0, 2, 2, 254]);
  });

  it('takes integers', async () => {
    const operands = {
      x: tensorOf('int32', [3], [-7, 3, 900]),
      s: tensorOf('float32', [], [2]),
      z: tensorOf('int8', [], [1]),
    };
    expect(await run(node('QuantizeLinear', 'x s z', 'y'), operands)).toEqual([-3, 3, 127]);
  });

  it.each([
    ['scales beside an axis', { s: floats(1, 2, 3) }],
    ['zero points that are not as many as scales', { s: floats(1, 2), z: bytes(1) }],
  ])('refuses %s', async (_, scales: Operands) => {
    const operands: Operands = { x: tensorOf('float32', [2, 2], [1, 2, 3, 4]), ...scales };
    const only = node('QuantizeLinear', Object.keys(operands).join(' '), 'y');
    await expect(run(only, operands)).rejects.toThrow(/do not fit/);
  });
});

describe('DequantizeLinear', () => {
  it('of one dimension in blocks is not per axis', async () => {
    const operands = { x: bytes(1, 2, 3, 4, 5), s: floats(1, 0.5, 2), z: bytes(0, 1, 2) };
    const blocked = node('DequantizeLinear', 'x s z', 'y', { axis: { i: -1 }, block_size: { i: 2 } });
    expect(await run(blocked, operands)).toEqual([1, 2, 1, 1.5, 6]);
  });

  it('gives the type that is asked for', async () => {
    const operands = { x: bytes(3), s: tensorOf('float32', [], [0.5]) };
    const graph = await importOnnx(
      encodeModel(modelOf(node('DequantizeLinear', 'x s', 'y', { output_dtype: { i: 10 } }), operands)),
    );
    expect(graph.nodes.map(({ op }) => op)).toEqual(['DequantizeLinear', 'Cast']);
  });

  it('takes constants of narrower integers', async () => {
    const int4: OnnxTensor = { dataType: 22, dims: [3], raw: Uint8Array.of(0x2f, 0x08) };
    const model = modelOf(
      node('DequantizeLinear', 'x s', 'y'),
      { s: tensorOf('float32', [], [0.5]) },
      { initializers: [['x', int4]] },
    );
    using session = await Session.create(encodeModel(model), { backend: 'cpu' });
    const { y } = await session.run({ s: tensorOf('float32', [], [0.5]) });
    expect(Array.from(y?.data ?? [])).toEqual([-0.5, 1, -4]);
  });
});

/** Sums of products as integers without end, brought to 32 bits. */
function sumOf(terms: readonly (readonly [number, number, number, number])[]): number {
  return Number(
    BigInt.asIntN(
      32,
      terms.reduce((sum, [x, zx, w, zw]) => sum + BigInt(x - zx) * BigInt(w - zw), 0n),
    ),
  );
}

describe('products of integers', () => {
  const random = randomSource(11);
  const any = (shape: readonly number[], low: number): number[] =>
    range(product(shape)).map(() => low + Math.floor(random() * 256));

  it('MatMulInteger has zero points for rows of a and columns of b', async () => {
    const [rows, depth, columns] = [3, 7, 5];
    const [a, b, za, zb] = [any([rows, depth], 0), any([depth, columns], -128), any([rows], 0), any([columns], -128)];
    const operands = {
      a: tensorOf('uint8', [rows, depth], a),
      b: tensorOf('int8', [depth, columns], b),
      za: tensorOf('uint8', [rows], za),
      zb: tensorOf('int8', [columns], zb),
    };
    const expected = range(rows * columns).map((i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      return sumOf(
        range(depth).map((k) => [at(a, row * depth + k), at(za, row), at(b, k * columns + column), at(zb, column)]),
      );
    });
    expect(await run(node('MatMulInteger', 'a b za zb', 'y'), operands)).toEqual(expected);
  });

  it('sums wrap', async () => {
    const depth = 40_000;
    const full = (shape: readonly number[]): Tensor =>
      tensorOf(
        'uint8',
        shape,
        range(depth).map(() => 255),
      );
    const operands = { a: full([1, depth]), b: full([depth, 1]) };
    const expected = sumOf(range(depth).map(() => [255, 0, 255, 0]));
    expect(await run(node('MatMulInteger', 'a b', 'y'), operands)).toEqual([expected]);
  });

  it('ConvInteger takes signed pictures and a zero point for each channel, and pads with the zero point', async () => {
    const [width, channels, outputs, kernel] = [6, 2, 3, 3];
    const [x, w, zw] = [any([channels, width], -128), any([outputs, channels, kernel], 0), any([outputs], 0)];
    const operands = {
      x: tensorOf('int8', [1, channels, width], x),
      w: tensorOf('uint8', [outputs, channels, kernel], w),
      zx: tensorOf('int8', [], [-9]),
      zw: tensorOf('uint8', [outputs], zw),
    };
    const expected = range(outputs * width).map((i) => {
      const [m, ox] = [Math.floor(i / width), i % width];
      const taps = range(channels * kernel).map((t) => [Math.floor(t / kernel), t % kernel] as const);
      const inside = taps.filter(([, k]) => ox + k - 1 >= 0 && ox + k - 1 < width);
      return sumOf(
        inside.map(([c, k]) => [at(x, c * width + ox + k - 1), -9, at(w, (m * channels + c) * kernel + k), at(zw, m)]),
      );
    });
    const only = node('ConvInteger', 'x w zx zw', 'y', { pads: { ints: [1, 1] } });
    expect(await run(only, operands)).toEqual(expected);
  });
});

const microsoft = (op: string): OnnxNode => ({ ...node(op, 'x', 'y'), domain: 'com.microsoft' });

describe('refused by name', () => {
  const x = floats(1, 2);
  const s = tensorOf('float32', [], [1]);
  const four = bytes(1, 2);
  const REFUSED: Readonly<Record<string, readonly [OnnxNode, Operands, RegExp]>> = {
    'int4 results': [node('QuantizeLinear', 'x s', 'y', { output_dtype: { i: 22 } }), { x, s }, /output_dtype = int4/],
    'float8 results': [
      node('QuantizeLinear', 'x s', 'y', { output_dtype: { i: 17 } }),
      { x, s },
      /output_dtype = float8e4m3fn/,
    ],
    'division of halves': [
      node('QuantizeLinear', 'x s', 'y', { precision: { i: 10 } }),
      { x, s },
      /precision = float16/,
    ],
    'floats to dequantise': [node('DequantizeLinear', 'x s', 'y'), { x, s }, /holds no integers/],
    DynamicQuantizeLSTM: [microsoft('DynamicQuantizeLSTM'), { x }, /DynamicQuantizeLSTM/],
    QEmbedLayerNormalization: [microsoft('QEmbedLayerNormalization'), { x: four }, /QEmbedLayerNormalization/],
  };

  it.each(Object.keys(REFUSED))('%s', async (name) => {
    const [only, operands, message] = REFUSED[name] ?? [];
    if (!only || !operands) throw new TypeError(name);
    const importing = importOnnx(encodeModel(modelOf(only, operands)));
    await expect(importing).rejects.toThrow(UnsupportedError);
    await expect(importing).rejects.toThrow(message);
  });
});
