/** Random ONNX files of one quantised operator, in every form that onnxruntime has it in, and what to feed them. */
import type { DType } from '../../src/core/dtype.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { at, ceilDiv, product, range } from '../../src/util/arrays.ts';
import { floatsToHalves, halvesToFloats } from '../../src/util/half.ts';
import { Dice } from '../fuzz/dice.ts';
import { randomSource } from './random.ts';
import { ONNX_DATA_TYPE, type OnnxAttribute, type OnnxModel } from './onnx-bytes.ts';

/** A model, and a tensor for each of its inputs. */
export interface DrawnModel {
  readonly model: OnnxModel;
  readonly feeds: ReadonlyMap<string, Tensor>;
}

const EXTENTS = [1, 1, 2, 3, 4, 5, 7, 8, 17] as const;
const BYTES = ['int8', 'uint8'] as const;

const ENDS = { int8: [-128, 127], uint8: [0, 255], int16: [-32768, 32767], int32: [-(2 ** 31), 2 ** 31 - 1] } as const;
type Integer = keyof typeof ENDS;

const shapeOf = (d: Dice, rank: number): number[] => range(rank).map(() => (d.chance(0.03) ? 0 : d.pick(EXTENTS)));

/** Any integers of the type, its ends among them. */
function integers(d: Dice, dtype: Integer, shape: readonly number[]): Tensor {
  const [low, high] = ENDS[dtype];
  return tensorOf(
    dtype,
    shape,
    range(product(shape)).map(() => d.pick([low, high, d.int(low, high), d.int(low, high)])),
  );
}

const zeros = (dtype: Integer, shape: readonly number[]): Tensor =>
  tensorOf(
    dtype,
    shape,
    range(product(shape)).map(() => 0),
  );

/** As the type holds it. */
function held(dtype: DType, x: number): number {
  return dtype === 'float16' ? at(halvesToFloats(floatsToHalves(Float32Array.of(x))), 0) : Math.fround(x);
}

function scaleOf(d: Dice, dtype: DType): number {
  const far = dtype === 'float32' && d.chance(0.1);
  const exponent = far ? d.pick([-140, -127, -100, 40]) : d.int(-9, 1);
  return held(dtype, 2 ** exponent * d.pick([1, 1, 1.5, 1 + d.int(0, 9999) / 10_000]));
}

/** Tensors by name: constants of the file, or inputs. */
function modelOf(
  d: Dice,
  op: string,
  operands: Readonly<Record<string, Tensor | undefined>>,
  {
    opset,
    domain = '',
    attributes = {},
    outputs,
    fed = [],
  }: {
    opset: number;
    domain?: string;
    attributes?: Readonly<Record<string, OnnxAttribute>>;
    outputs: Readonly<Record<string, DType>>;
    fed?: readonly string[];
  },
): DrawnModel {
  const given = Object.entries(operands).flatMap(([name, t]) => (t ? [[name, t] as const] : []));
  const isFed = new Map(given.map(([name], i) => [name, i === 0 || fed.includes(name) || d.chance(0.3)]));
  const inputs = given.filter(([name]) => isFed.get(name));
  const names = Object.entries(operands).map(([name, t]) => (t ? name : ''));
  while (names.at(-1) === '') names.pop();
  return {
    model: {
      opset: domain === '' ? opset : { '': opset, [domain]: 1 },
      irVersion: 10,
      inputs: inputs.map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
      outputs: Object.entries(outputs).map(([name, dtype]) => ({ name, dtype })),
      initializers: given.filter(([name]) => !isFed.get(name)),
      nodes: [{ op, domain, inputs: names, outputs: Object.keys(outputs), attributes }],
    },
    feeds: new Map(inputs),
  };
}

/** The shape of scales, attributes that say what they belong to, and the operator set that has it. */
function scaling(d: Dice, shape: readonly number[]) {
  const rank = shape.length;
  const form = rank === 0 ? 'tensor' : d.pick(['tensor', 'axis', 'blocks'] as const);
  const axis = d.int(-rank, rank - 1);
  const extent = shape.at(axis) ?? 1;
  const named = { axis: { i: axis } };
  if (form === 'axis') return { shape: [extent], attributes: named, opset: 13 };
  const size = d.int(1, Math.max(1, extent) + 1);
  const blocks = shape.map((e, i) => (i === (axis + rank) % rank ? ceilDiv(e, size) : e));
  // One block is what onnxruntime takes for all of the tensor.
  if (form === 'tensor' || product(blocks) === 1) return { shape: d.pick([[], [1]]), attributes: {}, opset: 10 };
  return { shape: blocks, attributes: { ...named, block_size: { i: size } }, opset: 21 };
}

const domainOf = (d: Dice, opset: number): { opset: number; domain: string } =>
  opset < 21 && d.chance(0.2) ? { opset: 17, domain: 'com.microsoft' } : { opset: d.pick([opset, 21, 23]), domain: '' };

function quantize(d: Dice): DrawnModel {
  const shape = shapeOf(d, d.int(0, 4));
  const scaled = scaling(d, shape);
  const real = d.chance(0.2) ? 'float16' : 'float32';
  const to = d.pick(['int8', 'uint8', 'int16'] as const);
  const { opset, domain } = domainOf(d, Math.max(scaled.opset, to === 'int16' ? 21 : real === 'float16' ? 19 : 10));
  // Alike, for what is beyond int32 after the division onnxruntime's sum with the zero point wraps.
  const base = scaleOf(d, real);
  const scales = range(product(scaled.shape)).map(() => held(real, base * d.pick([1, 1, 0.7, 0.5, 2])));
  const said = domain === '' && opset >= 21 && d.chance(0.3);
  const zero = said || (to === 'uint8' && domain === '' && d.chance(0.3)) ? undefined : integers(d, to, scaled.shape);
  const first = at([...scales, 1], 0);
  // Quotients on halves, and one step of a float32 beside them; far beyond the type, and infinite.
  const values = range(product(shape)).map(() => {
    const tie = (d.int(-200, 200) + 0.5) * first;
    const x = d.pick([tie, tie * (1 + 2 ** -23), tie * (1 - 2 ** -24), d.int(-999, 999) * first * 0.11, tie * 300]);
    // Of infinite halves onnxruntime makes the lowest integer.
    const most = real === 'float16' ? 65_000 : Infinity;
    return held(real, Math.max(-most, Math.min(most, x)));
  });
  return modelOf(
    d,
    'QuantizeLinear',
    { x: tensorOf(real, shape, values), scale: tensorOf(real, scaled.shape, scales), zero },
    {
      opset,
      domain,
      attributes: { ...scaled.attributes, ...(said ? { output_dtype: { i: ONNX_DATA_TYPE[to] } } : {}) },
      outputs: { y: to },
    },
  );
}

function dequantize(d: Dice): DrawnModel {
  const shape = shapeOf(d, d.int(0, 4));
  const scaled = scaling(d, shape);
  const real = d.chance(0.2) ? 'float16' : 'float32';
  const from = d.pick(['int8', 'uint8', 'int16', 'int32'] as const);
  const { opset, domain } = domainOf(d, Math.max(scaled.opset, from === 'int16' ? 21 : real === 'float16' ? 19 : 10));
  const scales = range(product(scaled.shape)).map(() => held(real, 2 ** d.int(-9, 1) * (1 + d.int(0, 999) / 1000)));
  const zero = d.chance(0.3)
    ? undefined
    : from === 'int32'
      ? zeros(from, scaled.shape)
      : integers(d, from, scaled.shape);
  return modelOf(
    d,
    'DequantizeLinear',
    { x: integers(d, from, shape), scale: tensorOf(real, scaled.shape, scales), zero },
    { opset, domain, attributes: scaled.attributes, outputs: { y: real } },
  );
}

function dynamic(d: Dice): DrawnModel {
  const shape = shapeOf(d, d.int(1, 4));
  const [low, high] = d.pick([
    [-100, 100],
    [50, 400],
    [-700, -300],
    [0, 0],
    [-50, 25_450],
  ]);
  const values = range(product(shape)).map(() =>
    Math.fround(d.pick([low ?? 0, high ?? 0, d.int(low ?? 0, high ?? 0)]) / 100),
  );
  const outputs = { y: 'uint8', scale: 'float32', zero: 'uint8' } as const;
  return modelOf(d, 'DynamicQuantizeLinear', { x: tensorOf('float32', shape, values) }, { opset: 13, outputs });
}

function convInteger(d: Dice): DrawnModel {
  const spatial = d.pick([1, 2, 2]);
  const kernel = range(spatial).map(() => d.pick([1, 2, 3]));
  const dilations = kernel.map(() => d.pick([1, 1, 2]));
  const pads = [...kernel, ...kernel].map((k) => d.int(0, k - 1));
  const extents = kernel.map(
    (k, i) => Math.max(1, (k - 1) * at(dilations, i) + 1 - at(pads, i) - at(pads, spatial + i)) + d.int(0, 4),
  );
  const [group, groupIn, groupOut] = [d.pick([1, 1, 1, 2, 3]), d.pick([1, 3, 4, 5]), d.pick([1, 2, 4, 7])];
  const w = d.pick(BYTES);
  return modelOf(
    d,
    'ConvInteger',
    {
      x: integers(d, 'uint8', [d.pick([1, 1, 2, 3]), group * groupIn, ...extents]),
      w: integers(d, w, [group * groupOut, groupIn, ...kernel]),
      x_zero: d.chance(0.3) ? undefined : integers(d, 'uint8', []),
      w_zero: d.chance(0.5) ? undefined : integers(d, w, []),
    },
    {
      opset: 10,
      attributes: {
        pads: { ints: pads },
        dilations: { ints: dilations },
        strides: { ints: kernel.map(() => d.pick([1, 1, 2])) },
        group: { i: group },
      },
      outputs: { y: 'int32' },
    },
  );
}

/** Operands of a product of matrices. */
function matrices(d: Dice, a: Integer, b: Integer) {
  const [rows, depth, columns] = [d.pick(EXTENTS), d.pick([...EXTENTS, 33]), d.pick(EXTENTS)];
  const batch = d.pick([[], [], [2], [2, 3]]);
  return {
    a: integers(d, a, [...batch, rows, depth]),
    b: integers(d, b, [...(d.chance(0.7) ? [] : batch), depth, columns]),
    columns,
  };
}

function matMulInteger(d: Dice): DrawnModel {
  const [first, second] = [d.pick(BYTES), d.pick(BYTES)];
  const { a, b, columns } = matrices(d, first, second);
  return modelOf(
    d,
    'MatMulInteger',
    {
      a,
      b,
      a_zero: d.chance(0.3) ? undefined : integers(d, first, d.pick([[], [1]])),
      b_zero: d.chance(0.5) ? undefined : integers(d, second, d.pick([[], b.shape.length === 2 ? [columns] : []])),
    },
    { opset: 10, outputs: { y: 'int32' } },
  );
}

const floats = (d: Dice, shape: readonly number[], most: number): Tensor =>
  tensorOf(
    'float32',
    shape,
    range(product(shape)).map(() => Math.fround((d.int(1, 1000) / 1000) * most)),
  );

function dynamicMatMul(d: Dice): DrawnModel {
  const type = d.pick(BYTES);
  const { a, b, columns } = matrices(d, 'int8', type);
  const x = tensorOf(
    'float32',
    a.shape,
    Array.from(a.data, (v) => Math.fround(v * 0.037)),
  );
  const perColumn = b.shape.length === 2 && d.chance(0.5);
  const scales = perColumn ? [columns] : [];
  return modelOf(
    d,
    'DynamicQuantizeMatMul',
    {
      a: x,
      b,
      scale: floats(d, scales, 0.01),
      zero: d.chance(0.4) ? undefined : integers(d, type, scales),
      bias: d.chance(0.5) ? undefined : floats(d, [columns], 3),
    },
    { opset: 17, domain: 'com.microsoft', outputs: { y: 'float32' } },
  );
}

function matMulToFloat(d: Dice): DrawnModel {
  const [first, second] = d.pick([
    ['uint8', 'uint8'],
    ['uint8', 'int8'],
    ['int8', 'int8'],
  ] as const);
  const { a, b, columns } = matrices(d, first, second);
  return modelOf(
    d,
    'MatMulIntegerToFloat',
    {
      a,
      b,
      a_scale: floats(d, [], 0.1),
      b_scale: floats(d, [], 0.01),
      a_zero: d.chance(0.4) ? undefined : integers(d, first, []),
      b_zero: d.chance(0.4) ? undefined : integers(d, second, []),
      bias: d.chance(0.5) ? undefined : floats(d, [columns], 3),
    },
    { opset: 17, domain: 'com.microsoft', outputs: { y: 'float32' } },
  );
}

const GENERATORS = {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: dynamic,
  ConvInteger: convInteger,
  MatMulInteger: matMulInteger,
  DynamicQuantizeMatMul: dynamicMatMul,
  MatMulIntegerToFloat: matMulToFloat,
};

type Drawable = keyof typeof GENERATORS;

/** The operators that have models. */
export const DRAWABLE_MODELS = Object.keys(GENERATORS) as readonly Drawable[];

/** The model of a seed: the same on every machine. */
export function randomQuantisedModel(op: Drawable, seed: number): DrawnModel {
  return GENERATORS[op](new Dice(randomSource(seed * 17 + DRAWABLE_MODELS.indexOf(op))));
}
