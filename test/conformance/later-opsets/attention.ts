/** Attention of opset 23 and 24: heads in both layouts, groups of them, masks, the past, soft caps, steps on the way. */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import type { OnnxAttribute } from '../../helpers/onnx-bytes.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import { alsoIn, type LaterCase, type LaterCases } from './later.ts';

type Shapes = readonly [query: readonly number[], key: readonly number[], value: readonly number[]];

interface Form {
  readonly opset?: number;
  readonly shapes?: Shapes;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly mask?: Tensor;
  readonly past?: readonly [key: readonly number[], value: readonly number[]];
  readonly count?: readonly number[];
  readonly outputs?: string;
  readonly half?: boolean;
}

/** Four dimensions: two images, three heads, four rows, five keys of six, values of seven. */
const FOUR: Shapes = [
  [2, 3, 4, 6],
  [2, 3, 5, 6],
  [2, 3, 5, 7],
];
const THREE: Shapes = [
  [2, 4, 18],
  [2, 5, 18],
  [2, 5, 21],
];
const HEADS = { q_num_heads: { i: 3 }, kv_num_heads: { i: 3 } };
const PAST = [
  [2, 3, 2, 6],
  [2, 3, 2, 7],
] as const;

function form(name: string, { opset = 23, shapes = FOUR, outputs = 'y', half = false, ...rest }: Form): LaterCase {
  const { attributes = {}, mask, past, count } = rest;
  const dtype = half ? 'float16' : 'float32';
  const [query, key, value] = shapes;
  const inputs = {
    q: wave(query, dtype),
    k: wave(key, dtype),
    v: wave(value, dtype),
    ...(mask ? { m: mask } : {}),
    ...(past ? { pk: wave(past[0], dtype), pv: wave(past[1], dtype) } : {}),
    ...(count ? { n: tensorOf('int64', [count.length], count) } : {}),
  };
  const names = `q k v ${mask ? 'm' : ''} ${past ? 'pk pv' : ' '} ${count ? 'n' : ''}`.trimEnd();
  const plain = half && { why: 'onnxruntime rounds each step to halves', outputs: [attended(inputs, mask)] };
  return {
    name,
    opset,
    node: node('Attention', names, outputs, attributes),
    inputs,
    terms: 64,
    ...(plain ? { plain } : {}),
  };
}

/** Of the matrices of four dimensions one after another. */
function element({ shape, data }: Tensor, matrix: number, row: number, column: number): number {
  const [, , height = 0, across = 0] = shape;
  return data[(matrix * height + row) * across + column] ?? 0;
}

/** By the formula, in double precision; rows of which nothing is looked at are 0. */
function attended({ q, k, v }: Record<'q' | 'k' | 'v', Tensor>, mask: Tensor | undefined): Tensor {
  const [images = 0, heads = 0, rows = 0, width = 0] = q.shape;
  const [, groups = 0, keys = 0, out = 0] = v.shape;
  const y = range(images * heads * rows).flatMap((at) => {
    const [matrix, row] = [Math.floor(at / rows), at % rows];
    const group = Math.floor(matrix / heads) * groups + Math.floor((matrix % heads) / (heads / groups));
    const shares = range(keys).map((j) => {
      if (mask && !mask.data[row * keys + j]) return 0;
      const dot = range(width).reduce((sum, c) => sum + element(q, matrix, row, c) * element(k, group, j, c), 0);
      return Math.exp(dot / Math.sqrt(width));
    });
    const all = shares.reduce((a, b) => a + b, 0) || 1;
    return range(out).map((c) => shares.reduce((sum, share, j) => sum + (share / all) * element(v, group, j, c), 0));
  });
  return tensorOf('float16', [images, heads, rows, out], y);
}

/** True in some places, in none of row 1 of the first matrix. */
function someTrue(shape: readonly number[], keys: number): Tensor {
  const count = shape.reduce((n, d) => n * d, 1);
  return tensorOf(
    'bool',
    shape,
    range(count).map((i) => (Math.floor(i / keys) !== 1 && (i * 7) % 5 !== 2 ? 1 : 0)),
  );
}

const QK = { y: 'y   qk', softcap: { f: 1.5 } } as const;
const modes = range(4).map((i) =>
  form(`step ${i}`, {
    outputs: QK.y,
    attributes: { softcap: QK.softcap, qk_matmul_output_mode: { i } },
    mask: wave([4, 5]),
  }),
);

export const LATER_ATTENTION: LaterCases = {
  Attention: alsoIn(
    [24],
    [
      form('four dimensions', {}),
      form('three dimensions', { shapes: THREE, attributes: HEADS }),
      form('a scale', { attributes: { scale: { f: 0.3 } } }),
      form('a soft cap', { attributes: { softcap: { f: 0.7 } } }),
      form('groups of heads', {
        shapes: [
          [2, 6, 4, 8],
          [2, 2, 5, 8],
          [2, 2, 5, 3],
        ],
      }),
      form('one key for all heads', {
        shapes: [
          [1, 5, 3, 4],
          [1, 1, 7, 4],
          [1, 1, 7, 4],
        ],
      }),
      form('groups of heads, three dimensions', {
        shapes: [
          [2, 3, 32],
          [2, 5, 16],
          [2, 5, 8],
        ],
        attributes: { q_num_heads: { i: 4 }, kv_num_heads: { i: 2 } },
      }),
      form('causal', { attributes: { is_causal: { i: 1 } } }),
      form('causal, a square', {
        shapes: [
          [1, 2, 5, 4],
          [1, 2, 5, 4],
          [1, 2, 5, 4],
        ],
        attributes: { is_causal: { i: 1 } },
      }),
      form('the past', { past: PAST, outputs: 'y key value' }),
      form('the past, causal', { past: PAST, outputs: 'y key value', attributes: { is_causal: { i: 1 } } }),
      form('the past, three dimensions and a mask', {
        shapes: THREE,
        past: PAST,
        outputs: 'y key value',
        attributes: HEADS,
        mask: wave([4, 7]),
      }),
      form('a mask of numbers', { mask: wave([4, 5]) }),
      form('a mask of numbers for each image', { mask: wave([2, 1, 4, 5]) }),
      form('a mask of numbers for each head', { mask: wave([3, 4, 5]) }),
      form('a mask of truths, a row of none', { mask: someTrue([4, 5], 5) }),
      form('a mask of truths for each image and head', { mask: someTrue([2, 3, 4, 5], 5) }),
      form('a mask of truths, causal', { mask: someTrue([4, 5], 5), attributes: { is_causal: { i: 1 } } }),
      form('a mask with −∞ in a whole row', {
        mask: tensorOf(
          'float32',
          [4, 5],
          range(20).map((i) => (i < 5 || i % 3 === 0 ? -Infinity : i / 7)),
        ),
      }),
      form('keys without a second output', { outputs: 'y  value' }),
      ...modes,
      form('the weights, a row of none', {
        outputs: QK.y,
        attributes: { qk_matmul_output_mode: { i: 3 } },
        mask: someTrue([4, 5], 5),
      }),
      form('one of each', {
        shapes: [
          [1, 1, 1, 1],
          [1, 1, 1, 1],
          [1, 1, 1, 1],
        ],
      }),
      form('float16', { half: true }),
      form('float16, groups and a mask', {
        half: true,
        shapes: [
          [2, 4, 3, 8],
          [2, 2, 5, 8],
          [2, 2, 5, 8],
        ],
        mask: someTrue([3, 5], 5),
      }),
      form('keys that are there', { opset: 24, count: [3, 5] }),
      form('keys that are there, none of them', { opset: 24, count: [0, 4] }),
      form('keys that are there, causal', { opset: 24, count: [3, 5], attributes: { is_causal: { i: 1 } } }),
      form('keys that are there, groups and a mask', {
        opset: 24,
        count: [4, 5],
        shapes: [
          [2, 6, 4, 8],
          [2, 2, 5, 8],
          [2, 2, 5, 3],
        ],
        mask: wave([4, 5]),
      }),
    ],
  ),
};
