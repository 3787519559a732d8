/**
 * Random cases of quantised operators, and of movements of their integers: small odd extents, none among them, scales that
 * give ties, sums that saturate or pass 2²⁴, the ends of types.
 */
import { NO_ACTIVATION, type OpAttributes, type OpKind, type QuantiseOps, type Rounding } from '../../src/ir/ops.ts';
import { PLAIN_RESIZE } from '../../src/ir/shapes/resize.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import { Dice } from '../fuzz/dice.ts';
import { randomSource } from './random.ts';
import type { CaseInput, OpCase } from './op-case.ts';
import { affine, bytes, rangeOf, type Byte } from './quantised-case.ts';

type Drawn<K extends OpKind> = Omit<OpCase<K>, 'name' | 'op'>;

/** Movements and choices whose kernels take bytes as they are. */
type Moving = 'Binary' | 'Gather' | 'Concat' | 'Pad' | 'Slice' | 'Transpose' | 'Reshape' | 'MaxPool' | 'Resize';

/** Every quantised operator has a generator, so that a new one is drawn too. */
type Drawable = keyof QuantiseOps | Moving;

const ROUNDINGS: readonly Rounding[] = ['tfl-double', 'xnnpack', 'float-even', 'float-away'];

const TYPES: readonly Byte[] = ['int8', 'uint8'];

/** Extents that divide into fours, and that do not. */
const EXTENTS = [1, 1, 2, 3, 4, 5, 7, 8, 17] as const;

/** Channels of an operand. */
const CHANNELS = [1, 2, 3, 4, 4, 5, 7, 8, 8, 12, 16, 17] as const;

const shapeOf = (d: Dice, rank: number): number[] => range(rank).map(() => (d.chance(0.02) ? 0 : d.pick(EXTENTS)));

/** Integers of a kind: any, the ends of the type alone, or one number. */
function integers(d: Dice, type: Byte, shape: readonly number[], constant = false): CaseInput {
  const [lowest, highest] = rangeOf(type);
  const few = d.pick([[], [], [], [lowest, highest], [lowest], [highest], [lowest, lowest + 1, highest]]);
  const values = few.length > 0 && range(product(shape)).map(() => d.pick(few));
  return bytes(type, shape, { ...(constant ? { constant } : {}), ...(values ? { values } : {}) });
}

/** A scale: a power of two, which makes ties, or any; seldom far from one. */
function scaleOf(d: Dice): number {
  const exponent = d.chance(0.05) ? d.int(-60, 50) : d.int(-9, 1);
  return Math.fround(2 ** exponent * d.pick([1, 1, 1.5, 1 + d.int(0, 9999) / 10000]));
}

/** A zero point: often an end of the type, or its middle. */
function zeroPointOf(d: Dice, type: Byte): number {
  const [lowest, highest] = rangeOf(type);
  return d.pick([lowest, highest, (lowest + highest + 1) / 2, d.int(lowest, highest), d.int(lowest, highest)]);
}

const quantisation = (d: Dice, type: Byte): readonly [CaseInput, CaseInput] =>
  affine(type, scaleOf(d), zeroPointOf(d, type));

/** Mostly the whole type; now and then what a fused activation leaves. */
function drawRange(d: Dice, type: Byte): readonly [number, number] {
  const [lowest, highest] = rangeOf(type);
  if (d.chance(0.7)) return [lowest, highest];
  const from = d.int(lowest, highest);
  return [from, d.int(from, highest)];
}

/** The scale of a product's result: such that most lie within the type; now and then another. */
function resultScale(d: Dice, first: number, second: number, terms: number): number {
  if (d.chance(0.1)) return scaleOf(d);
  return Math.fround(
    first * second * 2 ** Math.round(Math.log2(50 * Math.sqrt(Math.max(1, terms)))) * d.pick([1, 1.3, 0.5, 3]),
  );
}

interface ProductOperands {
  readonly x: CaseInput;
  readonly w: CaseInput;
  /** Channels that w may have scales of; none where one scale is for all. */
  readonly channels: number;
  readonly types: readonly [x: Byte, w: Byte, y: Byte];
  readonly terms: number;
}

/** Operands of a product, with scales, zero points and a bias. */
function productInputs(d: Dice, { x, w, channels, types, terms }: ProductOperands): readonly (CaseInput | undefined)[] {
  const [sx, sw] = [scaleOf(d), scaleOf(d)];
  const perChannel = channels > 0 && d.chance(0.4);
  const zeroPoint = d.chance(0.6) && types[1] === 'int8' ? 0 : zeroPointOf(d, types[1]);
  const most = d.pick([100, 10_000, 2 ** 26]);
  return [
    x,
    ...affine(types[0], sx, zeroPointOf(d, types[0])),
    w,
    ...(perChannel
      ? affine(
          types[1],
          range(channels).map(() => Math.fround(sw * d.pick([1, 0.25, 0.7, 2]))),
          range(channels).map(() => zeroPoint),
        )
      : affine(types[1], sw, zeroPoint)),
    ...affine(types[2], resultScale(d, sx, sw, terms), zeroPointOf(d, types[2])),
    d.chance(0.7) && channels > 0
      ? { dtype: 'int32', shape: [channels], low: -most, high: most, constant: true }
      : undefined,
  ];
}

function productTypes(d: Dice): readonly [Byte, Byte, Byte] {
  const type = d.pick(TYPES);
  return d.chance(0.75) ? [type, type, type] : [d.pick(TYPES), d.pick(TYPES), d.pick(TYPES)];
}

/** Groups, and channels of each: ordinary, depthwise (of one or several multipliers), grouped. */
function groups(d: Dice): { group: number; groupIn: number; groupOut: number } {
  switch (d.pick(['plain', 'plain', 'depthwise', 'multiplied', 'grouped'])) {
    case 'depthwise':
      return { group: d.pick(CHANNELS), groupIn: 1, groupOut: 1 };
    case 'multiplied':
      return { group: d.pick(CHANNELS), groupIn: 1, groupOut: d.int(2, 5) };
    case 'grouped':
      return { group: d.int(2, 4), groupIn: d.pick(CHANNELS), groupOut: d.pick(CHANNELS) };
    default:
      return { group: 1, groupIn: d.chance(0.05) ? 300 : d.pick(CHANNELS), groupOut: d.pick(CHANNELS) };
  }
}

const ints = (values: readonly number[]): CaseInput => ({
  dtype: 'int64',
  shape: [values.length],
  values,
  constant: true,
});

const listOf = (d: Dice, count: number, values: readonly number[]): number[] => range(count).map(() => d.pick(values));

/** A kernel, and a picture that it fits into. */
function window(d: Dice, spatial: number, pads: readonly number[]) {
  const kernel = d.chance(0.35) ? range(spatial).map(() => 1) : listOf(d, spatial, [1, 2, 3, 3, 5]);
  const dilations = listOf(d, spatial, [1, 1, 1, 2, 3]);
  const chosen =
    kernel.length === 0 ? [] : range(2 * spatial).map((i) => Math.min(at(kernel, i % spatial) - 1, d.pick(pads)));
  const extents = kernel.map((k, i) => {
    const needed = (k - 1) * at(dilations, i) + 1 - at(chosen, i) - at(chosen, spatial + i);
    return Math.max(1, needed) + d.pick([0, 0, 1, 2, 3, 6, 13]);
  });
  return { kernel, dilations, strides: listOf(d, spatial, [1, 1, 1, 2, 3]), pads: chosen, extents };
}

function conv(d: Dice): Drawn<'QLinearConv'> {
  const spatial = d.pick([1, 2, 2, 2, 2]);
  const { kernel, dilations, strides, pads, extents } = window(d, spatial, [0, 0, 1, 2]);
  const { group, groupIn, groupOut } = groups(d);
  const types = productTypes(d);
  const channels = group * groupOut;
  const x = integers(d, types[0], [d.pick([0, 1, 1, 1, 1, 1, 2, 3]), ...extents, group * groupIn]);
  const w = integers(d, types[1], [...kernel, groupIn, channels], true);
  return {
    inputs: productInputs(d, { x, w, channels, types, terms: product(kernel) * groupIn }),
    attributes: {
      strides,
      dilations,
      pads,
      padMode: 'explicit',
      group,
      rounding: d.pick(ROUNDINGS),
      range: drawRange(d, types[2]),
    },
  };
}

function convTranspose(d: Dice): Drawn<'QLinearConvTranspose'> {
  const spatial = d.pick([1, 2, 2, 2]);
  const kernel = listOf(d, spatial, [1, 2, 3, 4]);
  const strides = listOf(d, spatial, [1, 2, 2, 3]);
  const { group, groupIn, groupOut } = groups(d);
  const types = productTypes(d);
  const channels = group * groupOut;
  const extents = listOf(d, spatial, [2, 3, 5]);
  const x = integers(d, types[0], [d.pick([1, 1, 2]), ...extents, group * groupIn]);
  const w = integers(d, types[1], [...kernel, groupIn, channels], true);
  return {
    inputs: productInputs(d, { x, w, channels, types, terms: product(kernel) * groupIn }),
    attributes: {
      strides,
      dilations: listOf(d, spatial, [1, 1, 2]),
      pads: range(2 * spatial).map((i) => (d.chance(0.5) ? 0 : Math.min(1, at(kernel, i % spatial) - 1))),
      autoPad: d.pick(['explicit', 'explicit', 'sameUpper', 'sameLower']),
      outputPads: strides.map((s) => d.int(0, s - 1)),
      outputShape: [],
      group,
      rounding: d.pick(ROUNDINGS),
      range: drawRange(d, types[2]),
    },
  };
}

function matMul(d: Dice): Drawn<'QLinearMatMul'> {
  const [rows, depth, columns] = [d.pick(EXTENTS), d.chance(0.05) ? 1500 : d.pick([...EXTENTS, 33]), d.pick(EXTENTS)];
  const [transA, transB] = [d.chance(0.3), d.chance(0.4)];
  const batch = d.pick([[], [], [], [2], [3], [2, 3]]);
  const other = d.chance(0.5) ? [] : batch.map((n) => (d.chance(0.3) ? 1 : n));
  const types = productTypes(d);
  const x = integers(d, types[0], [...batch, ...(transA ? [depth, rows] : [rows, depth])]);
  const w = integers(d, types[1], [...other, ...(transB ? [columns, depth] : [depth, columns])], d.chance(0.5));
  return {
    inputs: productInputs(d, { x, w, channels: columns, types, terms: depth }),
    attributes: { transA, transB, rounding: d.pick(ROUNDINGS), range: drawRange(d, types[2]) },
  };
}

/** A shape that broadcasts to this one. */
function narrowed(d: Dice, shape: readonly number[]): number[] {
  if (d.chance(0.4)) return [...shape];
  const narrow = shape.map((extent) => (d.chance(0.4) ? 1 : extent));
  return d.chance(0.3) ? narrow.slice(d.int(0, narrow.length)) : narrow;
}

function binary(d: Dice): Drawn<'QLinearBinary'> {
  const [type, to] = d.chance(0.8) ? range(2).map(() => d.pick(TYPES)) : [d.pick(TYPES), d.pick(TYPES)];
  const own = d.chance(0.8) ? type : to;
  const shape = shapeOf(d, d.int(1, 5));
  const kind = d.pick(['add', 'sub', 'mul', 'squaredDifference'] as const);
  const [first, second] = [scaleOf(d), scaleOf(d)];
  const whole = kind === 'mul' || kind === 'squaredDifference' ? resultScale(d, first, second, 1) : undefined;
  const sum = d.chance(0.1) ? scaleOf(d) : Math.fround(Math.max(first, second) * d.pick([0.5, 1, 1.4]));
  const [a, b] = d.chance(0.5) ? [shape, narrowed(d, shape)] : [narrowed(d, shape), shape];
  return {
    inputs: [
      integers(d, type ?? 'int8', a),
      ...affine(type ?? 'int8', first, zeroPointOf(d, type ?? 'int8')),
      integers(d, type ?? 'int8', b, d.chance(0.3)),
      ...affine(type ?? 'int8', second, zeroPointOf(d, type ?? 'int8')),
      ...affine(own ?? 'int8', whole ?? sum, zeroPointOf(d, own ?? 'int8')),
    ],
    attributes: { kind, rounding: d.pick(ROUNDINGS), range: drawRange(d, own ?? 'int8') },
  };
}

function pRelu(d: Dice): Drawn<'QLinearPRelu'> {
  const type = d.pick(TYPES);
  const shape = shapeOf(d, d.int(1, 4));
  return {
    inputs: [
      integers(d, type, shape),
      ...quantisation(d, type),
      integers(d, type, narrowed(d, shape), d.chance(0.8)),
      ...quantisation(d, type),
      ...quantisation(d, type),
    ],
    attributes: { rounding: d.pick(ROUNDINGS), range: drawRange(d, type) },
  };
}

function lookupTable(d: Dice): Drawn<'LookupTable'> {
  const to = d.pick(TYPES);
  return {
    inputs: [integers(d, d.pick(TYPES), shapeOf(d, d.int(0, 4))), bytes(to, [256], { constant: true })],
    attributes: {},
  };
}

function reduce(d: Dice): Drawn<'QLinearReduce'> {
  const type = d.pick(TYPES);
  const shape = d.chance(0.05) ? [2, 200, 3] : listOf(d, d.int(1, 5), EXTENTS);
  const axes = range(shape.length).filter(() => d.chance(0.5));
  const kind = d.pick(['mean', 'sum'] as const);
  const scale = scaleOf(d);
  const result = d.chance(0.1)
    ? scaleOf(d)
    : Math.fround(scale * d.pick([0.25, 0.5, 1, 1.7, 4, kind === 'sum' ? 40 : 1]));
  return {
    inputs: [
      integers(d, type, shape),
      ...affine(type, scale, zeroPointOf(d, type)),
      ...affine(type, result, zeroPointOf(d, type)),
    ],
    attributes: {
      kind,
      axes: axes.map((axis) => (d.chance(0.3) ? axis - shape.length : axis)),
      keepDims: d.chance(0.5),
      rounding: d.pick(ROUNDINGS),
      range: drawRange(d, type),
    },
  };
}

/** A pool's input and window. */
function pooled(d: Dice, spatials: readonly number[]) {
  const spatial = d.pick(spatials);
  const { kernel, dilations, strides, pads, extents } = window(d, spatial, [0, 0, 1, 2]);
  const type = d.pick(TYPES);
  const x = integers(d, type, [d.pick([1, 1, 2, 3]), ...extents, d.pick(CHANNELS)]);
  return {
    type,
    x,
    attributes: { kernel, dilations, strides, pads, padMode: 'explicit' as const, ceilMode: d.chance(0.2) },
  };
}

function averagePool(d: Dice): Drawn<'QLinearAveragePool'> {
  const { type, x, attributes } = pooled(d, [1, 2, 2, 2]);
  const same = quantisation(d, type);
  const rounding = d.pick(ROUNDINGS);
  return {
    inputs: [x, ...same, ...(rounding === 'float-even' ? quantisation(d, type) : same)],
    attributes: {
      ...attributes,
      countIncludePad: d.chance(0.3),
      rounding,
      range: drawRange(d, type),
    },
  };
}

function softmax(d: Dice): Drawn<'QLinearSoftmax'> {
  const type = d.pick(TYPES);
  const [lowest] = rangeOf(type);
  const shape = d.chance(0.05) ? [2, d.pick([1001, 4096, 5000])] : listOf(d, d.int(1, 4), EXTENTS);
  const log = d.chance(0.4);
  const x = [integers(d, type, shape), ...quantisation(d, type)];
  const attributes = {
    axis: d.int(-shape.length, shape.length - 1),
    beta: d.pick([1, 1, 1, 0.5, 3]),
    log,
    rounding: d.pick(ROUNDINGS),
    range: rangeOf(type),
  };
  const result = affine(type, log ? 1 / 16 : 1 / 256, log ? lowest + 255 : lowest);
  const free = attributes.rounding === 'float-even' && !log && d.chance(0.5);
  return { inputs: [...x, ...(free ? quantisation(d, type) : result)], attributes };
}

function l2Normalization(d: Dice): Drawn<'QLinearL2Normalization'> {
  const type = d.pick(TYPES);
  const shape = d.chance(0.05) ? [1, 40_000] : listOf(d, d.int(1, 4), EXTENTS);
  return {
    inputs: [integers(d, type, shape), ...quantisation(d, type), ...affine(type, 1 / 128, type === 'int8' ? 0 : 128)],
    attributes: { axis: d.int(-shape.length, shape.length - 1), rounding: d.pick(ROUNDINGS), range: rangeOf(type) },
  };
}

const PICTURE = [1, 2, 3, 5, 7, 8];

function resize(d: Dice): Drawn<'QLinearResize'> {
  return {
    inputs: [integers(d, d.pick(TYPES), [d.pick([1, 1, 2]), ...listOf(d, 2, PICTURE), d.pick(CHANNELS)])],
    attributes: {
      sizes: [d.pick([1, 3, 6, 13]), d.pick([1, 3, 6, 14])],
      coordinateMode: d.pick(['asymmetric', 'half_pixel', 'align_corners']),
      rounding: d.pick(ROUNDINGS),
    },
  };
}

/** Scales along an axis, or of all; and zero points of this type. */
function scalesFor(d: Dice, shape: readonly number[], type: Byte): { inputs: readonly CaseInput[]; axis: number } {
  const axis = shape.length === 0 || d.chance(0.6) ? undefined : d.int(0, shape.length - 1);
  if (axis === undefined) return { inputs: quantisation(d, type), axis: 0 };
  const each = range(at(shape, axis));
  return {
    inputs: affine(
      type,
      each.map(() => scaleOf(d)),
      each.map(() => zeroPointOf(d, type)),
    ),
    axis,
  };
}

function quantize(d: Dice): Drawn<'QuantizeLinear'> {
  const shape = shapeOf(d, d.int(1, 4));
  const to = d.pick(TYPES);
  const { inputs, axis } = scalesFor(d, shape, to);
  const scale = inputs[0]?.values?.[0] ?? 1;
  // Quotients on halves, and one step of a float32 beside them.
  const values = range(product(shape)).map(() => {
    const tie = Math.fround((d.int(-150, 150) + 0.5) * scale);
    return d.pick([tie, tie * (1 + 2 ** -23), tie * (1 - 2 ** -24), d.int(-1000, 1000) * scale * 0.11]);
  });
  return {
    inputs: [{ shape, values }, ...inputs],
    attributes: { axis, blockSize: 0, to, rounding: d.pick(ROUNDINGS) },
  };
}

function dequantize(d: Dice): Drawn<'DequantizeLinear'> {
  const shape = shapeOf(d, d.int(1, 4));
  const type = d.pick(TYPES);
  const { inputs, axis } = scalesFor(d, shape, type);
  return {
    inputs: [integers(d, type, shape), ...inputs],
    attributes: { axis, blockSize: 0 },
    tolerance: { rtol: 0, atol: 0 },
  };
}

function concat(d: Dice): Drawn<'Concat'> {
  const type = d.pick(TYPES);
  const shape = shapeOf(d, d.int(1, 4));
  const axis = d.int(0, shape.length - 1);
  const parts = range(d.int(1, 4)).map(() =>
    integers(
      d,
      type,
      shape.map((e, i) => (i === axis ? d.pick([0, ...CHANNELS]) : e)),
    ),
  );
  return { inputs: parts, attributes: { axis } };
}

function pad(d: Dice): Drawn<'Pad'> {
  const type = d.pick(TYPES);
  const shape = listOf(d, d.int(1, 4), [2, 3, 4, 5, 8]);
  const mode = d.pick(['constant', 'constant', 'reflect', 'edge'] as const);
  const pads = listOf(d, 2 * shape.length, mode === 'constant' ? [0, 0, 1, 2, 4] : [0, 0, 1]);
  return {
    inputs: [integers(d, type, shape), ints(pads), bytes(type, [], { values: [zeroPointOf(d, type)], constant: true })],
    attributes: { mode },
  };
}

function slice(d: Dice): Drawn<'Slice'> {
  const shape = listOf(d, d.int(1, 4), EXTENTS);
  const starts = shape.map((e) => d.int(0, e - 1));
  const steps = listOf(d, shape.length, [1, 1, 1, 2, -1]);
  const ends = shape.map((e, i) => (at(steps, i) < 0 ? -e - 1 : d.int(at(starts, i), e)));
  return {
    inputs: [integers(d, d.pick(TYPES), shape), ints(starts), ints(ends), ints(range(shape.length)), ints(steps)],
    attributes: {},
  };
}

function transpose(d: Dice): Drawn<'Transpose'> {
  const shape = shapeOf(d, d.int(1, 5));
  const perm = range(shape.length)
    .map((axis) => ({ axis, at: d.int(0, 99) }))
    .sort((a, b) => a.at - b.at)
    .map(({ axis }) => axis);
  return { inputs: [integers(d, d.pick(TYPES), shape)], attributes: { perm } };
}

function reshape(d: Dice): Drawn<'Reshape'> {
  const shape = shapeOf(d, d.int(1, 4));
  return { inputs: [integers(d, d.pick(TYPES), shape), ints([product(shape)])], attributes: { allowZero: true } };
}

function choice(d: Dice): Drawn<'Binary'> {
  const type = d.pick(TYPES);
  const shape = shapeOf(d, d.int(0, 5));
  const [a, b] = d.chance(0.5) ? [shape, narrowed(d, shape)] : [narrowed(d, shape), shape];
  return {
    inputs: [integers(d, type, a), integers(d, type, b, d.chance(0.3))],
    attributes: { kind: d.pick(['min', 'max'] as const), activation: NO_ACTIVATION },
  };
}

function gather(d: Dice): Drawn<'Gather'> {
  const shape = listOf(d, d.int(1, 4), EXTENTS);
  const axis = d.int(0, shape.length - 1);
  const extent = at(shape, axis);
  const picks = listOf(d, d.int(0, 2), [1, 2, 3, d.chance(0.1) ? 0 : 5]);
  const values = range(product(picks)).map(() => d.int(-extent, extent - 1));
  return {
    inputs: [integers(d, d.pick(TYPES), shape), { dtype: 'int64', shape: picks, values }],
    attributes: { axis: d.chance(0.3) ? axis - shape.length : axis },
  };
}

/** Mostly of a picture's rows and columns; now and then of any axes, or of a part that may lie beside the picture. */
function nearest(d: Dice): Drawn<'Resize'> {
  const shape = [d.pick([1, 1, 2, 3]), ...listOf(d, 2, PICTURE), d.pick(CHANNELS)];
  const some = d.chance(0.7) ? [1, 2] : range(4).filter(() => d.chance(0.5));
  const axes = some.length > 0 ? some : [3];
  const crops = d.chance(0.2);
  const edges = [...axes.map(() => d.pick([-0.3, 0, 0.25])), ...axes.map(() => d.pick([0.8, 1, 1.4]))];
  return {
    inputs: [
      integers(d, d.pick(TYPES), shape),
      undefined,
      ints(axes.map(() => d.pick([1, 3, 6, 13, d.chance(0.1) ? 0 : 14]))),
      crops ? { shape: [edges.length], values: edges, constant: true } : undefined,
    ],
    attributes: {
      ...PLAIN_RESIZE,
      axes,
      mode: 'nearest',
      coordinateMode: crops ? 'tf_crop_and_resize' : d.pick(['asymmetric', 'half_pixel', 'align_corners']),
      nearestMode: d.pick(['floor', 'round_prefer_ceil']),
      extrapolation: d.int(0, 127),
    },
  };
}

/** Zero points of this shape, or none. */
function zeroPoints(d: Dice, type: Byte, shape: readonly number[]): CaseInput | undefined {
  if (d.chance(0.25)) return undefined;
  const values = range(product(shape)).map(() => zeroPointOf(d, type));
  return { dtype: type, shape, values, constant: d.chance(0.3) };
}

function convSums(d: Dice): Drawn<'ConvInteger'> {
  const spatial = d.pick([1, 2, 2, 2, 2]);
  const { kernel, dilations, strides, pads, extents } = window(d, spatial, [0, 0, 1, 2]);
  const { group, groupIn, groupOut } = groups(d);
  const [x, w] = [d.pick(TYPES), d.pick(TYPES)];
  const channels = group * groupOut;
  return {
    inputs: [
      integers(d, x, [d.pick([0, 1, 1, 1, 1, 1, 2, 3]), ...extents, group * groupIn]),
      integers(d, w, [...kernel, groupIn, channels], d.chance(0.8)),
      zeroPoints(d, x, d.pick([[], [1]])),
      zeroPoints(d, w, d.pick([[], [1], [channels]])),
    ],
    attributes: { strides, dilations, pads, padMode: 'explicit', group },
  };
}

function matMulSums(d: Dice): Drawn<'MatMulInteger'> {
  const [rows, depth, columns] = [d.pick(EXTENTS), d.chance(0.05) ? 1500 : d.pick([...EXTENTS, 33]), d.pick(EXTENTS)];
  const batch = d.pick([[], [], [], [2], [3], [2, 3]]);
  const other = d.chance(0.5) ? [] : batch.map((n) => (d.chance(0.3) ? 1 : n));
  const [a, b] = [d.pick(TYPES), d.pick(TYPES)];
  return {
    inputs: [
      integers(d, a, d.chance(0.1) ? [depth] : [...batch, rows, depth]),
      integers(d, b, d.chance(0.1) ? [depth] : [...other, depth, columns], d.chance(0.5)),
      undefined,
      undefined,
    ],
    attributes: {},
  };
}

/** The same with zero points of each kind that fits. */
function matMulZeros(d: Dice): Drawn<'MatMulInteger'> {
  const drawn = matMulSums(d);
  const [a, b] = [at(drawn.inputs, 0), at(drawn.inputs, 1)] as [CaseInput, CaseInput];
  const rows = a.shape.length > 1 ? [...a.shape.slice(0, -1), 1] : [];
  const columns =
    b.shape.length > 1
      ? d.pick([[...b.shape.slice(0, -2), 1, at(b.shape, b.shape.length - 1)], b.shape.slice(-1)])
      : [];
  const [first, second] = [a.dtype, b.dtype] as [Byte, Byte];
  return {
    ...drawn,
    inputs: [a, b, zeroPoints(d, first, d.pick([[], rows])), zeroPoints(d, second, d.pick([[], columns]))],
  };
}

/** Elements that give zero points on halves, of one sign, without a range, or none at all. */
function dynamic(d: Dice): Drawn<'DynamicQuantizeLinear'> {
  const shape = d.chance(0.1) ? [3, 50_000] : shapeOf(d, d.int(0, 4));
  const [low, high] = d.pick([
    [-1, 1],
    [0.5, 4],
    [-7, -3],
    [0, 0],
    [-0.5, 254.5],
    [-1.5, 253.5],
    [-1e-30, 1e-30],
    [-3e38, 3e38],
  ]);
  const values = range(product(shape)).map(() =>
    d.pick([low ?? 0, high ?? 0, (d.int(-99, 99) / 100) * (high ?? 0), NaN].slice(0, d.chance(0.1) ? 4 : 3)),
  );
  return { inputs: [{ shape, values }], attributes: {}, outputCount: 3, tolerance: { rtol: 0, atol: 0 } };
}

const GENERATORS: { readonly [K in Drawable]: (d: Dice) => Drawn<K> } = {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  LookupTable: lookupTable,
  QLinearConv: conv,
  QLinearConvTranspose: convTranspose,
  QLinearMatMul: matMul,
  QLinearBinary: binary,
  QLinearPRelu: pRelu,
  QLinearReduce: reduce,
  QLinearAveragePool: averagePool,
  QLinearSoftmax: softmax,
  QLinearL2Normalization: l2Normalization,
  QLinearResize: resize,
  Concat: concat,
  Pad: pad,
  Slice: slice,
  Transpose: transpose,
  Reshape: reshape,
  MaxPool: (d) => {
    const { x, attributes } = pooled(d, [1, 2, 2, 2, 2, 3]);
    return { inputs: [x], attributes };
  },
  Resize: nearest,
  Binary: choice,
  Gather: gather,
  DynamicQuantizeLinear: dynamic,
  ConvInteger: convSums,
  MatMulInteger: matMulZeros,
};

/** The operators that have cases. */
export const DRAWABLE = Object.keys(GENERATORS) as readonly Drawable[];

/** The case of a seed: the same on every machine. */
export function randomCase<K extends Drawable>(op: K, seed: number): OpCase<K> {
  const drawn = GENERATORS[op](new Dice(randomSource(seed * 31 + DRAWABLE.indexOf(op))));
  const shapes = drawn.inputs
    .slice(0, 4)
    .map((input) => (input ? `${input.dtype ?? 'float32'} [${input.shape}]` : '-'));
  const attributes = Object.entries(drawn.attributes as OpAttributes[OpKind]).map(
    ([name, v]) => `${name} ${JSON.stringify(v)}`,
  );
  return {
    ...drawn,
    op,
    name: `seed ${seed}: ${shapes.join(', ')}, ${attributes.join(', ')}`,
    noOracle: 'drawn for the GPU',
  };
}
