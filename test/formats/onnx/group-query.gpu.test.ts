/** GroupQueryAttention on both backends beside onnxruntime: first runs, later ones, rotation, windows, caches with room. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { encodeModel } from '../../helpers/onnx-bytes.ts';
import { openBoth } from '../../helpers/onnx-both.ts';
import { feedsOfForm, modelOfForm, type NodeForm } from '../../helpers/onnx-forms.ts';

const agrees = openBoth();

const ints = (shape: readonly number[], ...values: number[]): Tensor => tensorOf('int32', shape, values);
const longs = (shape: readonly number[], ...values: number[]): Tensor => tensorOf('int64', shape, values);
/** Four heads in two groups. */
const HEADS = { num_heads: { i: 4 }, kv_num_heads: { i: 2 } };
const OUT = 'y key value';
const ROTARY = { ...HEADS, do_rotary: { i: 1 } };

/** The first run of 5 rows of two sequences. */
const FIRST = { q: [2, 5, 64], k: [2, 5, 32], v: [2, 5, 32], n: ints([2], 4, 4), t: ints([], 5) } as const;
const FIRST_NAMES = 'q k v   n t';
/** A row each, behind 4 that there are. */
const NEXT = {
  q: [2, 1, 64],
  k: [2, 1, 32],
  v: [2, 1, 32],
  pk: [2, 2, 4, 16],
  pv: [2, 2, 4, 16],
  n: ints([2], 4, 4),
  t: ints([], 5),
} as const;
const ANGLES = { c: [9, 8], s: [9, 8] } as const;

const FORMS: Readonly<Record<string, NodeForm>> = {
  'a first run': { op: '', inputs: FIRST, names: FIRST_NAMES },
  'all three in one': {
    op: '',
    inputs: { q: [2, 5, 128], n: ints([2], 4, 4), t: ints([1], 5) },
    names: 'q     n t',
  },
  'a scale and a cap': {
    op: '',
    inputs: FIRST,
    names: FIRST_NAMES,
    attributes: { ...HEADS, scale: { f: 0.7 }, softcap: { f: 0.5 } },
  },
  'a window': { op: '', inputs: FIRST, names: FIRST_NAMES, attributes: { ...HEADS, local_window_size: { i: 2 } } },
  'a window of one row': {
    op: '',
    inputs: FIRST,
    names: FIRST_NAMES,
    attributes: { ...HEADS, local_window_size: { i: 1 } },
  },
  'a smooth soft maximum': {
    op: '',
    inputs: FIRST,
    names: FIRST_NAMES,
    attributes: { ...HEADS, smooth_softmax: { i: 1 } },
  },
  sinks: { op: '', inputs: { ...FIRST, sink: [4] }, names: `${FIRST_NAMES}     sink` },
  'a bias': { op: '', inputs: { ...FIRST, b: [2, 1, 5, 5] }, names: `${FIRST_NAMES}    b` },
  'a bias of heads': { op: '', inputs: { ...FIRST, b: [1, 4, 5, 5] }, names: `${FIRST_NAMES}    b` },
  'turned, a first run': {
    op: '',
    inputs: { ...FIRST, ...ANGLES },
    names: `${FIRST_NAMES} c s`,
    attributes: ROTARY,
  },
  'turned by neighbours, all three in one': {
    op: '',
    inputs: { q: [2, 5, 128], n: ints([2], 4, 4), t: ints([1], 5), ...ANGLES },
    names: 'q     n t c s',
    attributes: { ...ROTARY, rotary_interleaved: { i: 1 } },
  },
  'turned at given positions': {
    op: '',
    inputs: { ...FIRST, ...ANGLES, p: longs([2, 5], 0, 1, 2, 3, 4, 4, 3, 2, 1, 8) },
    names: `${FIRST_NAMES} c s p`,
    attributes: ROTARY,
  },
  'a next row': { op: '', inputs: NEXT },
  'a next row, turned': { op: '', inputs: { ...NEXT, ...ANGLES }, attributes: ROTARY },
  'a next row of sequences of several lengths': {
    op: '',
    inputs: { ...NEXT, n: ints([2], 2, 4), ...ANGLES },
    attributes: ROTARY,
  },
  'a next row, a window, a cap, sinks': {
    op: '',
    inputs: { ...NEXT, n: ints([2], 2, 4), sink: [4] },
    names: 'q k v pk pv n t     sink',
    attributes: { ...HEADS, local_window_size: { i: 3 }, softcap: { f: 0.3 } },
  },
  'a next row into a cache with room': {
    op: '',
    inputs: { ...NEXT, pk: [2, 2, 7, 16], pv: [2, 2, 7, 16], n: ints([2], 2, 4) },
  },
  'next rows of one sequence': {
    op: '',
    inputs: {
      q: [1, 3, 64],
      k: [1, 3, 32],
      v: [1, 3, 32],
      pk: [1, 2, 4, 16],
      pv: [1, 2, 4, 16],
      n: ints([1], 6),
      t: ints([], 7),
      ...ANGLES,
    },
    attributes: ROTARY,
  },
  'a first run with an empty past': {
    op: '',
    inputs: { ...FIRST, pk: [2, 2, 0, 16], pv: [2, 2, 0, 16] },
    names: 'q k v pk pv n t',
  },
};

describe('GroupQueryAttention', () => {
  it.each(Object.keys(FORMS))('%s', async (name) => {
    const form = { outputs: OUT, attributes: HEADS, ...(FORMS[name] ?? { inputs: {} }), op: 'GroupQueryAttention' };
    await agrees(modelOfForm(form), feedsOfForm(form), { terms: 64 });
  });

  const WRONG: Readonly<Record<string, NodeForm>> = {
    'places of another number of sequences': { op: '', inputs: { ...FIRST, n: ints([1], 4) }, names: FIRST_NAMES },
    'a bias for another number of rows': {
      op: '',
      inputs: { ...FIRST, b: [1, 1, 5, 6] },
      names: `${FIRST_NAMES}    b`,
    },
    'a past of other heads': { op: '', inputs: { ...NEXT, pk: [2, 1, 4, 16] } },
  };
  it.each(Object.keys(WRONG))('%s: refused', async (name) => {
    const form = { outputs: OUT, attributes: HEADS, ...(WRONG[name] ?? { inputs: {} }), op: 'GroupQueryAttention' };
    const session = await Session.create(encodeModel(modelOfForm(form)), { backend: 'cpu' });
    await expect(session.run(feedsOfForm(form))).rejects.toThrow(ShapeError);
  });
});
