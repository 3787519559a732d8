/** What exporters write with indices: slices assigned, picks of the best, counts; and axes, depths and diagonals that a run is fed. */
import { describe, expect, it } from 'vitest';
import { floatTolerance } from '../../../src/core/compare.ts';
import { ImportError, UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { openGpu } from '../../../src/node/adapter.ts';
import { Session } from '../../../src/session/session.ts';
import { range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { encodeModel, type OnnxModel, type OnnxNode } from '../../helpers/onnx-bytes.ts';
import { openBoth } from '../../helpers/onnx-both.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';

const agree = openBoth();

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);
const int = (value: number): Tensor => tensorOf('int64', [], [value]);
const listed = (shape: readonly number[], values: readonly number[]): Tensor => tensorOf('int64', shape, values);

interface Graph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly constants?: Readonly<Record<string, Tensor>>;
  readonly opset?: number;
}

function modelOf({ nodes, feeds, constants = {}, opset = 16 }: Graph): OnnxModel {
  return {
    opset,
    inputs: Object.entries(feeds).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    outputs: ['y'],
    nodes,
    initializers: Object.entries(constants),
  };
}

/** Positions of the first two channels of a map `[1, 3, 4, 5]`, as torch.onnx lists them where a slice is assigned. */
const assigned = range(1 * 3 * 4 * 2).flatMap((i) => [0, Math.floor(i / 8), Math.floor(i / 2) % 4, i % 2]);

const GRAPHS: readonly Graph[] = [
  {
    name: 'a head of YOLO that assigns its centres in place',
    nodes: [
      node('Slice', 'x from to last', 'centres'),
      node('Sigmoid', 'centres', 'unit'),
      node('ScatterND', 'x places unit', 'y'),
    ],
    feeds: { x: wave([1, 3, 4, 5]) },
    constants: { from: ints(0), to: ints(2), last: ints(-1), places: listed([1, 3, 4, 2, 4], assigned) },
  },
  {
    name: 'the boxes of the best scores, by GatherElements',
    nodes: [
      node('TopK', 'scores k', 'best which'),
      node('Unsqueeze', 'which last', 'column'),
      node('Expand', 'column four', 'each'),
      node('GatherElements', 'boxes each', 'y', { axis: { i: 1 } }),
    ],
    feeds: { scores: wave([2, 17]), boxes: wave([2, 17, 4]) },
    constants: { k: ints(5), last: ints(-1), four: ints(2, 5, 4) },
  },
  {
    name: 'levels of a pyramid put together by ScatterElements',
    nodes: [node('Expand', 'level shape', 'each'), node('ScatterElements', 'pooled each own', 'y', { axis: { i: 0 } })],
    feeds: { pooled: wave([7, 3, 2]), level: listed([4, 1, 1], [6, 0, 3, 1]), own: wave([4, 3, 2]) },
    constants: { shape: ints(4, 3, 2) },
  },
  {
    name: 'Scatter of opset 9',
    nodes: [node('Scatter', 'x where own', 'y', { axis: { i: 1 } })],
    feeds: { x: wave([2, 5]), where: listed([2, 2], [0, 4, 3, 1]), own: wave([2, 2]) },
    opset: 9,
  },
  {
    name: 'a histogram: ones added where values are',
    nodes: [node('ScatterElements', 'none where ones', 'y', { reduction: { s: 'add' } })],
    feeds: {
      none: tensorOf('float32', [9], range(9).fill(0)),
      where: listed(
        [600],
        range(600).map((i) => (i * i) % 9),
      ),
    },
    constants: { ones: tensorOf('float32', [600], range(600).fill(1)) },
  },
  {
    name: 'positions of tokens that count, by CumSum along an axis that is fed',
    nodes: [node('CumSum', 'mask axis', 'sums'), node('Mul', 'sums mask', 'y')],
    feeds: { mask: tensorOf('int32', [2, 5], [1, 1, 0, 1, 0, 0, 1, 1, 1, 1]), axis: int(-1) },
  },
  {
    name: 'OneHot of a depth that is fed, indices from the end and outside',
    nodes: [node('OneHot', 'classes depth values', 'y', { axis: { i: 1 } })],
    feeds: { classes: listed([2, 3], [0, -1, 4, 5, -5, -6]), depth: int(5), values: tensorOf('float32', [2], [-1, 3]) },
    opset: 11,
  },
  {
    name: 'a causal mask whose diagonal is fed',
    nodes: [node('Trilu', 'x k', 'y', { upper: { i: 0 } })],
    feeds: { x: wave([2, 5, 5]), k: int(1) },
  },
  {
    name: 'Trilu without a diagonal',
    nodes: [node('Trilu', 'x', 'y')],
    feeds: { x: wave([3, 5]) },
  },
  {
    name: 'a sequence turned round there and back',
    nodes: [
      node('ReverseSequence', 'x lengths', 'turned', { batch_axis: { i: 1 }, time_axis: { i: 0 } }),
      node('Add', 'x turned', 'sum'),
      node('ReverseSequence', 'sum lengths', 'y'),
    ],
    feeds: { x: wave([7, 3, 2]), lengths: ints(7, 1, 4) },
  },
  {
    name: 'a unit matrix of the shape of another',
    nodes: [node('EyeLike', 'x', 'unit', { k: { i: -1 } }), node('Mul', 'x unit', 'y')],
    feeds: { x: wave([5, 3]) },
  },
];

describe('both backends and onnxruntime agree on', () => {
  it.each(GRAPHS)('$name', async (graph) => {
    const bytes = encodeModel(modelOf(graph));
    const expected = (await ortRun(bytes, new Map(Object.entries(graph.feeds)))).get('y');
    if (!expected) throw new Error('onnxruntime gave no output');
    for (const backend of ['cpu', 'webgpu'] as const) {
      using session = await Session.create(bytes, {
        backend,
        ...(backend === 'webgpu' ? { gpu: async () => (await openGpu()).adapter } : {}),
      });
      const { y } = await session.run({ ...graph.feeds });
      if (!y) throw new Error(`${backend} gave no output`);
      expectClose(y, expected, floatTolerance(), backend);
    }
  });
});

// Onnxruntime takes no scalar there; ONNX's text has a result of one dimension more than the indices, whatever they have.
it.each([0, -1])('OneHot of a scalar %i has one dimension', async (index) => {
  const feeds = { i: int(index), values: tensorOf('float32', [2], [-1, 3]) };
  const nodes = [node('OneHot', 'i depth values', 'y')];
  const graph = modelOf({ name: 'a scalar', nodes, feeds, constants: { depth: int(3) }, opset: 11 });
  const y = tensorOf('float32', [3], index === 0 ? [3, -1, -1] : [-1, -1, 3]);
  await agree(graph, feeds, { plain: { y } });
});

describe('is refused at import', () => {
  const x = wave([2, 3]);
  const where = listed([2, 1], [0, 1]);
  it.each([
    ['another reduction', node('ScatterElements', 'x where own', 'y', { reduction: { s: 'mean' } }), UnsupportedError],
    ['a negative depth', node('OneHot', 'where minus x', 'y'), ImportError],
    ['an axis behind the result', node('OneHot', 'where k x', 'y', { axis: { i: 3 } }), ImportError],
    ['a unit tensor', node('EyeLike', 'own', 'y'), ImportError],
    ['time along a third axis', node('ReverseSequence', 'own k', 'y', { time_axis: { i: 2 } }), ImportError],
  ] as const)('%s', async (_, refused, kind) => {
    const graph = { name: '', nodes: [refused], feeds: { x, where, own: wave([2, 1, 1]) } };
    const bytes = encodeModel(modelOf({ ...graph, constants: { minus: int(-1), k: int(2) } }));
    await expect(Session.create(bytes, { backend: 'cpu' })).rejects.toThrow(kind);
  });
});
