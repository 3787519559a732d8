/** Operators of com.microsoft that onnxruntime's optimiser writes into models, on both backends beside onnxruntime. */
import { describe, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import { encodeModel } from '../../helpers/onnx-bytes.ts';
import { wave } from '../../helpers/onnx-models.ts';
import { feedsOfForm, modelOfForm, type NodeForm } from '../../helpers/onnx-forms.ts';
import { openBoth } from '../../helpers/onnx-both.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';

const agrees = openBoth();

const longs = (shape: readonly number[], ...values: number[]): Tensor => tensorOf('int64', shape, values);
const HEADS = { num_heads: { i: 3 } };
const GEMM = { a: [3, 5], b: [5, 4], c: [4] } as const;

const FORMS: Readonly<Record<string, NodeForm>> = {
  Gelu: { op: 'Gelu', inputs: { x: [3, 5] } },
  FastGelu: { op: 'FastGelu', inputs: { x: [3, 5] } },
  'FastGelu with a bias': { op: 'FastGelu', inputs: { x: [2, 3, 5], b: [5] } },
  QuickGelu: { op: 'QuickGelu', inputs: { x: [3, 5] } },
  'QuickGelu by 1': { op: 'QuickGelu', inputs: { x: [3, 5] }, attributes: { alpha: { f: 1 } } },
  BiasGelu: { op: 'BiasGelu', inputs: { x: [2, 3, 5], b: [5] } },
  FusedMatMul: { op: 'FusedMatMul', inputs: { a: [2, 3, 5], b: [2, 5, 7] }, attributes: { alpha: { f: 0.5 } } },
  'FusedMatMul, both transposed': {
    op: 'FusedMatMul',
    inputs: { a: [2, 5, 3], b: [7, 5] },
    attributes: { transA: { i: 1 }, transB: { i: 1 } },
  },
  'FusedMatMul of a vector': { op: 'FusedMatMul', inputs: { a: [5], b: [5, 7] }, attributes: { transA: { i: 1 } } },
  'FusedMatMul, batches of A inside': {
    op: 'FusedMatMul',
    inputs: { a: [3, 2, 5], b: [2, 5, 7] },
    attributes: { transBatchA: { i: 1 } },
  },
  'FusedMatMul, batches of both inside, both transposed': {
    op: 'FusedMatMul',
    inputs: { a: [5, 2, 4, 3], b: [7, 2, 4, 5] },
    attributes: { transBatchA: { i: 1 }, transBatchB: { i: 1 }, transA: { i: 1 }, transB: { i: 1 } },
  },
  Inverse: { op: 'Inverse', inputs: { x: tensorOf('float32', [2, 2, 2], [2, 1, 1, 3, 0, 1, 4, 2]) } },
  'Inverse of five rows': {
    op: 'Inverse',
    inputs: {
      x: tensorOf(
        'float32',
        [5, 5],
        range(25).map((i) => (i % 6 === 0 ? 3 : Math.sin(i))),
      ),
    },
  },
  TransposeMatMul: { op: 'TransposeMatMul', inputs: { a: [5, 3], b: [5, 7] }, attributes: { transA: { i: 1 } } },
  'FusedGemm, Relu': { op: 'FusedGemm', inputs: GEMM, attributes: { activation: { s: 'Relu' } } },
  'FusedGemm, LeakyRelu': {
    op: 'FusedGemm',
    inputs: GEMM,
    attributes: { activation: { s: 'LeakyRelu' }, activation_alpha: { f: 0.3 }, alpha: { f: 2 }, beta: { f: 0.5 } },
  },
  'FusedGemm, HardSigmoid': {
    op: 'FusedGemm',
    inputs: { a: [5, 3], b: [4, 5] },
    attributes: {
      activation: { s: 'HardSigmoid' },
      activation_alpha: { f: 0.3 },
      activation_beta: { f: 0.1 },
      transA: { i: 1 },
      transB: { i: 1 },
    },
  },
  SkipLayerNormalization: {
    op: 'SkipLayerNormalization',
    inputs: { x: [2, 3, 5], s: [2, 3, 5], g: [5], b: [5], o: [5] },
  },
  'SkipLayerNormalization without biases, with the sum': {
    op: 'SkipLayerNormalization',
    inputs: { x: [2, 3, 5], s: [2, 3, 5], g: [5] },
    outputs: 'y   sum',
    attributes: { epsilon: { f: 0.01 } },
  },
  'SkipLayerNormalization, a skip of all images': {
    op: 'SkipLayerNormalization',
    inputs: { x: [2, 3, 5], s: [3, 5], g: [5], b: [5] },
  },
  SimplifiedLayerNormalization: { op: 'SimplifiedLayerNormalization', domain: '', inputs: { x: [2, 3, 5], g: [5] } },
  'SimplifiedLayerNormalization from an axis': {
    op: 'SimplifiedLayerNormalization',
    domain: '',
    inputs: { x: [2, 3, 5], g: [3, 5] },
    attributes: { axis: { i: 1 }, epsilon: { f: 0.1 } },
  },
  SkipSimplifiedLayerNormalization: {
    op: 'SkipSimplifiedLayerNormalization',
    inputs: { x: [2, 3, 5], s: [2, 3, 5], g: [5], b: [5] },
    outputs: 'y   sum',
  },
  Pad: { op: 'Pad', inputs: { x: [2, 3], p: longs([4], 1, 0, 2, 1), v: tensorOf('float32', [1], [0.5]) } },
  Trilu: { op: 'Trilu', inputs: { x: [2, 3, 5] } },
  'Trilu, below the second diagonal': {
    op: 'Trilu',
    inputs: { x: [2, 5, 3], k: longs([], 1) },
    attributes: { upper: { i: 0 } },
  },
  GatherND: { op: 'GatherND', inputs: { x: [2, 3, 4], i: longs([2, 2], 0, 1, 1, 2) } },
  RotaryEmbedding: {
    op: 'RotaryEmbedding',
    inputs: { x: [2, 3, 4, 6], p: longs([1], 2), c: [9, 3], s: [9, 3] },
  },
  'RotaryEmbedding of rows, neighbours': {
    op: 'RotaryEmbedding',
    inputs: { x: [2, 4, 18], p: longs([2, 4], 0, 1, 2, 3, 4, 5, 6, 7), c: [9, 3], s: [9, 3] },
    attributes: { ...HEADS, interleaved: { i: 1 } },
  },
  'RotaryEmbedding of a part': {
    op: 'RotaryEmbedding',
    inputs: { x: [2, 3, 4, 6], p: longs([1], 0), c: [9, 2], s: [9, 2] },
    attributes: { ...HEADS, rotary_embedding_dim: { i: 4 } },
  },
};

describe('com.microsoft', () => {
  it.each(Object.keys(FORMS))('%s', async (name) => {
    const form = FORMS[name] ?? { op: '', inputs: {} };
    await agrees(modelOfForm(form), feedsOfForm(form), { terms: 64 });
  });

  it('BiasAdd, which onnxruntime lacks here', async () => {
    const form: NodeForm = { op: 'BiasAdd', inputs: { x: [2, 3, 4], b: [4], s: [2, 3, 4] } };
    const { x = wave([]), b = x, s = x } = feedsOfForm(form);
    const sums = range(24).map((i) => (x.data[i] ?? 0) + (b.data[i % 4] ?? 0) + (s.data[i] ?? 0));
    await agrees(modelOfForm(form), feedsOfForm(form), { plain: { y: tensorOf('float32', [2, 3, 4], sums) } });
  });

  it('BiasSplitGelu, which onnxruntime lacks here', async () => {
    const form: NodeForm = { op: 'BiasSplitGelu', inputs: { x: [2, 3, 6], b: [6] } };
    const { x = wave([]), b = x } = feedsOfForm(form);
    const sums = tensorOf(
      'float32',
      [2, 3, 6],
      range(36).map((i) => (x.data[i] ?? 0) + (b.data[i % 6] ?? 0)),
    );
    const gelu = modelOfForm({ op: 'Gelu', inputs: { x: sums } });
    const gates = (await ortRun(encodeModel(gelu), new Map([['x', sums]]))).get('y')?.data ?? [];
    const y = range(18).map((i) => {
      const left = 6 * Math.floor(i / 3) + (i % 3);
      return (sums.data[left] ?? 0) * (gates[left + 3] ?? 0);
    });
    await agrees(modelOfForm(form), feedsOfForm(form), { plain: { y: tensorOf('float32', [2, 3, 3], y) } });
  });

  it.each([0, 1])('GroupNorm with activation %i, which onnxruntime lacks here', async (activation) => {
    const form: NodeForm = {
      op: 'GroupNorm',
      inputs: { x: [2, 3, 2, 4], g: [4], b: [4] },
      attributes: { groups: { i: 2 }, epsilon: { f: 0.01 }, activation: { i: activation } },
    };
    const y = tensorOf('float32', [2, 3, 2, 4], groupsOfTwo(feedsOfForm(form), activation === 1));
    await agrees(modelOfForm(form), feedsOfForm(form), { terms: 64, plain: { y } });
    const skipped: NodeForm = {
      ...form,
      op: 'SkipGroupNorm',
      inputs: { x: [2, 3, 2, 4], g: [4], b: [4], s: [2, 4], o: [4] },
      outputs: 'y sum',
    };
    const { x = wave([]), s = x, o = x, ...rest } = feedsOfForm(skipped);
    const sums = range(48).map(
      (i) => (x.data[i] ?? 0) + (s.data[4 * Math.floor(i / 24) + (i % 4)] ?? 0) + (o.data[i % 4] ?? 0),
    );
    const sum = tensorOf('float32', [2, 3, 2, 4], sums);
    const normalised = tensorOf('float32', [2, 3, 2, 4], groupsOfTwo({ ...rest, x: sum }, activation === 1));
    await agrees(modelOfForm(skipped), feedsOfForm(skipped), { terms: 64, plain: { y: normalised, sum } });
  });
});

/** The group of an element, of two in each image. */
const group = (i: number): number => 2 * Math.floor(i / 24) + Math.floor((i % 4) / 2);

/** Two groups of two channels, in images of 3×2, by the formula. */
function groupsOfTwo(given: Readonly<Record<string, Tensor>>, silu: boolean): number[] {
  const { x = wave([]), g = x, b = x } = given;
  return range(48).map((i) => {
    const all = range(48).flatMap((j) => (group(j) === group(i) ? (x.data[j] ?? 0) : []));
    const mean = all.reduce((a, v) => a + v, 0) / all.length;
    const variance = all.reduce((a, v) => a + (v - mean) ** 2, 0) / all.length;
    const y = (((x.data[i] ?? 0) - mean) / Math.sqrt(variance + 0.01)) * (g.data[i % 4] ?? 0) + (b.data[i % 4] ?? 0);
    return silu ? y / (1 + Math.exp(-y)) : y;
  });
}
