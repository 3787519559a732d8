/** Operands that do not fit are ShapeErrors, before anything is allocated: elementwise to selection operators. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/core/errors.ts';
import { elementCount, tensorOf, type TensorDesc } from '../../src/core/tensor.ts';
import type { DType } from '../../src/core/dtype.ts';
import { NO_ACTIVATION, RELU, type NodeOf, type OpAttributes, type OpKind } from '../../src/ir/ops.ts';
import type { OpDefinition, Operand } from '../../src/ops/definition.ts';
import { OPS } from '../helpers/every-operator.ts';

interface Row<K extends OpKind> {
  readonly why: string;
  readonly op: K;
  readonly inputs: readonly (Operand | undefined)[];
  readonly attributes: OpAttributes[K];
  readonly outputs?: number;
}

const of = (shape: readonly number[], dtype: DType = 'float32'): TensorDesc => ({ dtype, shape });
const known = (values: readonly number[], dtype: DType = 'int64', shape = [values.length]): Operand => ({
  dtype,
  shape,
  value: tensorOf(dtype, shape, values),
});
const row = <K extends OpKind>(
  why: string,
  op: K,
  inputs: readonly (Operand | undefined)[],
  attributes: OpAttributes[K],
  outputs = 1,
): Row<OpKind> => ({ why, op, inputs, attributes, outputs }) as unknown as Row<OpKind>;

const tanh = { kind: 'tanh', alpha: 0, beta: 0 } as const;

/** An LSTM of four steps, two sequences, five elements and three units, of whose inputs some are others. */
const lstm = (
  why: string,
  others: Readonly<Record<number, Operand>>,
  attributes: Partial<OpAttributes['LSTM']> = {},
): Row<OpKind> => {
  const usual = [of([4, 2, 5]), of([1, 12, 5]), of([1, 12, 3]), undefined, undefined, undefined, undefined, undefined];
  const own = { direction: 'forward', functions: [tanh, tanh, tanh], clip: Infinity, inputForget: false } as const;
  return row(
    why,
    'LSTM',
    usual.map((input, i) => others[i] ?? input),
    { ...own, ...attributes },
    3,
  );
};

const roi = (why: string, inputs: readonly TensorDesc[], attributes: Partial<OpAttributes['RoiAlign']> = {}) =>
  row(why, 'RoiAlign', inputs, {
    mode: 'avg',
    outputHeight: 2,
    outputWidth: 2,
    samplingRatio: 2,
    spatialScale: 1,
    coordinateMode: 'half_pixel',
    ...attributes,
  });

const maxRoi = (
  why: string,
  x: TensorDesc,
  rois: TensorDesc,
  attributes: Partial<OpAttributes['MaxRoiPool']> = {},
): Row<OpKind> =>
  row(why, 'MaxRoiPool', [x, rois], { outputHeight: 2, outputWidth: 2, spatialScale: 1, ...attributes });

const psRoi = (why: string, x: TensorDesc, rois: TensorDesc, attributes: Partial<OpAttributes['PsRoiPool']> = {}) =>
  row(why, 'PsRoiPool', [x, rois], { outputHeight: 2, outputWidth: 1, spatialScale: 1, ends: 'scaled', ...attributes });

const deformRoi = (
  why: string,
  inputs: readonly TensorDesc[],
  attributes: Partial<OpAttributes['DeformRoiPool']> = {},
): Row<OpKind> =>
  row(why, 'DeformRoiPool', inputs, {
    outputHeight: 2,
    outputWidth: 2,
    spatialScale: 1,
    samplingRatio: 0,
    gamma: 0.1,
    groupHeight: 1,
    groupWidth: 1,
    samples: 'aligned',
    ...attributes,
  });

const crop = (
  why: string,
  inputs: readonly TensorDesc[],
  attributes: Partial<OpAttributes['CropAndResize']> = {},
): Row<OpKind> =>
  row(why, 'CropAndResize', inputs, {
    mode: 'linear',
    outputHeight: 2,
    outputWidth: 2,
    extrapolation: 0,
    ...attributes,
  });

const maps = of([2, 5, 7, 3]);
const boxes = of([4, 4]);
const images = of([4], 'int64');

const binary = (why: string, kind: OpAttributes['Binary']['kind'], a: TensorDesc, b: TensorDesc): Row<OpKind> =>
  row(why, 'Binary', [a, b], { kind, activation: NO_ACTIVATION });

const x = of([2, 3, 5]);
const slice = (why: string, ...bounds: (readonly number[])[]): Row<OpKind> =>
  row(why, 'Slice', [x, ...bounds.map((b) => known(b))], {});
const pad = (why: string, pads: readonly number[], mode: OpAttributes['Pad']['mode'] = 'constant'): Row<OpKind> =>
  row(why, 'Pad', [x, known(pads)], { mode });

const grid = (why: string, x: TensorDesc, places: TensorDesc): Row<OpKind> =>
  row(why, 'GridSample', [x, places], { mode: 'linear', padding: 'zeros', alignCorners: false });
const map = of([2, 5, 7, 3]);

const unpool = (
  why: string,
  indices: TensorDesc,
  more: { extents?: Operand; strides?: readonly number[]; pads?: readonly number[] } = {},
) =>
  row(why, 'MaxUnpool', [map, indices, more.extents], {
    kernel: [2, 2],
    strides: more.strides ?? [2, 2],
    pads: more.pads ?? [0, 0, 0, 0],
    countIn: 'output',
  });

const DEFORM = {
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  group: 1,
  offsetGroup: 1,
  activation: NO_ACTIVATION,
};
const deform = (why: string, offset: TensorDesc, change: Partial<typeof DEFORM> = {}, mask?: TensorDesc): Row<OpKind> =>
  row(why, 'DeformConv', [of([1, 5, 5, 4]), of([3, 3, 4, 2]), offset, undefined, mask], { ...DEFORM, ...change });

const scatterElements = (why: string, indices: Operand, updates: Operand, axis = 2) =>
  row(why, 'ScatterElements', [x, indices, updates], { axis, reduction: 'none' });

const misfits: readonly Row<OpKind>[] = [
  unpool('indices of another shape', of([2, 5, 7, 1], 'int64')),
  unpool('indices that are no integers', map),
  unpool('a stride for one dimension of two', of([2, 5, 7, 3], 'int64'), { strides: [2] }),
  unpool('pads that leave nothing', of([2, 5, 7, 3], 'int64'), { pads: [9, 9, 9, 9] }),
  unpool('one extent for two dimensions', of([2, 5, 7, 3], 'int64'), { extents: known([9]) }),
  unpool('extents that depend on the data', of([2, 5, 7, 3], 'int64'), { extents: of([2], 'int64') }),
  grid('samples of integers', of([2, 5, 7, 3], 'int32'), of([2, 4, 4, 2])),
  grid('a grid of integers', map, of([2, 4, 4, 2], 'int32')),
  grid('places of too many numbers', map, of([2, 4, 4, 3])),
  grid('a grid of another rank', map, of([2, 4, 2])),
  grid('a grid for other images', map, of([1, 4, 4, 2])),
  grid('a map without dimensions', of([2, 3]), of([2, 0])),
  grid('samples of nothing', of([2, 0, 7, 3]), of([2, 4, 4, 2])),
  grid('a map of more elements than places tell apart', of([1, 2 ** 21, 1]), of([1, 4, 1])),
  deform('offsets of another window', of([1, 3, 3, 8])),
  deform('offsets of another output', of([1, 5, 5, 18])),
  deform('integer offsets', of([1, 3, 3, 18], 'int32')),
  deform('masks of another window', of([1, 3, 3, 18]), {}, of([1, 3, 3, 18])),
  deform('channels that do not divide into offset groups', of([1, 3, 3, 54]), { offsetGroup: 3 }),
  deform('offsets of one group for two', of([1, 3, 3, 18]), { offsetGroup: 2 }),
  row('a deformed volume', 'DeformConv', [of([1, 2, 5, 5, 4]), of([1, 3, 3, 4, 2]), of([1, 2, 3, 3, 18])], DEFORM),
  row('a missing operand', 'Unary', [undefined], { kind: 'abs' }),
  maxRoi('boxes without an image', maps, of([4, 4])),
  maxRoi('boxes of a series', of([2, 5, 3]), of([4, 5])),
  maxRoi('no bins', maps, of([4, 5]), { outputWidth: 0 }),
  maxRoi('half a bin', maps, of([4, 5]), { outputHeight: 0.5 }),
  maxRoi('no scale', maps, of([4, 5]), { spatialScale: NaN }),
  psRoi('boxes without an image', of([2, 5, 7, 4]), of([4, 4])),
  psRoi('channels that are no bins', maps, of([4, 5])),
  psRoi('no bins', of([2, 5, 7, 4]), of([4, 5]), { outputHeight: 0 }),
  deformRoi('boxes without an image', [maps, of([4, 4])]),
  deformRoi('channels that are no groups', [maps, of([4, 5])], { groupWidth: 2 }),
  deformRoi('no groups', [maps, of([4, 5])], { groupHeight: 0 }),
  deformRoi('no samples of whole boxes', [maps, of([4, 5])], { samples: 'rounded' }),
  deformRoi('no gamma', [maps, of([4, 5])], { gamma: NaN }),
  deformRoi('offsets of fewer boxes', [maps, of([4, 5]), of([3, 2, 2, 2])]),
  deformRoi('offsets of no parts', [maps, of([4, 5]), of([4, 0, 2, 2])]),
  deformRoi('offsets of one number', [maps, of([4, 5]), of([4, 2, 2, 3])]),
  deformRoi('offsets of more classes than channels divide into', [maps, of([4, 5]), of([4, 2, 2, 4])]),
  deformRoi('offsets by integers', [maps, of([4, 5]), of([4, 2, 2, 2], 'int32')]),
  crop('boxes of five numbers', [maps, of([4, 5]), images]),
  crop('images of fewer boxes', [maps, boxes, of([3], 'int64')]),
  crop('boxes of an image without pixels', [of([2, 0, 7, 3]), boxes, images]),
  crop('no pixels', [maps, boxes, images], { outputWidth: 0 }),
  crop('nothing for what lies beyond', [maps, boxes, images], { extrapolation: NaN }),
  roi('boxes of a series', [of([2, 5, 3]), boxes, images]),
  roi('boxes of integers', [of([2, 5, 7, 3], 'int32'), boxes, images]),
  roi('boxes of a map without pixels', [of([2, 0, 7, 3]), boxes, images]),
  roi('boxes of five numbers', [maps, of([4, 5]), images]),
  roi('images of fewer boxes', [maps, boxes, of([3], 'int64')]),
  roi('images by floats', [maps, boxes, of([4])]),
  roi('no bins', [maps, boxes, images], { outputHeight: 0 }),
  roi('half a sample', [maps, boxes, images], { samplingRatio: 0.5 }),
  roi('samples without end', [maps, boxes, images], { samplingRatio: 2 ** 31 - 1 }),
  deformRoi('samples without end', [maps, of([4, 5])], { samplingRatio: 2 ** 31 - 1 }),
  roi('an endless scale', [maps, boxes, images], { spatialScale: Infinity }),
  row('the inverse of a list', 'Inverse', [of([3])], {}),
  row('inverses of what is not square', 'Inverse', [of([2, 3, 4])], {}),
  row('the inverse of integers', 'Inverse', [of([3, 3], 'int32')], {}),
  row('the determinant of a list', 'Det', [of([3])], {}),
  row('determinants of what is not square', 'Det', [of([2, 3, 4])], {}),
  row('the determinant of integers', 'Det', [of([3, 3], 'int32')], {}),
  row('exp of integers', 'Unary', [of([3], 'int32')], { kind: 'exp' }),
  row('sigmoid of integers', 'Activation', [of([3], 'int32')], { activation: { kind: 'sigmoid', alpha: 0, beta: 0 } }),
  row('tan of integers', 'Unary', [of([3], 'int32')], { kind: 'tan' }),
  row('acosh of truth values', 'Unary', [of([3], 'bool')], { kind: 'acosh' }),
  row('not of floats', 'Unary', [x], { kind: 'not' }),
  binary('extents that do not broadcast', 'add', x, of([4])),
  binary('operands of two types', 'add', x, of([5], 'int32')),
  binary('sums of truth values', 'add', of([3], 'bool'), of([3], 'bool')),
  binary('logic on floats', 'and', x, x),
  binary('bits of floats', 'bitAnd', x, x),
  binary('bits of truth values', 'bitXor', of([3], 'bool'), of([3], 'bool')),
  binary('bits of two types', 'bitOr', of([3], 'int32'), of([3], 'int8')),
  binary('shifts of floats', 'bitShiftLeft', x, x),
  binary('shifts of signed integers', 'bitShiftRight', of([3], 'int32'), of([3], 'int32')),
  binary('shifts by another type', 'bitShiftLeft', of([3], 'uint8'), of([3], 'uint32')),
  binary('angles of integers', 'atan2', of([3], 'int32'), of([3], 'int32')),
  row('a float activation on integers', 'Binary', [of([3], 'int32'), of([3], 'int32')], {
    kind: 'add',
    activation: RELU,
  }),
  row('a condition that is no truth value', 'Where', [x, x, x], {}),
  row('a choice of two types', 'Where', [of([1], 'bool'), x, of([5], 'int32')], {}),
  row('a shape that depends on the data', 'Reshape', [x, of([2], 'int64')], { allowZero: false }),
  row('other element counts', 'Reshape', [x, known([7, 4])], { allowZero: false }),
  row('two open extents', 'Reshape', [x, known([-1, -1])], { allowZero: false }),
  row('an open extent that does not divide', 'Reshape', [x, known([4, -1])], { allowZero: false }),
  row('an open extent beside zero', 'Reshape', [of([0, 3]), known([0, -1])], { allowZero: true }),
  row('an extent copied from nowhere', 'Reshape', [of([3]), known([3, 0])], { allowZero: false }),
  row('a negative extent', 'Reshape', [of([4]), known([-2, -2])], { allowZero: false }),
  row('a flattening outside', 'Flatten', [x], { axis: 4 }),
  row('a squeeze of 3', 'Squeeze', [x], { axes: [1] }),
  row('a squeeze outside', 'Squeeze', [x], { axes: [3] }),
  row('an unsqueeze outside', 'Unsqueeze', [x], { axes: [5] }),
  row('an unsqueeze named twice', 'Unsqueeze', [x], { axes: [1, -4] }),
  row('a short permutation', 'Transpose', [x], { perm: [1, 0] }),
  row('a repeated permutation', 'Transpose', [x], { perm: [0, 1, 1] }),
  row('nothing to join', 'Concat', [], { axis: 0 }),
  row('ranks to join', 'Concat', [x, of([2, 3])], { axis: 0 }),
  row('extents to join', 'Concat', [x, of([2, 4, 5])], { axis: 0 }),
  row('types to join', 'Concat', [x, of([2, 3, 5], 'int32')], { axis: 0 }),
  row('an axis outside', 'Concat', [x, x], { axis: 3 }),
  row('parts that do not add up', 'Split', [x], { axis: 2, sizes: [2, 2] }, 2),
  row('negative parts', 'Split', [x], { axis: 2, sizes: [6, -1] }, 2),
  row('more outputs than sizes', 'Split', [x], { axis: 2, sizes: [5] }, 2),
  row('more equal parts than rows', 'Split', [x], { axis: 2, sizes: [] }, 4),
  slice('a zero step', [0], [1], [0], [0]),
  slice('uneven bounds', [0, 0], [1]),
  slice('an axis outside', [0], [1], [3]),
  slice('an axis twice', [0, 0], [1, 1], [0, -3]),
  pad('too few pads', [1, 1]),
  pad('pads that remove more than there is', [0, 0, -3, 0, 0, -3]),
  pad('a reflection longer than the tensor', [0, 3, 0, 0, 0, 0], 'reflect'),
  row('an edge of nothing', 'Pad', [of([0]), known([1, 0])], { mode: 'edge' }),
  row('a pad value of another type', 'Pad', [of([2]), known([1, 0]), known([1])], { mode: 'constant' }),
  row('float indices', 'Gather', [x, of([2])], { axis: 0 }),
  row('an axis outside', 'Gather', [x, of([2], 'int64')], { axis: 3 }),
  row('an index above', 'Gather', [x, known([0, 3])], { axis: 1 }),
  row('an index below', 'Gather', [x, known([-6])], { axis: 2 }),
  row('nothing to choose from', 'Gather', [of([2, 0]), of([1], 'int64')], { axis: 1 }),
  row('an index outside its dimension', 'GatherND', [x, known([1, 3], 'int64', [1, 2])], { batchDims: 0 }),
  row('indices that are too deep', 'GatherND', [x, of([2, 4], 'int64')], { batchDims: 0 }),
  row('batches that differ', 'GatherND', [x, of([3, 1], 'int64')], { batchDims: 1 }),
  row('an index outside its axis', 'GatherElements', [x, known([5], 'int64', [1, 1, 1])], { axis: 2 }),
  row('indices of another rank', 'GatherElements', [x, of([2, 3], 'int64')], { axis: 2 }),
  row('indices that reach further than x', 'GatherElements', [x, of([2, 4, 5], 'int64')], { axis: 2 }),
  row('indices into a scalar', 'GatherElements', [of([]), of([], 'int64')], { axis: 0 }),
  row('float indices', 'GatherElements', [x, of([2, 3, 5])], { axis: 2 }),
  scatterElements('an index outside its axis', known([-6], 'int64', [1, 1, 1]), of([1, 1, 1])),
  scatterElements('indices that reach further than x', of([3, 3, 5], 'int64'), of([3, 3, 5])),
  scatterElements('updates of another shape', of([2, 3, 1], 'int64'), of([2, 3, 2])),
  scatterElements('updates of another type', of([2, 3, 1], 'int64'), of([2, 3, 1], 'int32')),
  scatterElements('an axis outside', of([2, 3, 1], 'int64'), of([2, 3, 1]), 3),
  row('sums of truths', 'ScatterElements', [of([2], 'bool'), of([1], 'int64'), of([1], 'bool')], {
    axis: 0,
    reduction: 'add',
  }),
  row('an index outside its dimension', 'ScatterND', [x, known([0, 3], 'int64', [1, 2]), of([1, 5])], {
    reduction: 'none',
  }),
  row('indices that are too deep', 'ScatterND', [x, of([2, 4], 'int64'), of([2])], { reduction: 'none' }),
  row('slices of another shape', 'ScatterND', [x, of([2, 1], 'int64'), of([2, 5])], { reduction: 'none' }),
  row('indices of no depth', 'ScatterND', [x, of([], 'int64'), x], { reduction: 'none' }),
  row('a vector', 'Trilu', [of([3]), of([], 'int64')], { upper: true }),
  row('several diagonals', 'Trilu', [x, of([2], 'int64')], { upper: true }),
  row('a diagonal of a real number', 'Trilu', [x, of([])], { upper: true }),
  row('one axis for both', 'ReverseSequence', [x, of([2], 'int64')], { batchAxis: 0, timeAxis: -3 }),
  row('lengths of another batch', 'ReverseSequence', [x, of([3], 'int64')], { batchAxis: 0, timeAxis: 1 }),
  row('float lengths', 'ReverseSequence', [x, of([2])], { batchAxis: 0, timeAxis: 1 }),
  row('a length beyond the end', 'ReverseSequence', [x, known([1, 4])], { batchAxis: 0, timeAxis: 1 }),
  row('a negative length', 'ReverseSequence', [x, known([1, -1])], { batchAxis: 0, timeAxis: 1 }),
  row('sums of truths', 'CumSum', [of([3], 'bool')], { axis: 0, exclusive: false, reverse: false }),
  row('an axis outside', 'CumSum', [x], { axis: 3, exclusive: false, reverse: false }),
  row('an axis of a scalar', 'CumSum', [of([])], { axis: 0, exclusive: false, reverse: false }),
  row('an expansion of 3 to 4', 'Expand', [x, known([4, 5])], {}),
  row('a negative expansion', 'Expand', [of([1]), known([-1])], {}),
  row('too few repeats', 'Tile', [x, known([2])], {}),
  row('negative repeats', 'Tile', [of([3]), known([-1])], {}),
  row('a step of zero', 'Range', [known([0]), known([5]), known([0])], {}),
  row('bounds of two types', 'Range', [known([0]), known([5], 'int32'), known([1])], {}),
  row('an endless range', 'Range', [known([0], 'float32'), known([Infinity], 'float32'), known([1], 'float32')], {}),
  row('an axis outside', 'Reduce', [x], { kind: 'sum', axes: [3], keepDims: false }),
  row('an axis twice', 'Reduce', [x], { kind: 'sum', axes: [0, -3], keepDims: false }),
  row('norms of integers', 'Reduce', [of([3], 'int32')], { kind: 'l2', axes: [], keepDims: false }),
  row('a choice from nothing', 'ArgReduce', [of([2, 0])], {
    kind: 'max',
    axis: 1,
    keepDims: false,
    last: false,
    dtype: 'int64',
  }),
  lstm('weights of another width', { 1: of([1, 12, 4]) }),
  lstm('r for other gates', { 2: of([1, 9, 3]) }),
  lstm('r for two directions', { 2: of([2, 12, 3]) }),
  lstm('a bias for one of the products', { 3: of([1, 12]) }),
  lstm('x of two dimensions', { 0: of([4, 5]) }),
  lstm('x of integers', { 0: of([4, 2, 5], 'int32') }),
  lstm('weights of another type', { 1: of([1, 12, 5], 'float16') }),
  lstm('lengths of another type', { 4: of([2], 'int64') }),
  lstm('a length beyond the steps', { 4: known([4, 5], 'int32') }),
  lstm('a length below 0', { 4: known([-1, 4], 'int32') }),
  lstm('a state for another batch', { 5: of([1, 3, 3]) }),
  lstm('a cell state of other units', { 6: of([1, 2, 4]) }),
  lstm('peepholes for all gates', { 7: of([1, 12]) }),
  lstm('functions for both directions', {}, { functions: [] }),
  row('a k above the extent', 'TopK', [x, known([6])], { axis: 2, largest: true }, 2),
  row('a negative k', 'TopK', [x, known([-1])], { axis: 2, largest: true }, 2),
  row('a k that depends on the data', 'TopK', [x, of([1], 'int64')], { axis: 2, largest: true }, 2),
];

const huge: readonly Row<OpKind>[] = [
  row('a constant', 'ConstantOfShape', [known([1000, 1000, 1000])], { dtype: 'float32', value: 0 }),
  row('an expansion', 'Expand', [of([1]), known([1_000_000_000])], {}),
  row('a tile', 'Tile', [of([1000]), known([1_000_000])], {}),
  row('a range', 'Range', [known([0]), known([1_000_000_000]), known([1])], {}),
  row('a pad', 'Pad', [of([1]), known([2_000_000_000, 0])], { mode: 'constant' }),
  row('a gather', 'Gather', [of([2, 100_000]), of([100_000], 'int64')], { axis: 0 }),
  binary('a broadcast', 'add', of([100_000, 1]), of([1, 100_000])),
  row(
    'a concatenation',
    'Concat',
    Array.from({ length: 8 }, () => of([100_000_000])),
    { axis: 0 },
  ),
];

function infer(r: Row<OpKind>): readonly TensorDesc[] {
  const definition = OPS[r.op] as unknown as OpDefinition<OpKind>;
  const node: NodeOf<OpKind> = {
    op: r.op,
    name: 'n',
    inputs: r.inputs.map((_, i) => `x${i}`),
    outputs: Array.from({ length: r.outputs ?? 1 }, (_, i) => `y${i}`),
    attributes: r.attributes,
  };
  return definition.infer(node, r.inputs);
}

describe('inference refuses', () => {
  it.each(misfits)('$op: $why', (r) => {
    expect(() => infer(r)).toThrow(ShapeError);
  });
});

describe('inference refuses a result that is too large', () => {
  it.each(huge)('$op: $why', (r) => {
    expect(() => infer(r)).toThrow(/the limit is/);
  });
});

describe('references', () => {
  it('refuse a constant that is too large', () => {
    const node: NodeOf<'ConstantOfShape'> = {
      op: 'ConstantOfShape',
      name: 'n',
      inputs: ['s'],
      outputs: ['y'],
      attributes: { dtype: 'float32', value: 0 },
    };
    expect(() => OPS.ConstantOfShape.reference(node, [tensorOf('int64', [2], [100_000, 100_000])], [])).toThrow(
      ShapeError,
    );
  });

  it('know the shape of what they have not seen', () => {
    const node: NodeOf<'Shape'> = { op: 'Shape', name: 'n', inputs: ['x'], outputs: ['y'], attributes: {} };
    const folded = OPS.Shape.fold?.(node, [x]);
    expect(folded?.dtype).toBe('int64');
    expect(Array.from(folded?.data ?? [])).toEqual([2, 3, 5]);
    expect(elementCount(folded?.shape ?? [])).toBe(3);
  });
});
