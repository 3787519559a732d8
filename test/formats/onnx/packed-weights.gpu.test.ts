/** Products and attention with weights of few bits, as onnxruntime writes them, on both backends beside it. */
import { describe, expect, it } from 'vitest';
import { ImportError, ShapeError, UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { range } from '../../../src/util/arrays.ts';
import { openBoth } from '../../helpers/onnx-both.ts';
import { encodeModel } from '../../helpers/onnx-bytes.ts';
import { feedsOfForm, modelOfForm, type NodeForm } from '../../helpers/onnx-forms.ts';

const agrees = openBoth();

const bytes = (dtype: 'int8' | 'uint8', ...shape: number[]): Tensor => {
  const count = shape.reduce((n, d) => n * d, 1);
  const values = range(count).map((i) => ((i * 73 + 19) % 256) - (dtype === 'int8' ? 128 : 0));
  return tensorOf(dtype, shape, values);
};
const one = (value: number): Tensor => tensorOf('float32', [], [value]);
const scales = (count: number): Tensor =>
  tensorOf(
    'float32',
    [count],
    range(count).map((i) => 0.01 + (i % 7) * 0.003),
  );

/** How so many rows in blocks make so many columns. */
const packed = (K: number, N: number, size: number, bits = 4): NonNullable<NodeForm['attributes']> => ({
  K: { i: K },
  N: { i: N },
  block_size: { i: size },
  bits: { i: bits },
});

const ATTENTION = {
  x: bytes('uint8', 2, 4, 5),
  w: bytes('int8', 5, 18),
  b: [18],
  xs: one(0.03),
  ws: one(0.01),
} as const;
const HEADS = { num_heads: { i: 3 } };
const zeroX = tensorOf('uint8', [], [121]);
const zeroW = tensorOf('int8', [], [3]);

const FORMS: Readonly<Record<string, NodeForm>> = {
  'four bits': {
    op: 'MatMulNBits',
    inputs: { a: [2, 3, 32], w: bytes('uint8', 5, 2, 8), s: scales(10) },
    attributes: packed(32, 5, 16),
  },
  'four bits, zero points, a last block that is not full': {
    op: 'MatMulNBits',
    inputs: { a: [3, 40], w: bytes('uint8', 7, 3, 8), s: scales(21), z: bytes('uint8', 14) },
    attributes: packed(40, 7, 16),
  },
  'four bits, zero points of real numbers': {
    op: 'MatMulNBits',
    inputs: { a: [1, 32], w: bytes('uint8', 3, 1, 16), s: scales(3), z: tensorOf('float32', [3], [7, 8.5, 3]) },
    attributes: packed(32, 3, 32),
  },
  'four bits, a bias': {
    op: 'MatMulNBits',
    inputs: { a: [17, 64], w: bytes('uint8', 1, 2, 16), s: scales(2), o: [1] },
    names: 'a w s   o',
    attributes: packed(64, 1, 32),
  },
  'eight bits': {
    op: 'MatMulNBits',
    inputs: { a: [2, 32], w: bytes('uint8', 5, 2, 16), s: scales(10), z: bytes('uint8', 10) },
    attributes: packed(32, 5, 16, 8),
  },
  'attention of integers': { op: 'QAttention', inputs: ATTENTION, attributes: HEADS },
  'attention of integers, zero points and a mask': {
    op: 'QAttention',
    inputs: { ...ATTENTION, m: tensorOf('int32', [2], [4, 3]), zx: zeroX, zw: zeroW },
    attributes: HEADS,
  },
  'attention of integers, scales of columns, one way': {
    op: 'QAttention',
    inputs: { ...ATTENTION, ws: scales(18), zx: zeroX, zw: tensorOf('int8', [18], range(18)) },
    names: 'x w b xs ws  zx zw',
    attributes: { ...HEADS, unidirectional: { i: 1 } },
  },
  'attention of integers, the past': {
    op: 'QAttention',
    inputs: { ...ATTENTION, zx: zeroX, zw: zeroW, p: [2, 2, 3, 3, 2] },
    names: 'x w b xs ws  zx zw p',
    outputs: 'y present',
    attributes: HEADS,
  },
};

/** Opens a session with it on the CPU. */
const opened = (form: NodeForm): Promise<Session> => Session.create(encodeModel(modelOfForm(form)), { backend: 'cpu' });

describe('weights of few bits', () => {
  it.each(Object.keys(FORMS))('%s', async (name) => {
    const form = FORMS[name] ?? { op: '', inputs: {} };
    await agrees(modelOfForm(form), feedsOfForm(form), { terms: 64 });
  });

  it.each([
    ['three bits', UnsupportedError, packed(32, 5, 16, 3)],
    ['blocks of 24', ImportError, packed(32, 5, 24)],
    ['more columns than there are', ShapeError, packed(32, 6, 16)],
    ['more rows than there are', ShapeError, packed(40, 5, 16)],
  ])('%s: refused', async (_, error, attributes) => {
    const inputs = { a: [2, 3, 32], w: bytes('uint8', 5, 2, 8), s: scales(10) };
    await expect(opened({ op: 'MatMulNBits', inputs, attributes })).rejects.toThrow(error);
  });

  it('an order of the rows: refused', async () => {
    const form: NodeForm = {
      op: 'MatMulNBits',
      inputs: { a: [2, 32], w: bytes('uint8', 5, 2, 8), s: scales(10), g: tensorOf('int32', [32], range(32)) },
      names: 'a w s  g',
      attributes: packed(32, 5, 16),
    };
    await expect(opened(form)).rejects.toThrow(/MatMulNBits.*input 4/s);
  });

  it("what onnxruntime's highest optimisation wrote is refused with a remedy", async () => {
    const form: NodeForm = { op: 'ReorderInput', domain: 'com.microsoft.nchwc', inputs: { x: [1, 8, 4, 4] } };
    await expect(opened(form)).rejects.toThrow(/ReorderInput.*as it was exported.*'extended'/s);
  });
});
