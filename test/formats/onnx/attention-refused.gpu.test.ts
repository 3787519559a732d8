/** Attention, normalisations and their like of nothing, on both backends; and what they are refused for. */
import { describe, expect, it } from 'vitest';
import { ImportError, ShapeError, UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { range } from '../../../src/util/arrays.ts';
import { encodeModel } from '../../helpers/onnx-bytes.ts';
import { feedsOfForm, modelOfForm, type NodeForm } from '../../helpers/onnx-forms.ts';
import { openBoth } from '../../helpers/onnx-both.ts';

const agrees = openBoth();

const ints = (shape: readonly number[], ...values: number[]): Tensor => tensorOf('int32', shape, values);
const longs = (shape: readonly number[], ...values: number[]): Tensor => tensorOf('int64', shape, values);
const HEADS = { num_heads: { i: 3 } };
const GEMM = { a: [3, 5], b: [5, 4], c: [4] } as const;

describe('nothing, on both backends', () => {
  const NOTHING: Readonly<Record<string, readonly [NodeForm, readonly number[]]>> = {
    'of images': [
      { op: 'Attention', domain: '', inputs: { q: [0, 2, 3, 4], k: [0, 2, 5, 4], v: [0, 2, 5, 4] } },
      [0, 2, 3, 4],
    ],
    'of rows': [
      { op: 'Attention', domain: '', inputs: { q: [1, 2, 0, 4], k: [1, 2, 5, 4], v: [1, 2, 5, 4] } },
      [1, 2, 0, 4],
    ],
    'of keys': [
      { op: 'Attention', domain: '', inputs: { q: [1, 2, 3, 4], k: [1, 2, 0, 4], v: [1, 2, 0, 4] } },
      [1, 2, 3, 4],
    ],
    'to normalise': [{ op: 'RMSNormalization', domain: '', inputs: { x: [0, 5], g: [5] } }, [0, 5]],
    'to turn': [
      { op: 'RotaryEmbedding', domain: '', inputs: { x: [0, 1, 2, 4], c: [0, 2, 2], s: [0, 2, 2] } },
      [0, 1, 2, 4],
    ],
  };

  it.each(Object.keys(NOTHING))('%s', async (name) => {
    const [form, shape] = NOTHING[name] ?? [{ op: '', inputs: {} }, []];
    const zeros = tensorOf(
      'float32',
      shape,
      range(shape.reduce((n, d) => n * d, 1)).map(() => 0),
    );
    await agrees(modelOfForm(form), feedsOfForm(form), { plain: { y: zeros } });
  });
});

/** Opens a session with it on the CPU. */
const opened = (form: NodeForm): Promise<Session> => Session.create(encodeModel(modelOfForm(form)), { backend: 'cpu' });

/** What GroupQueryAttention takes: the places of the last rows, and how many there are, are constants. */
const GROUPS = { q: [2, 4, 6], k: [2, 4, 6], v: [2, 4, 6], n: ints([2], 3, 3), t: ints([], 4) } as const;
const GROUPS_NAMES = 'q k v   n t';
const IN_GROUPS = { ...HEADS, kv_num_heads: { i: 3 } };

describe('what is not done', () => {
  const QKV = { q: [2, 4, 6], k: [2, 5, 6], v: [2, 5, 6] } as const;
  const WRONG: Readonly<Record<string, readonly [NodeForm, new (...given: never) => Error]>> = {
    'no heads': [{ op: 'MultiHeadAttention', inputs: QKV }, ImportError],
    'heads that do not divide': [
      { op: 'MultiHeadAttention', inputs: QKV, attributes: { num_heads: { i: 4 } } },
      ShapeError,
    ],
    'numbers of keys in other forms': [
      {
        op: 'MultiHeadAttention',
        inputs: { ...QKV, m: ints([7], 0, 1, 2, 3, 4, 5, 6) },
        names: 'q k v  m',
        attributes: HEADS,
      },
      ShapeError,
    ],
    'a mask of four dimensions and too few rows': [
      {
        op: 'Attention',
        inputs: { x: [1, 3, 5], w: [5, 18], b: [18], m: ints([1, 1, 2, 2], 1, 1, 1, 1) },
        attributes: HEADS,
      },
      ShapeError,
    ],
    'a query alone': [{ op: 'MultiHeadAttention', inputs: { q: [2, 4, 6] }, attributes: HEADS }, UnsupportedError],
    'rotation inside': [
      { op: 'Attention', inputs: { x: [2, 4, 5], w: [5, 18], b: [18] }, attributes: { ...HEADS, do_rotary: { i: 1 } } },
      UnsupportedError,
    ],
    'an activation of no name': [
      { op: 'FusedGemm', inputs: GEMM, attributes: { activation: { s: 'Foo' } } },
      UnsupportedError,
    ],
    'batches of a matrix': [
      { op: 'FusedMatMul', inputs: { a: [3, 5], b: [5, 7] }, attributes: { transBatchA: { i: 1 } } },
      ImportError,
    ],
    'angles for other pairs': [
      { op: 'RotaryEmbedding', inputs: { x: [2, 3, 4, 6], p: longs([1], 2), c: [9, 1], s: [9, 1] } },
      ShapeError,
    ],
    'no groups': [{ op: 'GroupNorm', inputs: { x: [2, 3, 2, 4], g: [4], b: [4] } }, ImportError],
    'groups that do not divide': [
      { op: 'GroupNorm', inputs: { x: [2, 3, 2, 4], g: [4], b: [4] }, attributes: { groups: { i: 3 } } },
      ShapeError,
    ],
    'a skip of more rows': [
      { op: 'SkipLayerNormalization', inputs: { x: [1, 3, 5], s: [2, 3, 5], g: [5] } },
      ShapeError,
    ],
    'layers with a scale of more rows': [
      { op: 'LayerNormalization', domain: '', inputs: { x: [1, 3], g: [2, 3] } },
      ShapeError,
    ],
    'layers with a bias of more rows': [
      { op: 'LayerNormalization', domain: '', inputs: { x: [1, 3], g: [3], b: [2, 3] } },
      ShapeError,
    ],
    'images with a scale of one element': [
      { op: 'InstanceNormalization', domain: '', inputs: { x: [2, 3, 4], g: [1], b: [3] } },
      ShapeError,
    ],
    'images with a bias of more elements': [
      { op: 'InstanceNormalization', domain: '', inputs: { x: [2, 1, 4], g: [1], b: [3] } },
      ShapeError,
    ],
    'groups with a scale of one element': [
      {
        op: 'GroupNormalization',
        domain: '',
        inputs: { x: [2, 4, 3], g: [1], b: [4] },
        attributes: { num_groups: { i: 2 } },
      },
      ShapeError,
    ],
    'groups with a bias of one element': [
      {
        op: 'GroupNormalization',
        domain: '',
        inputs: { x: [2, 4, 3], g: [4], b: [1] },
        attributes: { num_groups: { i: 2 } },
      },
      ShapeError,
    ],
    'a skip and a scale of more rows': [
      { op: 'SkipLayerNormalization', inputs: { x: [1, 3, 5], s: [1, 3, 5], g: [2, 3, 5] } },
      ShapeError,
    ],
    'a skip and a simple scale of more rows': [
      { op: 'SkipSimplifiedLayerNormalization', inputs: { x: [1, 3, 5], s: [1, 3, 5], g: [2, 3, 5] } },
      ShapeError,
    ],
    'a scale of more rows': [{ op: 'RMSNormalization', domain: '', inputs: { x: [1, 5], g: [3, 5] } }, ShapeError],
    'an axis that is not there': [
      { op: 'RMSNormalization', domain: '', inputs: { x: [1, 5], g: [5] }, attributes: { axis: { i: 2 } } },
      ImportError,
    ],
    'values of fewer heads than keys': [
      { op: 'Attention', domain: '', inputs: { q: [1, 2, 3, 4], k: [1, 2, 5, 4], v: [1, 1, 5, 4] } },
      ShapeError,
    ],
    'keys of fewer images than queries': [
      { op: 'Attention', domain: '', inputs: { q: [2, 2, 3, 4], k: [1, 2, 5, 4], v: [1, 2, 5, 4] } },
      ShapeError,
    ],
    'heads in no whole groups': [
      { op: 'Attention', domain: '', inputs: { q: [1, 3, 3, 4], k: [1, 2, 5, 4], v: [1, 2, 5, 4] } },
      ShapeError,
    ],
    'a mask of more keys': [
      { op: 'Attention', domain: '', inputs: { q: [1, 2, 3, 4], k: [1, 2, 5, 4], v: [1, 2, 5, 4], m: [3, 6] } },
      ShapeError,
    ],
    'heads that no attribute counts': [
      { op: 'Attention', domain: '', inputs: { q: [1, 3, 4], k: [1, 5, 4], v: [1, 5, 4] } },
      ImportError,
    ],
    'a step that there is not': [
      {
        op: 'Attention',
        domain: '',
        inputs: { q: [1, 2, 3, 4], k: [1, 2, 5, 4], v: [1, 2, 5, 4] },
        outputs: 'y   z',
        attributes: { qk_matmul_output_mode: { i: 4 } },
      },
      ImportError,
    ],
    'a rotation of more than there is': [
      {
        op: 'RotaryEmbedding',
        domain: '',
        inputs: { x: [1, 1, 2, 4], c: [1, 2, 4], s: [1, 2, 4] },
        attributes: { rotary_embedding_dim: { i: 8 } },
      },
      ShapeError,
    ],
    'a rotation of an odd number': [
      { op: 'RotaryEmbedding', domain: '', inputs: { x: [1, 1, 2, 5], c: [1, 2, 2], s: [1, 2, 2] } },
      ShapeError,
    ],
    'groups without their number': [{ op: 'GroupQueryAttention', inputs: GROUPS, names: GROUPS_NAMES }, ImportError],
    'heads in no whole number of groups': [
      {
        op: 'GroupQueryAttention',
        inputs: GROUPS,
        names: GROUPS_NAMES,
        attributes: { num_heads: { i: 3 }, kv_num_heads: { i: 2 } },
      },
      ImportError,
    ],
    'products as an output': [
      {
        op: 'GroupQueryAttention',
        inputs: GROUPS,
        names: GROUPS_NAMES,
        outputs: 'y   qk',
        attributes: { ...IN_GROUPS, qk_output: { i: 1 } },
      },
      UnsupportedError,
    ],
    'a rotation without angles': [
      {
        op: 'GroupQueryAttention',
        inputs: GROUPS,
        names: GROUPS_NAMES,
        attributes: { ...IN_GROUPS, do_rotary: { i: 1 } },
      },
      ImportError,
    ],
    'keys of the past without values': [
      {
        op: 'GroupQueryAttention',
        inputs: { ...GROUPS, p: [2, 3, 1, 2] },
        names: 'q k v p  n t',
        attributes: IN_GROUPS,
      },
      UnsupportedError,
    ],
  };

  it.each(Object.keys(WRONG))('%s', async (name) => {
    const [form, error] = WRONG[name] ?? [{ op: '', inputs: {} }, Error];
    await expect(opened(form)).rejects.toThrow(error);
  });
});
