/** Random ONNX files of one operator on quantised integers, of ONNX and of com.microsoft, and what to feed them. */
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import { Dice } from '../fuzz/dice.ts';
import type { OnnxAttribute } from './onnx-bytes.ts';
import { randomSource } from './random.ts';
import { rangeOf, type Byte } from './quantised-case.ts';
import type { DrawnModel } from './quantised-onnx.ts';

type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** A file of one operator: the operands named in `fed` come with the run. */
function fileOf(
  op: string,
  operands: Readonly<Record<string, Tensor | undefined>>,
  { attributes = {}, y, fed = ['x'] }: { attributes?: Attributes; y: Byte; fed?: readonly string[] },
): DrawnModel {
  const domain = op === 'QLinearConv' || op === 'QLinearMatMul' ? '' : 'com.microsoft';
  const given = Object.entries(operands).flatMap(([name, t]) => (t ? [[name, t] as const] : []));
  const inputs = given.filter(([name]) => fed.includes(name));
  const names = Object.entries(operands).map(([name, t]) => (t ? name : ''));
  while (names.at(-1) === '') names.pop();
  return {
    model: {
      opset: domain === '' ? 13 : { '': 17, [domain]: 1 },
      inputs: inputs.map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
      outputs: [{ name: 'y', dtype: y }],
      initializers: given.filter(([name]) => !fed.includes(name)),
      nodes: [{ op, domain, inputs: names, outputs: ['y'], attributes }],
    },
    feeds: new Map(inputs),
  };
}

/** Any integers of the type, its ends among them. */
function integers(d: Dice, dtype: Byte, shape: readonly number[]): Tensor {
  const [low, high] = rangeOf(dtype);
  const values = range(product(shape)).map(() =>
    d.pick([low, high, d.int(low, high), d.int(low, high), d.int(low, high)]),
  );
  return tensorOf(dtype, shape, values);
}

/** A power of two, which makes ties, or any scale. */
const scaleOf = (d: Dice): number => Math.fround(2 ** d.int(-9, 0) * d.pick([1, 1, 1.5, 1 + d.int(0, 9999) / 10_000]));

const scalar = (value: number): Tensor => tensorOf('float32', [], [value]);

const zeroOf = (d: Dice, dtype: Byte): Tensor => integers(d, dtype, []);

/** Types of x, weights and result that onnxruntime has products of. */
const PRODUCT_TYPES = [
  ['uint8', 'int8', 'uint8'],
  ['uint8', 'uint8', 'uint8'],
  ['int8', 'int8', 'int8'],
] as const;

/** Scales and zero points of weights: one, or one for each channel, whose zero points are equal. */
function weightScales(d: Dice, dtype: Byte, channels: number, each = d.chance(0.5)) {
  const zero = d.chance(0.5) ? at(zeroOf(d, dtype).data, 0) : 0;
  const count = each ? channels : 1;
  const shape = each ? [channels] : [];
  const base = scaleOf(d);
  return {
    sw: tensorOf(
      'float32',
      shape,
      range(count).map(() => base * d.pick([1, 1, 0.5, 2, 0.7])),
    ),
    zw: tensorOf(
      dtype,
      shape,
      range(count).map(() => zero),
    ),
  };
}

/** A scale at which sums of so many products fill the type, or pass it. */
function resultScale(d: Dice, first: number, { sw }: { readonly sw: Tensor }, terms: number): Tensor {
  return scalar(first * at(sw.data, 0) * 2 ** d.int(2, 5) * Math.sqrt(terms) * d.pick([1, 1.3, 1]));
}

const bias = (d: Dice, channels: number): Tensor | undefined =>
  d.chance(0.3)
    ? undefined
    : tensorOf(
        'int32',
        [channels],
        range(channels).map(() => d.int(-3000, 3000)),
      );

function conv(d: Dice): DrawnModel {
  const [tx, tw, ty] = d.pick(PRODUCT_TYPES);
  const spatial = d.pick([1, 2, 2, 2]);
  const kernel = range(spatial).map(() => d.pick([1, 2, 3]));
  const dilations = kernel.map(() => d.pick([1, 1, 2]));
  const pads = [...kernel, ...kernel].map((k) => d.int(0, k - 1));
  const extents = kernel.map((k, i) => {
    const needed = (k - 1) * at(dilations, i) + 1 - at(pads, i) - at(pads, spatial + i);
    return Math.max(1, needed) + d.int(0, 5);
  });
  const [group, groupIn, groupOut] = [d.pick([1, 1, 1, 2, 3]), d.pick([1, 3, 4, 5]), d.pick([1, 2, 4, 7])];
  const channels = group * groupOut;
  const [sx, weights] = [scaleOf(d), weightScales(d, tw, channels)];
  // A window that nothing pads has to fit.
  const auto = d.chance(0.2) && kernel.every((k, i) => k <= at(extents, i));
  return fileOf(
    'QLinearConv',
    {
      x: integers(d, tx, [d.pick([1, 1, 2]), group * groupIn, ...extents]),
      sx: scalar(sx),
      zx: zeroOf(d, tx),
      w: integers(d, tw, [channels, groupIn, ...kernel]),
      ...weights,
      sy: resultScale(d, sx, weights, groupIn * product(kernel)),
      zy: zeroOf(d, ty),
      bias: bias(d, channels),
    },
    {
      y: ty,
      attributes: {
        strides: { ints: kernel.map(() => d.pick([1, 1, 2])) },
        group: { i: group },
        ...(auto
          ? { auto_pad: { s: d.pick(['SAME_UPPER', 'SAME_LOWER', 'VALID']) }, kernel_shape: { ints: kernel } }
          : { pads: { ints: pads }, dilations: { ints: dilations } }),
      },
    },
  );
}

function matMul(d: Dice): DrawnModel {
  const [tx, tw, ty] = d.pick(PRODUCT_TYPES);
  const [rows, depth, columns] = [d.int(1, 7), d.int(1, 20), d.int(1, 9)];
  const batch = d.pick([[], [], [2], [3, 2]]);
  const fed = d.chance(0.3);
  const [sx, weights] = [scaleOf(d), weightScales(d, tw, columns, !fed && d.chance(0.5))];
  return fileOf(
    'QLinearMatMul',
    {
      x: integers(d, tx, [...batch, rows, depth]),
      sx: scalar(sx),
      zx: zeroOf(d, tx),
      // Scales of columns are onnxruntime's for one matrix alone.
      w: integers(d, tw, [...(d.chance(0.5) && weights.sw.shape.length === 0 ? batch : []), depth, columns]),
      ...weights,
      sy: resultScale(d, sx, weights, depth),
      zy: zeroOf(d, ty),
    },
    { y: ty, fed: fed ? ['x', 'w'] : ['x'] },
  );
}

function gemm(d: Dice): DrawnModel {
  const [tx, tw, ty] = d.pick(PRODUCT_TYPES);
  const [rows, depth, columns] = [d.int(1, 7), d.int(1, 20), d.int(2, 9)];
  const [transA, transB] = [d.chance(0.3), d.chance(0.5)];
  const [sx, weights] = [scaleOf(d), weightScales(d, tw, columns)];
  const c = bias(d, columns);
  return fileOf(
    'QGemm',
    {
      x: integers(d, tx, transA ? [depth, rows] : [rows, depth]),
      sx: scalar(sx),
      zx: zeroOf(d, tx),
      w: integers(d, tw, transB ? [columns, depth] : [depth, columns]),
      ...weights,
      c: c && d.chance(0.3) ? { ...c, shape: [1, columns] } : c,
      sy: resultScale(d, sx, weights, depth),
      zy: zeroOf(d, ty),
    },
    {
      y: ty,
      attributes: {
        transA: { i: Number(transA) },
        transB: { i: Number(transB) },
        ...(d.chance(0.4) ? { alpha: { f: d.pick([0.5, 2, 0.73]) } } : {}),
      },
    },
  );
}

/** A shape that broadcasts to this one. */
const narrowed = (d: Dice, shape: readonly number[]): number[] =>
  d.chance(0.5) ? [...shape] : shape.map((extent) => (d.chance(0.4) ? 1 : extent)).slice(d.int(0, shape.length - 1));

function binary(op: 'QLinearAdd' | 'QLinearMul') {
  return (d: Dice): DrawnModel => {
    const type = d.pick(['int8', 'uint8'] as const);
    const shape = range(d.int(1, 4)).map(() => d.pick([1, 2, 3, 5, 8, 17]));
    const [sx, sw] = [scaleOf(d), scaleOf(d)];
    const size = op === 'QLinearAdd' ? Math.max(sx, sw) : sx * sw * 64;
    return fileOf(
      op,
      {
        x: integers(d, type, shape),
        sx: scalar(sx),
        zx: zeroOf(d, type),
        w: integers(d, type, narrowed(d, shape)),
        sw: scalar(sw),
        zw: zeroOf(d, type),
        sy: scalar(size * d.pick([0.5, 1, 1.4, 1.7])),
        zy: zeroOf(d, type),
      },
      { y: type, fed: d.chance(0.7) ? ['x', 'w'] : ['x'] },
    );
  };
}

const TYPES = ['int8', 'uint8'] as const;

/** x with its scale, and the result's, near it. */
function oneOperand(d: Dice, shape: readonly number[], result?: number) {
  const type = d.pick(TYPES);
  const sx = scaleOf(d);
  const sy = scalar(result ?? sx * d.pick([0.5, 1, 1, 1.3, 2]));
  const operands = { x: integers(d, type, shape), sx: scalar(sx), zx: zeroOf(d, type), sy, zy: zeroOf(d, type) };
  return { type, operands };
}

function byteFunction(op: 'QLinearSigmoid' | 'QLinearLeakyRelu') {
  return (d: Dice): DrawnModel => {
    const result = op === 'QLinearSigmoid' ? d.pick([1 / 256, 1 / 255, 0.003, 1 / 128]) : undefined;
    const { type, operands } = oneOperand(d, [d.pick([1, 3]), 97], result);
    const attributes =
      op === 'QLinearLeakyRelu' && d.chance(0.8) ? { alpha: { f: d.pick([0.1, 0.25, 0.3, 1.5]) } } : {};
    return fileOf(op, operands, { y: type, attributes });
  };
}

function pictureShape(d: Dice, last: boolean): number[] {
  const [channels, height, width] = [d.pick([1, 3, 4, 8, 17]), d.int(3, 9), d.int(3, 8)];
  const n = d.pick([1, 1, 2]);
  return last ? [n, height, width, channels] : [n, channels, height, width];
}

function globalAveragePool(d: Dice): DrawnModel {
  const last = d.chance(0.5);
  const { type, operands } = oneOperand(d, pictureShape(d, last));
  return fileOf('QLinearGlobalAveragePool', operands, { y: type, attributes: { channels_last: { i: Number(last) } } });
}

function averagePool(d: Dice): DrawnModel {
  const last = d.chance(0.5);
  const { type, operands } = oneOperand(d, pictureShape(d, last));
  const kernel = range(2).map(() => d.int(1, 3));
  return fileOf('QLinearAveragePool', operands, {
    y: type,
    attributes: {
      channels_last: { i: Number(last) },
      kernel_shape: { ints: kernel },
      strides: { ints: kernel.map(() => d.int(1, 2)) },
      pads: { ints: [...kernel, ...kernel].map((k) => d.int(0, k - 1)) },
      count_include_pad: { i: d.int(0, 1) },
      ceil_mode: { i: 0 },
    },
  });
}

function softmax(d: Dice): DrawnModel {
  const shape = range(d.int(2, 4)).map(() => d.pick([1, 2, 5, 8, 17]));
  const old = d.chance(0.4);
  const axis = old ? d.int(0, shape.length - 1) : d.int(-shape.length, shape.length - 1);
  // The 1 of a row of one element, which passes the type's range, wraps in onnxruntime.
  const last = old ? shape.length - 1 : axis;
  if (product(shape.slice(axis, old ? undefined : axis + 1 || undefined)) === 1) shape.splice(last, 1, 3);
  const { type, operands } = oneOperand(d, shape, d.pick([1 / 256, 1 / 256, 1 / 255, 1 / 128]));
  return fileOf('QLinearSoftmax', operands, {
    y: type,
    attributes: { axis: { i: axis }, opset: { i: old ? 11 : 13 } },
  });
}

function concat(d: Dice): DrawnModel {
  const type = d.pick(TYPES);
  const shape = range(d.int(1, 3)).map(() => d.pick([1, 2, 3, 8]));
  const axis = d.int(0, shape.length - 1);
  const sy = scaleOf(d);
  const parts = range(d.int(1, 3)).map((i) => {
    const own = shape.map((extent, at) => (at === axis ? d.pick([1, 2, 4, 5]) : extent));
    const s = scalar(sy * d.pick([1, 1, 0.5, 0.7, 1.5]));
    return { [`x${i}`]: integers(d, type, own), [`s${i}`]: s, [`z${i}`]: zeroOf(d, type) };
  });
  const operands: Record<string, Tensor> = Object.assign({ sy: scalar(sy), zy: zeroOf(d, type) }, ...parts);
  return fileOf('QLinearConcat', operands, {
    y: type,
    fed: Object.keys(operands).filter((name) => name.startsWith('x')),
    attributes: { axis: { i: axis } },
  });
}

function where(d: Dice): DrawnModel {
  const type = d.pick(TYPES);
  const shape = range(d.int(1, 3)).map(() => d.pick([2, 3, 8]));
  const sy = scaleOf(d);
  const part = (): Tensor => scalar(sy * d.pick([1, 0.5, 0.7, 1.5]));
  return fileOf(
    'QLinearWhere',
    {
      c: tensorOf(
        'bool',
        shape,
        range(product(shape)).map(() => d.int(0, 1)),
      ),
      x: integers(d, type, shape),
      sx: part(),
      zx: zeroOf(d, type),
      w: integers(d, type, narrowed(d, shape)),
      sw: part(),
      zw: zeroOf(d, type),
      sy: scalar(sy),
      zy: zeroOf(d, type),
    },
    { y: type, fed: ['c', 'x', 'w'] },
  );
}

const GENERATORS = {
  QLinearConv: conv,
  QLinearMatMul: matMul,
  QGemm: gemm,
  QLinearAdd: binary('QLinearAdd'),
  QLinearMul: binary('QLinearMul'),
  QLinearSigmoid: byteFunction('QLinearSigmoid'),
  QLinearLeakyRelu: byteFunction('QLinearLeakyRelu'),
  QLinearGlobalAveragePool: globalAveragePool,
  QLinearAveragePool: averagePool,
  QLinearSoftmax: softmax,
  QLinearConcat: concat,
  QLinearWhere: where,
} satisfies Readonly<Record<string, (d: Dice) => DrawnModel>>;

/** The operators that have files. */
export const Q_OPERATORS = Object.keys(GENERATORS) as readonly (keyof typeof GENERATORS)[];

/** The file of a seed: the same on every machine. */
export function randomOperatorModel(op: (typeof Q_OPERATORS)[number], seed: number): DrawnModel {
  return GENERATORS[op](new Dice(randomSource(seed * 37 + Q_OPERATORS.indexOf(op))));
}
