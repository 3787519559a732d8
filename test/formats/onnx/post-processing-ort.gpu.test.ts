/** What exporters write behind detectors, whose extents depend on data again and again: on the CPU, on the GPU and by onnxruntime. */
import { describe, expect, it } from 'vitest';
import { floatTolerance } from '../../../src/core/compare.ts';
import { ShapeError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { openGpu } from '../../../src/node/adapter.ts';
import { Session } from '../../../src/session/session.ts';
import { toOnnx } from '../../../src/formats/onnx/write/to-onnx.ts';
import { compile } from '../../../src/passes/pipeline.ts';
import { at, range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { encodeModel, type OnnxModel, type OnnxNode, type OnnxValueInfo } from '../../helpers/onnx-bytes.ts';
import { floatPort, node } from '../../helpers/onnx-models.ts';
import { importOnnx } from '../../helpers/import-onnx.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

const N = 18;
const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);
const int = (value: number): Tensor => tensorOf('int64', [], [value]);
const float = (...values: number[]): Tensor => tensorOf('float32', [values.length], values);
const axis = (i: number): OnnxNode['attributes'] => ({ axis: { i } });
const intPort = (name: string, rank: number): OnnxValueInfo => ({
  name,
  dtype: 'int64',
  shape: range(rank).map(() => null),
});

const some = (shape: readonly number[]): Tensor => randomTensor('float32', shape, randomSource(7), -1, 1);

const CONSTANTS = {
  overlap: float(0.45),
  lowest: float(0.5),
  // As torchvision writes that there is no limit.
  most: { dataType: 7, dims: [1], int64s: [2n ** 63n - 1n] },
  minus: ints(-1),
  zero: ints(0),
  one: ints(1),
  two: ints(2),
  three: ints(3),
  four: ints(4),
  five: ints(5),
  first: int(0),
  second: int(1),
  unit: int(1),
  nothing: int(0),
  pair: ints(0, 0),
  front: ints(0, 0, 0),
  far: ints(N),
  far_more: ints(N + 1),
  pair_column: tensorOf('float32', [2, 1], [3, 4]),
};

function model(nodes: readonly OnnxNode[], outputs: OnnxModel['outputs']): OnnxModel {
  return {
    opset: 17,
    inputs: [
      { name: 'boxes', dtype: 'float32', shape: [N, 4] },
      { name: 'scores', dtype: 'float32', shape: [N] },
      { name: 'labels', dtype: 'int64', shape: [N] },
    ],
    outputs,
    nodes,
    initializers: Object.entries(CONSTANTS),
  };
}

/** Boxes that overlap, and scores of which those of `good` rows are over a half. */
function feeds(good: (i: number) => boolean): Record<string, Tensor> {
  const random = randomSource(5);
  const boxes = range(N).flatMap(() => {
    const [x, y] = [8 * random(), 8 * random()];
    return [x, y, x + 3 + 2 * random(), y + 3 + 2 * random()];
  });
  const scores = range(N).map((i) => (good(i) ? 0.5 : 0) + 0.01 + 0.4 * random());
  return {
    boxes: tensorOf('float32', [N, 4], boxes),
    scores: tensorOf('float32', [N], scores),
    labels: tensorOf(
      'int64',
      [N],
      range(N).map((i) => i % 3),
    ),
  };
}

/** Some rows are good, one, none. */
const ROWS: readonly ((i: number) => boolean)[] = [(i) => i % 3 !== 1, (i) => i === 6, () => false];

/** onnxruntime has no largest of nothing, nor the last. */
const SOME_ROWS = ROWS.slice(0, 2);

/** Runs the model on both backends, on rows of which several, one or none are good, as onnxruntime does. */
async function agrees(made: OnnxModel, rows = ROWS): Promise<void> {
  const bytes = encodeModel(made);
  using cpu = await Session.create(bytes, { backend: 'cpu' });
  using gpu = await Session.create(bytes, { gpu: async () => (await openGpu()).adapter });
  // What stands in the place of operators along such extents is written as ONNX has it.
  const written = toOnnx(compile(await importOnnx(bytes), { level: 'folded' }));
  for (const good of rows) {
    const fed = feeds(good);
    const wanted = await ortRun(bytes, new Map(Object.entries(fed)));
    for (const session of [cpu, gpu]) sameOutputs(await session.run(fed), wanted);
    sameOutputs(Object.fromEntries(await ortRun(written, new Map(Object.entries(fed)))), wanted);
  }
  const steps = await gpu.check(feeds(at(rows, 0)));
  expect(steps.filter(({ ok }) => !ok)).toEqual([]);
}

function sameOutputs(got: Readonly<Record<string, Tensor>>, wanted: ReadonlyMap<string, Tensor>): void {
  expect(Object.keys(got)).toEqual([...wanted.keys()]);
  for (const [name, want] of wanted) {
    const actual = got[name];
    if (!actual) throw new Error(`no output ${name}`);
    expectClose(actual, want, floatTolerance(16), name);
  }
}

/** `x[mask]`, as PyTorch writes it: each time it asks anew where the mask holds. */
const masked = (x: string, y: string): OnnxNode[] => [
  node('NonZero', 'mask', `${y}_where`),
  node('Transpose', `${y}_where`, `${y}_rows`, { perm: { ints: [1, 0] } }),
  node('GatherND', `${x} ${y}_rows`, y),
];

const GOOD = [
  node('Greater', 'scores lowest', 'mask'),
  ...masked('boxes', 'box'),
  ...masked('scores', 'score'),
  ...masked('labels', 'label'),
];

/** torchvision's nms of boxes: indices of those that are kept. */
const suppressed = (boxes: string, scores: string): OnnxNode[] => [
  node('Unsqueeze', `${boxes} zero`, 'nms_boxes'),
  node('Unsqueeze', `${scores} zero`, 'nms_row'),
  node('Unsqueeze', 'nms_row zero', 'nms_scores'),
  node('NonMaxSuppression', 'nms_boxes nms_scores most overlap', 'nms'),
  node('Gather', 'nms two', 'column', axis(1)),
  node('Squeeze', 'column one', 'keep'),
];

const PICKED = [
  node('Gather', 'box top', 'kept_boxes', axis(0)),
  node('Gather', 'score top', 'kept_scores', axis(0)),
  node('Gather', 'label top', 'kept_labels', axis(0)),
];
const PORTS = [floatPort('kept_boxes', 2), floatPort('kept_scores', 1), intPort('kept_labels', 1)];

describe('rows that data chooses, chosen from again', () => {
  it('by a mask, by classes apart, and no more than some', async () => {
    // torchvision: batched_nms, whose step is the largest coordinate of the boxes that are left, then keep[:5].
    const nodes = [
      ...GOOD,
      node('ReduceMax', 'box', 'furthest', { keepdims: { i: 0 } }),
      node('Cast', 'label', 'real', { to: { i: 1 } }),
      node('Mul', 'real furthest', 'shift'),
      node('Unsqueeze', 'shift one', 'shifts'),
      node('Add', 'box shifts', 'apart'),
      ...suppressed('apart', 'score'),
      node('Slice', 'keep zero five zero', 'top'),
      ...PICKED,
    ];
    await agrees(model(nodes, PORTS), SOME_ROWS);
  });

  it('and padded to a table of five rows', async () => {
    // Ultralytics with nms: x.shape[0] is what the table is padded by.
    const nodes = [
      ...GOOD,
      ...suppressed('box', 'score'),
      node('Slice', 'keep zero five zero one', 'top'),
      ...PICKED,
      node('Reshape', 'kept_scores column_shape', 'score_column'),
      node('Cast', 'kept_labels', 'kept_reals', { to: { i: 1 } }),
      node('Reshape', 'kept_reals column_shape', 'label_column'),
      node('Concat', 'kept_boxes score_column label_column', 'rows', axis(-1)),
      node('Shape', 'rows', 'extents'),
      node('Gather', 'extents first', 'count', axis(0)),
      node('Sub', 'room count', 'behind'),
      node('Unsqueeze', 'behind zero', 'tail'),
      node('Concat', 'front tail', 'begins', axis(0)),
      node('Slice', 'begins three four', 'last'),
      node('Concat', 'pair last zero', 'pads', axis(0)),
      node('Pad', 'rows pads', 'table'),
    ];
    const { initializers = [], ...rest } = model(nodes, [floatPort('table', 2)]);
    await agrees({ ...rest, initializers: [...initializers, ['column_shape', ints(-1, 1)], ['room', int(5)]] });
  });

  it('by their scores, the best min(5, n) of them', async () => {
    const nodes = [
      ...GOOD,
      node('Shape', 'score', 'extents'),
      node('Concat', 'five extents', 'either', axis(0)),
      node('ReduceMin', 'either', 'k', { keepdims: { i: 1 } }),
      node('TopK', 'score k', 'kept_scores top'),
      node('Gather', 'box top', 'kept_boxes', axis(0)),
      node('Gather', 'label top', 'kept_labels', axis(0)),
    ];
    await agrees(model(nodes, PORTS));
  });

  it('by a number of them that was real in between, and which of five rows there are', async () => {
    // tf2onnx: minima of integers are those of floats in older opsets.
    const nodes = [
      ...GOOD,
      ...suppressed('box', 'score'),
      node('Gather', 'score keep', 'given', axis(0)),
      node('Shape', 'given', 'extent'),
      node('Cast', 'extent', 'real', { to: { i: 1 } }),
      node('Min', 'real most_real', 'least'),
      node('Cast', 'least', 'k', { to: { i: 7 } }),
      node('TopK', 'given k', 'kept_scores top'),
      node('Gather', 'box keep', 'its_boxes', axis(0)),
      node('Slice', 'its_boxes zero k zero', 'front_boxes'),
      node('Sub', 'five k', 'behind'),
      node('Concat', 'pair behind zero', 'pads', axis(0)),
      node('Pad', 'front_boxes pads', 'table'),
      node('Less', 'numbers k', 'is_there'),
    ];
    const { initializers = [], ...rest } = model(nodes, [
      floatPort('kept_scores', 1),
      floatPort('table', 2),
      { name: 'is_there', dtype: 'bool', shape: [null] },
    ]);
    await agrees({
      ...rest,
      initializers: [...initializers, ['most_real', float(5)], ['numbers', ints(0, 1, 2, 3, 4)]],
    });
  });

  it('padded to as many as there were, and of these as many as are good', async () => {
    // TensorFlow's Object Detection API: what each class keeps is filled up, and the number of good ones is a sum.
    const nodes = [
      ...suppressed('boxes', 'scores'),
      node('Shape', 'keep', 'extent'),
      node('Sub', 'far extent', 'lack'),
      node('ConstantOfShape', 'lack', 'reals'),
      node('Cast', 'reals', 'zeros', { to: { i: 7 } }),
      node('Concat', 'keep zeros', 'places', axis(0)),
      node('Gather', 'scores places', 'given', axis(0)),
      node('Less', 'numbers extent', 'is_kept'),
      node('Where', 'is_kept given nought', 'own'),
      node('TopK', 'own far', 'best order'),
      node('Gather', 'places order', 'top', axis(0)),
      node('GreaterOrEqual', 'best lowest', 'is_good'),
      node('Cast', 'is_good', 'ones', { to: { i: 7 } }),
      node('ReduceSum', 'ones', 'number', { keepdims: { i: 0 } }),
      node('Less', 'four number', 'more'),
      node('Where', 'more four number', 'k'),
      node('Squeeze', 'k', 'limit'),
      node('Range', 'nothing limit unit', 'first_places'),
      node('Gather', 'best first_places', 'kept_scores', axis(0)),
      node('Gather', 'top first_places', 'kept_places', axis(0)),
      node('Gather', 'boxes kept_places', 'kept_boxes', axis(0)),
      // No more than four: asked whether there are more, a file takes all.
      node('Shape', 'kept_scores', 'kept_extent'),
      node('Sub', 'kept_extent four', 'over'),
      node('Greater', 'over zero', 'is_over'),
      node('Where', 'is_over four far', 'end'),
      node('Slice', 'kept_scores zero end', 'cut'),
      node('Sub', 'four kept_extent', 'behind'),
      node('Concat', 'zero behind', 'pads', axis(0)),
      node('Pad', 'cut pads', 'table'),
      node('Add', 'table four_real', 'fixed'),
    ];
    const ports = [floatPort('kept_boxes', 2), floatPort('kept_scores', 1), floatPort('fixed', 1), floatPort('own', 1)];
    const { initializers = [], ...rest } = model(nodes, ports);
    const own: typeof initializers = [
      ['numbers', ints(...range(N))],
      ['nought', float(-1)],
      ['four_real', float(1, 2, 3, 4)],
    ];
    await agrees({ ...rest, initializers: [...initializers, ...own] });
  });

  it('by a second condition', async () => {
    const nodes = [
      ...GOOD,
      node('Equal', 'label unit', 'is'),
      node('NonZero', 'is', 'places'),
      node('Reshape', 'places minus', 'top'),
      ...PICKED,
      node('Compress', 'box is', 'same', axis(0)),
    ];
    await agrees(model(nodes, [...PORTS, floatPort('same', 2)]));
  });

  it('of several pictures, each with as many of the best', async () => {
    // mmdeploy: rows of NonMaxSuppression once for each picture, −1 where they are another's, one behind them, and a sort.
    const nodes = [
      node('Reshape', 'boxes pictures', 'all_boxes'),
      node('Reshape', 'scores classes', 'all_scores'),
      node('NonMaxSuppression', 'all_boxes all_scores most overlap lowest', 'rows'),
      node('GatherND', 'all_scores rows', 'given'),
      node('Unsqueeze', 'given one', 'column'),
      node('Gather', 'rows ends', 'where', axis(1)),
      node('GatherND', 'all_boxes where', 'chosen'),
      node('Concat', 'chosen column', 'dets', axis(1)),
      node('Unsqueeze', 'dets zero', 'one_of'),
      node('Tile', 'one_of twice', 'each'),
      node('Gather', 'rows first', 'batch', axis(1)),
      node('Unsqueeze', 'batch zero', 'batch_row'),
      node('Equal', 'batch_row numbers', 'own'),
      node('Unsqueeze', 'own two', 'owns'),
      node('Where', 'owns each lack', 'masked'),
      node('Concat', 'masked empty', 'table', axis(1)),
      node('Slice', 'table four five two', 'last'),
      node('Squeeze', 'last two', 'keys'),
      node('Shape', 'keys', 'extents'),
      node('Gather', 'extents one', 'size', axis(0)),
      node('Less', 'three size', 'fewer'),
      node('Where', 'fewer three size', 'k'),
      node('TopK', 'keys k', 'best top', axis(1)),
      node('Unsqueeze', 'top two', 'top_column'),
      node('Shape', 'top', 'top_extents'),
      node('Concat', 'top_extents one', 'top_like', axis(0)),
      node('Expand', 'picture_column top_like', 'pictures_of'),
      node('Concat', 'pictures_of top_column', 'indices', axis(2)),
      node('GatherND', 'table indices', 'kept'),
    ];
    const { initializers = [], ...rest } = model(nodes, [floatPort('kept', 3)]);
    const own: typeof initializers = [
      ['pictures', ints(2, 9, 4)],
      ['classes', ints(2, 1, 9)],
      ['ends', ints(0, 2)],
      ['twice', ints(2, 1, 1)],
      ['numbers', tensorOf('int64', [2, 1], [0, 1])],
      ['lack', float(-1)],
      [
        'empty',
        tensorOf(
          'float32',
          [2, 1, 5],
          range(10).map(() => 0),
        ),
      ],
      ['picture_column', tensorOf('int64', [2, 1, 1], [0, 1])],
    ];
    await agrees({ ...rest, initializers: [...initializers, ...own] });
  });

  it('in columns that are chosen apart, and have as many rows', async () => {
    const columns = [
      ['boxes', 'box'],
      ['scores', 'score'],
    ] as const;
    const each = columns.flatMap(([x, y]) => [
      node('Compress', `${x} mask`, `${y}_good`, axis(0)),
      node('Concat', `${y}_good ${x}`, `${y}_all`, axis(0)),
      node('Slice', `${y}_all one minus zero`, `${y}_inner`),
      // What is constant of one is still there for the other.
      node('Shape', 'boxes', `${y}_extents`),
      node('Reshape', `boxes ${y}_extents`, `${y}_boxes`),
    ]);
    const nodes = [
      node('Greater', 'scores lowest', 'mask'),
      ...each,
      node('Unsqueeze', 'score_inner one', 'column'),
      node('Mul', 'box_inner column', 'scaled'),
      node('Add', 'box_boxes score_boxes', 'twice'),
    ];
    await agrees(model(nodes, [floatPort('scaled', 2), floatPort('twice', 2)]));
  });

  it('by numbers of rows that only a run knows, of which those outside are the nearest', async () => {
    // onnxruntime refuses numbers outside, so that what is wanted is said here.
    const nodes = [
      ...GOOD,
      node('Gather', 'score labels', 'picked', axis(0)),
      node('Cast', 'score', 'bytes', { to: { i: 3 } }),
      node('Gather', 'bytes labels', 'picked_bytes', axis(0)),
      node('Unsqueeze', 'labels one', 'column'),
      node('GatherND', 'score column', 'picked_each'),
    ];
    const made = model(nodes, [floatPort('picked', 1), floatPort('picked_each', 1)]);
    const bytes = encodeModel({
      ...made,
      outputs: [...made.outputs, { name: 'picked_bytes', dtype: 'int8', shape: [null] }],
    });
    using cpu = await Session.create(bytes, { backend: 'cpu' });
    using gpu = await Session.create(bytes, { gpu: async () => (await openGpu()).adapter });
    const written = toOnnx(compile(await importOnnx(bytes), { level: 'folded' }));
    for (const good of ROWS) {
      const scores = range(N).map((i) => (good(i) ? i + 1 : 0));
      const there = scores.filter((score) => score > 0);
      const labels = range(N).map((i) => [0, -1, 99, -99, there.length, -1 - there.length, 2][i % 7] ?? 0);
      const fed = { ...feeds(good), scores: tensorOf('float32', [N], scores), labels: tensorOf('int64', [N], labels) };
      const nearest = labels.map(
        (i) => there[Math.max(0, Math.min(i < 0 ? i + there.length : i, there.length - 1))] ?? 0,
      );
      const wanted = {
        picked: tensorOf('float32', [N], nearest),
        picked_each: tensorOf('float32', [N], nearest),
        picked_bytes: tensorOf('int8', [N], nearest),
      };
      for (const session of [cpu, gpu]) expect(await session.run(fed)).toEqual(wanted);
      if (there.length > 0)
        expect(Object.fromEntries(await ortRun(written, new Map(Object.entries(fed))))).toEqual(wanted);
    }
  });

  it('counted from the end, in part', async () => {
    const nodes = [
      ...GOOD,
      node('Slice', 'box one minus zero', 'inner'),
      node('Slice', 'box pair inside', 'corner'),
      node('Gather', 'score minus', 'last', axis(0)),
      // Of no rows at all none are picked.
      node('Slice', 'box zero zero zero', 'none'),
      node('Shape', 'none', 'none_extents'),
      node('Gather', 'none_extents first', 'none_count', axis(0)),
      node('Range', 'nothing none_count unit', 'none_places'),
      node('Gather', 'none none_places', 'still_none', axis(0)),
    ];
    const { initializers = [], ...rest } = model(nodes, [
      floatPort('inner', 2),
      floatPort('corner', 2),
      floatPort('last', 1),
      floatPort('still_none', 2),
    ]);
    await agrees({ ...rest, initializers: [...initializers, ['inside', ints(3, 2)]] }, SOME_ROWS);
  });

  it('beside numbers of rows, one after another', async () => {
    const nodes = [
      ...GOOD,
      node('Shape', 'box', 'extents'),
      node('Gather', 'extents first', 'count', axis(0)),
      node('Range', 'nothing count unit', 'numbers'),
      node('Gather', 'extents zero', 'rows', axis(0)),
      node('Gather', 'extents one', 'width', axis(0)),
      node('Concat', 'rows width', 'like', axis(0)),
      node('ConstantOfShape', 'like', 'zeros'),
      node('Reshape', 'box like', 'again'),
      node('Expand', 'overlap like', 'spread'),
      node('Expand', 'pair_column rows', 'rows_of_pair'),
      // The least is known, but not what was written to find it, which is asked for again.
      node('Concat', 'rows five zero', 'three_bounds', axis(0)),
      node('ReduceMin', 'three_bounds', 'no_bound', { keepdims: { i: 1 } }),
      node('Concat', 'rows five', 'two_bounds', axis(0)),
      node('ReduceMin', 'two_bounds', 'least', { keepdims: { i: 1 } }),
      node('Slice', 'score no_bound least zero', 'front_scores'),
      node('Concat', 'box boxes box', 'all', axis(0)),
    ];
    const ports = [
      intPort('numbers', 1),
      floatPort('zeros', 2),
      floatPort('again', 2),
      floatPort('spread', 2),
      floatPort('rows_of_pair', 2),
      floatPort('front_scores', 1),
      floatPort('all', 2),
    ];
    await agrees(model(nodes, ports));
  });

  it('reduced along them', async () => {
    const nodes = ['ReduceMax', 'ReduceMin', 'ReduceSum', 'ReduceL2'].map((op) =>
      node(op, 'box zero', op, { keepdims: { i: 0 } }),
    );
    const ports = nodes.map(({ outputs: [name = ''] }) => floatPort(name, 1));
    const attributes = { axes: { ints: [0] }, keepdims: { i: 0 } };
    const all = nodes.map((n) => (n.op === 'ReduceSum' ? n : { ...n, inputs: ['box'], attributes }));
    await agrees(model([...GOOD, ...all], ports), SOME_ROWS);
  });

  it('reduced to means, to the best row, to shares, to the best two of them', async () => {
    const nodes = [
      ...GOOD,
      node('ReduceMean', 'box', 'mean', { keepdims: { i: 0 } }),
      node('ReduceMean', 'box', 'means', { axes: { ints: [0] } }),
      node('ArgMax', 'box', 'furthest'),
      node('ArgMin', 'score', 'worst', { keepdims: { i: 0 } }),
      node('Softmax', 'box', 'shares', axis(0)),
      node('LogSoftmax', 'score', 'log_shares'),
    ];
    const ports = [
      floatPort('mean', 0),
      floatPort('means', 2),
      intPort('furthest', 2),
      intPort('worst', 0),
      floatPort('shares', 2),
      floatPort('log_shares', 1),
    ];
    await agrees(model(nodes, ports), SOME_ROWS);
  });

  it('by their scores, the best two', async () => {
    // Of fewer rows than are asked for onnxruntime has no best, and these are all that there are.
    const made = model([...GOOD, node('TopK', 'score two', 'kept top')], [floatPort('kept', 1), intPort('top', 1)]);
    await agrees(made, ROWS.slice(0, 1));
    for (const options of [{ backend: 'cpu' }, { gpu: async () => (await openGpu()).adapter }] as const) {
      using session = await Session.create(encodeModel(made), options);
      const { kept, top } = await session.run(feeds(at(ROWS, 1)));
      expect([kept?.shape, top]).toEqual([[1], ints(0)]);
      const none = await session.run(feeds(at(ROWS, 2)));
      expect(none).toEqual({ kept: float(), top: ints() });
    }
  });

  it('for which a head is computed, by convolutions and products', async () => {
    // torchvision: box and mask heads of proposals whose number depends on data.
    const nodes = [
      ...GOOD,
      node('Shape', 'score', 'extents'),
      node('ConstantOfShape', 'extents', 'pictures', { value: { t: ints(0) } }),
      node('Reshape', 'scores map_shape', 'map'),
      node('RoiAlign', 'map box pictures', 'regions', {
        output_height: { i: 3 },
        output_width: { i: 3 },
        sampling_ratio: { i: 2 },
        coordinate_transformation_mode: { s: 'half_pixel' },
      }),
      node('Conv', 'regions filters', 'convolved', { pads: { ints: [1, 1, 1, 1] } }),
      node('Relu', 'convolved', 'positive'),
      node('ConvTranspose', 'positive up_filters', 'masks', { strides: { ints: [2, 2] } }),
      node('MaxPool', 'positive', 'pooled', { kernel_shape: { ints: [2, 2] } }),
      node('Flatten', 'pooled', 'flat', axis(1)),
      node('Gemm', 'flat weights bias', 'hidden', { transB: { i: 1 } }),
      node('MatMul', 'hidden square', 'logits'),
      node('Softmax', 'logits', 'classes', axis(-1)),
      node('GlobalAveragePool', 'positive', 'means'),
    ];
    const ports = [floatPort('classes', 2), floatPort('masks', 4), floatPort('means', 4)];
    const { initializers = [], ...rest } = model(nodes, ports);
    const own: typeof initializers = [
      ['map_shape', ints(1, 2, 3, 3)],
      ['filters', some([4, 2, 3, 3])],
      ['up_filters', some([4, 3, 2, 2])],
      ['weights', some([5, 16])],
      ['bias', some([5])],
      ['square', some([5, 5])],
    ];
    await agrees({ ...rest, initializers: [...initializers, ...own] }, SOME_ROWS);
  });

  it('and of each row as many as there are classes', async () => {
    // torchvision: postprocess_detections of proposals whose number depends on data.
    const nodes = [
      ...GOOD,
      node('Unsqueeze', 'score one', 'score_column'),
      node('Mul', 'score_column class_shares', 'logits'),
      node('Softmax', 'logits', 'by_class', axis(1)),
      node('Shape', 'by_class', 'like'),
      node('Expand', 'classes like', 'class_rows'),
      node('Unsqueeze', 'box one', 'each_box'),
      node('Mul', 'each_box class_sizes', 'class_boxes'),
      node('Slice', 'class_boxes one three one', 'real_boxes'),
      node('Slice', 'by_class one three one', 'real_scores'),
      node('Slice', 'class_rows one three one', 'real_classes'),
      node('Reshape', 'real_boxes rows_of_four', 'flat_boxes'),
      node('Reshape', 'real_scores minus', 'flat_scores'),
      node('Reshape', 'real_classes minus', 'flat_classes'),
      node('Greater', 'flat_scores low', 'flat_mask'),
      node('NonZero', 'flat_mask', 'flat_where'),
      node('Squeeze', 'flat_where zero', 'chosen'),
      node('Gather', 'flat_boxes chosen', 'box_of', axis(0)),
      node('Gather', 'flat_scores chosen', 'score_of', axis(0)),
      node('Gather', 'flat_classes chosen', 'class_of', axis(0)),
      ...suppressed('box_of', 'score_of'),
      node('Slice', 'keep zero five zero', 'top'),
      node('Gather', 'box_of top', 'kept_boxes', axis(0)),
      node('Gather', 'score_of top', 'kept_scores', axis(0)),
      node('Gather', 'class_of top', 'kept_labels', axis(0)),
    ];
    const { initializers = [], ...rest } = model(nodes, PORTS);
    const own: typeof initializers = [
      ['class_shares', tensorOf('float32', [1, 3], [0.5, 2, 1])],
      ['classes', tensorOf('int64', [1, 3], [0, 1, 2])],
      ['class_sizes', tensorOf('float32', [3, 1], [1, 1.1, 1.7])],
      ['rows_of_four', ints(-1, 4)],
      ['low', float(0.3)],
    ];
    await agrees({ ...rest, initializers: [...initializers, ...own] });
  });

  it.each([
    [
      'a mean of integers',
      node('ReduceMean', 'label', 'y'),
      /"ReduceMean_y" \(Reduce\): dimension 0 of input 0 depends/,
    ],
    [
      'the best of more than there may be',
      node('TopK', 'score far_more', 'y y_at'),
      /"TopK_y" \(TopK\): cannot take the top 19 along axis 0 of 18/,
    ],
    ['every second row', node('Slice', 'box zero five zero two', 'y'), /"Slice_y" \(Slice\): dimension 0 of input 0/],
    ['the last rows', node('Slice', 'box minus five zero', 'y'), /"Slice_y" \(Slice\): dimension 0 of input 0/],
    [
      'as many more of what is no single row',
      node('Expand', 'scores extents', 'y'),
      /"Expand_y" \(Expand\): the shape/,
    ],
    [
      'a row behind all that there may be',
      node('Gather', 'box far', 'y'),
      /"Gather_y" \(Gather\): index 18 is outside/,
    ],
    [
      'rows of another length',
      node('Reshape', 'box wrong', 'y'),
      /"Reshape_y" \(Reshape\): cannot reshape 18x4 to \[18, 3\]/,
    ],
    ['rows before the first', node('Pad', 'score both', 'y'), /"Pad_y" \(Pad\): dimension 0 of input 0/],
  ])('but refuses %s', async (_name, last, message) => {
    const extents = [
      node('Shape', 'score', 'extents'),
      node('Sub', 'five extents', 'behind'),
      node('Concat', 'behind behind', 'both', axis(0)),
      node('Concat', 'extents three', 'wrong', axis(0)),
    ];
    const made = model([...GOOD, ...extents, last], [floatPort('y', 1)]);
    const failing = Session.create(encodeModel(made), { backend: 'cpu' });
    await expect(failing).rejects.toThrow(ShapeError);
    await expect(failing).rejects.toThrow(message);
  });
});
