/** Attention as onnxruntime has it beside ONNX's: with every form of mask, of keys and of values, on both backends. */
import { describe, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import { encodeModel } from '../../helpers/onnx-bytes.ts';
import { wave } from '../../helpers/onnx-models.ts';
import { feedsOfForm, modelOfForm, type NodeForm } from '../../helpers/onnx-forms.ts';
import { openBoth } from '../../helpers/onnx-both.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';

const agrees = openBoth();

const ints = (shape: readonly number[], ...values: number[]): Tensor => tensorOf('int32', shape, values);
const HEADS = { num_heads: { i: 3 } };

const FORMS: Readonly<Record<string, NodeForm>> = {
  MultiHeadAttention: {
    op: 'MultiHeadAttention',
    inputs: { q: [2, 4, 6], k: [2, 5, 6], v: [2, 5, 9], b: [21] },
    attributes: HEADS,
  },
  'MultiHeadAttention, a scale, no bias': {
    op: 'MultiHeadAttention',
    inputs: { q: [2, 4, 6], k: [2, 5, 6], v: [2, 5, 6] },
    attributes: { ...HEADS, scale: { f: 0.4 } },
  },
  'MultiHeadAttention, a bias of products': {
    op: 'MultiHeadAttention',
    inputs: { q: [2, 4, 6], k: [2, 5, 6], v: [2, 5, 6], r: [1, 3, 4, 5] },
    names: 'q k v   r',
    attributes: HEADS,
  },
  'MultiHeadAttention, numbers of keys': {
    op: 'MultiHeadAttention',
    inputs: { q: [2, 4, 6], k: [2, 5, 6], v: [2, 5, 6], m: ints([2], 3, 5) },
    names: 'q k v  m',
    attributes: HEADS,
  },
  'MultiHeadAttention, a mask of keys': {
    op: 'MultiHeadAttention',
    inputs: { q: [2, 4, 6], k: [2, 5, 6], v: [2, 5, 6], m: ints([2, 5], 1, 0, 1, 1, 0, 1, 1, 1, 1, 1) },
    names: 'q k v  m',
    attributes: { ...HEADS, mask_filter_value: { f: -50 } },
  },
  'MultiHeadAttention, a mask of rows and keys': {
    op: 'MultiHeadAttention',
    inputs: { q: [1, 2, 6], k: [1, 3, 6], v: [1, 3, 6], m: ints([1, 2, 3], 1, 0, 1, 1, 1, 0) },
    names: 'q k v  m',
    attributes: HEADS,
  },
  'MultiHeadAttention, one way': {
    op: 'MultiHeadAttention',
    inputs: { q: [2, 5, 6], k: [2, 5, 6], v: [2, 5, 6] },
    attributes: { ...HEADS, unidirectional: { i: 1 } },
  },
  'MultiHeadAttention, the past': {
    op: 'MultiHeadAttention',
    inputs: { q: [2, 4, 6], k: [2, 4, 6], v: [2, 4, 6], pk: [2, 3, 2, 2], pv: [2, 3, 2, 2] },
    names: 'q k v    pk pv',
    outputs: 'y key value',
    attributes: HEADS,
  },
  'MultiHeadAttention, keys with heads of their own': {
    op: 'MultiHeadAttention',
    inputs: { q: [2, 4, 6], k: [2, 3, 5, 2], v: [2, 3, 5, 2] },
    attributes: HEADS,
  },
  'MultiHeadAttention, keys with heads of their own, a bias': {
    op: 'MultiHeadAttention',
    inputs: { q: [2, 4, 6], k: [2, 3, 5, 2], v: [2, 3, 5, 2], b: [18] },
    attributes: HEADS,
  },
  'MultiHeadAttention, numbers of keys and their sums': {
    op: 'MultiHeadAttention',
    inputs: { q: [2, 4, 6], k: [2, 4, 6], v: [2, 4, 6], m: ints([8], 4, 2, 0, 4, 6, 0, 4, 6) },
    names: 'q k v  m',
    attributes: HEADS,
  },
  'MultiHeadAttention, a mask of the past and of keys': {
    op: 'MultiHeadAttention',
    inputs: {
      q: [2, 1, 6],
      k: [2, 1, 6],
      v: [2, 1, 6],
      m: ints([2, 3], 1, 0, 1, 1, 1, 0),
      pk: [2, 3, 2, 2],
      pv: [2, 3, 2, 2],
    },
    names: 'q k v  m  pk pv',
    outputs: 'y key value',
    attributes: HEADS,
  },
  Attention: { op: 'Attention', inputs: { x: [2, 4, 5], w: [5, 18], b: [18] }, attributes: HEADS },
  'Attention, of sizes that differ': {
    op: 'Attention',
    inputs: { x: [2, 4, 5], w: [5, 21], b: [21] },
    attributes: { ...HEADS, qkv_hidden_sizes: { ints: [6, 6, 9] } },
  },
  'Attention, a mask of keys': {
    op: 'Attention',
    inputs: { x: [2, 4, 5], w: [5, 18], b: [18], m: ints([2, 4], 1, 1, 0, 1, 0, 1, 1, 1) },
    attributes: HEADS,
  },
  'Attention, numbers of keys': {
    op: 'Attention',
    inputs: { x: [2, 4, 5], w: [5, 18], b: [18], m: ints([2], 4, 2) },
    attributes: HEADS,
  },
  'Attention, numbers of keys and where they begin': {
    op: 'Attention',
    inputs: { x: [2, 4, 5], w: [5, 18], b: [18], m: ints([4], 4, 3, 0, 2) },
    attributes: HEADS,
  },
  'Attention, where keys begin, with the past': {
    op: 'Attention',
    inputs: { x: [3, 2, 5], w: [5, 18], b: [18], m: ints([6], 4, 3, 2, 1, 2, 0), p: [2, 3, 3, 2, 2] },
    outputs: 'y present',
    attributes: HEADS,
  },
  'Attention, numbers of keys and their sums': {
    op: 'Attention',
    inputs: { x: [2, 4, 5], w: [5, 18], b: [18], m: ints([8], 4, 2, 0, 4, 6, 0, 4, 6) },
    attributes: HEADS,
  },
  'Attention, a mask of rows and keys': {
    op: 'Attention',
    inputs: { x: [1, 2, 5], w: [5, 18], b: [18], m: ints([1, 2, 2], 1, 0, 1, 1) },
    attributes: HEADS,
  },
  'Attention, one way, with the past': {
    op: 'Attention',
    inputs: { x: [2, 4, 5], w: [5, 18], b: [18], p: [2, 2, 3, 3, 2] },
    names: 'x w b  p',
    outputs: 'y present',
    attributes: { ...HEADS, unidirectional: { i: 1 } },
  },
  'Attention, a bias of products': {
    op: 'Attention',
    inputs: { x: [2, 4, 5], w: [5, 18], b: [18], r: [2, 3, 4, 4] },
    names: 'x w b   r',
    attributes: { ...HEADS, scale: { f: 0.3 } },
  },
};

/** Part `index` of the fourth dimension of `[B, rows, heads, parts, E]`, as `[B, rows, heads·E]`. */
function partOf({ shape, data }: Tensor, index: number): Tensor {
  const [batch = 1, rows = 1, heads = 1, parts = 1, width = 1] = shape;
  const values = range(batch * rows * heads * width).map((i) => {
    return data[(Math.floor(i / width) * parts + index) * width + (i % width)] ?? 0;
  });
  return tensorOf('float32', [batch, rows, heads * width], values);
}

const [all, pairs, query] = [wave([2, 4, 3, 3, 2]), wave([2, 5, 3, 2, 2]), wave([2, 4, 6])];
const tooLong = ints(
  [2, 1, 4, 4],
  1,
  1,
  0,
  0,
  1,
  1,
  1,
  1,
  1,
  0,
  1,
  0,
  0,
  1,
  1,
  1,
  1,
  1,
  0,
  0,
  1,
  0,
  1,
  1,
  1,
  1,
  1,
  0,
  1,
  1,
  1,
  0,
);
const projected = { x: [2, 2, 5], w: [5, 18], b: [18] } as const;

/** Forms that onnxruntime has on graphics processors alone, and what they are in the form that it has here. */
const OTHERWISE: Readonly<Record<string, readonly [form: NodeForm, same: NodeForm]>> = {
  'all three in one': [
    { op: 'MultiHeadAttention', inputs: { q: all }, attributes: HEADS },
    {
      op: 'MultiHeadAttention',
      inputs: { q: partOf(all, 0), k: partOf(all, 1), v: partOf(all, 2) },
      attributes: HEADS,
    },
  ],
  'keys and values in one': [
    { op: 'MultiHeadAttention', inputs: { q: query, k: pairs }, attributes: HEADS },
    { op: 'MultiHeadAttention', inputs: { q: query, k: partOf(pairs, 0), v: partOf(pairs, 1) }, attributes: HEADS },
  ],
  'a mask of all rows that there may be': [
    {
      op: 'Attention',
      inputs: { ...projected, m: tooLong, p: [2, 2, 3, 1, 2] },
      outputs: 'y present',
      attributes: HEADS,
    },
    {
      op: 'Attention',
      inputs: { ...projected, m: ints([2, 2, 3], 1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1), p: [2, 2, 3, 1, 2] },
      outputs: 'y present',
      attributes: HEADS,
    },
  ],
};

describe("onnxruntime's attention", () => {
  it.each(Object.keys(FORMS))('%s', async (name) => {
    const form = FORMS[name] ?? { op: '', inputs: {} };
    await agrees(modelOfForm(form), feedsOfForm(form), { terms: 64 });
  });

  it.each(Object.keys(OTHERWISE))('%s', async (name) => {
    const [form, same] = OTHERWISE[name] ?? [
      { op: '', inputs: {} },
      { op: '', inputs: {} },
    ];
    const expected = await ortRun(encodeModel(modelOfForm(same)), new Map(Object.entries(feedsOfForm(same))));
    await agrees(modelOfForm(form), feedsOfForm(form), { terms: 64, plain: Object.fromEntries(expected) });
  });
});
