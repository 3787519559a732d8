/** Columns of blocks put together into pictures (opset 18), along one to three dimensions. */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import type { OnnxNode } from '../../helpers/onnx-bytes.ts';
import type { LaterCase, LaterCases } from './later.ts';

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);

interface Form {
  readonly image: readonly number[];
  readonly block: readonly number[];
  readonly attributes?: OnnxNode['attributes'];
}

const columns = (name: string, x: Tensor, { image, block, attributes = {} }: Form): LaterCase => ({
  name,
  opset: 18,
  node: node('Col2Im', 'x image block', 'y', attributes),
  inputs: { x },
  constants: { image: ints(...image), block: ints(...block) },
  terms: block.reduce((n, d) => n * d, 1),
});

const list = (...values: number[]): { ints: number[] } => ({ ints: values });

/** Seven blocks of three elements to a plane, in lines of 17 pixels. */
const LINE = {
  image: [17],
  block: [3],
  attributes: { strides: list(3), dilations: list(2), pads: list(4, 2) },
};

function onLines({ data }: Tensor): number[] {
  const sums = Array.from({ length: (data.length / 21) * 17 }, () => 0);
  data.forEach((value, i) => {
    const [plane, tap, column] = [Math.floor(i / 21), Math.floor((i % 21) / 7), i % 7];
    const pixel = column * 3 + tap * 2 - 4;
    if (pixel >= 0 && pixel < 17) sums[plane * 17 + pixel] = (sums[plane * 17 + pixel] ?? 0) + value;
  });
  return sums;
}

/** Two blocks of two that overlap in the middle pixel of three; one has a NaN at the end, the other an infinity. */
const specials = tensorOf('float32', [1, 2, 2], [1, Infinity, NaN, 4]);

export const LATER_COL2IM: LaterCases = {
  Col2Im: [
    columns('blocks side by side', wave([1, 5, 5]), {
      image: [5, 5],
      block: [1, 5],
      attributes: { strides: list(1, 5) },
    }),
    columns('blocks that overlap, of several planes', wave([2, 18, 20]), { image: [6, 7], block: [3, 3] }),
    columns('strides that leave pixels out', wave([1, 4, 6]), {
      image: [5, 9],
      block: [2, 2],
      attributes: { strides: list(3, 3) },
    }),
    columns('dilations', wave([1, 4, 10]), { image: [6, 7], block: [2, 2], attributes: { dilations: list(1, 5) } }),
    columns('pads, not the same on both sides', wave([3, 6, 49]), {
      image: [5, 5],
      block: [2, 3],
      attributes: { pads: list(1, 2, 2, 2) },
    }),
    columns('everything at once', wave([2, 12, 16]), {
      image: [9, 7],
      block: [3, 2],
      attributes: { strides: list(2, 2), dilations: list(2, 3), pads: list(1, 1, 1, 3) },
    }),
    columns('one dimension', wave([1, 3, 7]), LINE),
    {
      ...columns('one dimension, of several planes', wave([2, 6, 7]), LINE),
      plain: {
        why: 'onnxruntime puts elements of the second plane elsewhere, though not where it is alone',
        outputs: [tensorOf('float32', [2, 2, 17], onLines(wave([2, 6, 7])))],
      },
    },
    columns('three dimensions', wave([1, 24, 27]), {
      image: [4, 5, 6],
      block: [2, 3, 4],
      attributes: { dilations: list(1, 1, 1) },
    }),
    columns('three dimensions, strided and padded', wave([2, 16, 27]), {
      image: [5, 4, 7],
      block: [2, 2, 2],
      attributes: { strides: list(2, 2, 3), pads: list(0, 1, 1, 1, 1, 0) },
    }),
    columns('one block', wave([1, 6, 1]), { image: [2, 3], block: [2, 3] }),
    {
      ...columns('infinities and what is no number stay where they are', specials, { image: [3], block: [2] }),
      plain: { why: 'the elements added by hand', outputs: [tensorOf('float32', [1, 1, 3], [1, NaN, 4])] },
    },
    {
      ...columns('float16', wave([1, 4, 6], 'float16'), { image: [3, 4], block: [2, 2] }),
      plain: {
        why: 'onnxruntime has float32 alone',
        outputs: [tensorOf('float16', [1, 1, 3, 4], overlapped(wave([1, 4, 6], 'float16')))],
      },
    },
  ],
};

/** Blocks of 2 × 2 at every place of 3 × 4 pixels. */
function overlapped({ data }: Tensor): number[] {
  const sums = Array.from({ length: 12 }, () => 0);
  data.forEach((value, i) => {
    const [tap, column] = [Math.floor(i / 6), i % 6];
    const pixel = (Math.floor(column / 3) + Math.floor(tap / 2)) * 4 + (column % 3) + (tap % 2);
    sums[pixel] = (sums[pixel] ?? 0) + value;
  });
  return sums;
}
