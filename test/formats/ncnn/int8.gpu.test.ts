/** int8 layers of ncnn on both backends, to the bit of plain loops that follow its arithmetic. */
import { afterAll, describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import { closeGpu } from '../../helpers/gpu-device.ts';
import { afterSum, int8Of, plainInt8Conv, type PlainInt8Conv, type PlainMap } from '../../helpers/ncnn-int8.ts';
import { ncnnFiles, runNcnn, type NcnnBlob } from '../../helpers/ncnn-net.ts';
import { randomSource } from '../../helpers/random.ts';

afterAll(closeGpu);

const random = randomSource(11);
const integers = (count: number): number[] => range(count).map(() => Math.floor(random() * 255) - 127);
const floats = (count: number, size: number): number[] =>
  range(count).map(() => Math.fround((random() * 2 - 1) * size));
const scales = (count: number): number[] => range(count).map((i) => Math.fround(20 + 7.3 * i));

/** Numbers that a scale of 2 brings to ties, and some beyond all integers. */
function tied(count: number): number[] {
  return range(count).map((i) => (i % 11 === 0 ? (i % 2 ? 90 : -90) : (Math.floor(random() * 200) - 100) / 4));
}

function mapOf(c: number, h: number, w: number, data: readonly number[]): PlainMap {
  return { c, h, w, data };
}

const tensorOfMap = ({ c, h, w, data }: PlainMap, dtype: 'float32' | 'int8' = 'float32'): Tensor =>
  tensorOf(dtype, [1, c, h, w], data);

const relu = (v: number): number => Math.max(v, 0);
const leaky = (v: number): number => (v > 0 ? v : Math.fround(v * Math.fround(0.1)));
const clipped = (v: number): number => Math.min(Math.max(v, -1), 2);

/** Parameters of the window, and of the activation that the layer has. */
function line(
  type: string,
  name: string,
  [from, to]: readonly [string, string],
  conv: PlainInt8Conv,
  rest: string,
): string {
  const { outputs, kernel, stride = 1, pad = 0, dilation = 1, weights, bias, group = 1 } = conv;
  const pads = rest.includes(' 4=') ? '' : `4=${pad} `;
  const own = `0=${outputs} 1=${kernel} 2=${dilation} 3=${stride} ${pads}5=${bias ? 1 : 0} 6=${weights.length}`;
  return `${type} ${name} 1 1 ${from} ${to} ${own} ${group > 1 ? `7=${group} ` : ''}${rest}`;
}

/** Blobs of the layer as the file has them; `one` scale stands for all where the term says so. */
function blobsOf(conv: PlainInt8Conv, fileScales: readonly number[], weights?: NcnnBlob): NcnnBlob[] {
  return [
    weights ?? { int8: conv.weights },
    ...(conv.bias ? [{ plain: conv.bias }] : []),
    { plain: fileScales },
    { plain: [conv.inputScale] },
    ...(conv.outputScale === undefined ? [] : [{ plain: [conv.outputScale] }]),
  ];
}

interface Int8Case {
  readonly name: string;
  readonly lines: readonly string[];
  readonly blobs: readonly NcnnBlob[];
  readonly x: Tensor;
  readonly expected: Tensor;
}

function single(
  name: string,
  type: string,
  x: PlainMap,
  conv: PlainInt8Conv,
  {
    rest,
    fileScales = conv.weightScales,
    weights,
  }: { rest: string; fileScales?: readonly number[]; weights?: NcnnBlob },
): Int8Case {
  return {
    name,
    lines: [`Input in 0 1 x 0=${x.w} 1=${x.h} 2=${x.c}`, line(type, 'conv', ['x', 'y'], conv, rest)],
    blobs: blobsOf(conv, fileScales, weights),
    x: tensorOfMap(x),
    expected: tensorOfMap(plainInt8Conv(x, conv), conv.outputScale === undefined ? 'float32' : 'int8'),
  };
}

function convCases(): Int8Case[] {
  const x = mapOf(5, 9, 7, tied(5 * 63));
  const plain: PlainInt8Conv = {
    outputs: 6,
    kernel: 3,
    pad: 1,
    weights: integers(6 * 5 * 9),
    bias: floats(6, 3),
    weightScales: scales(6),
    inputScale: 2,
  };
  const real = floats(6 * 5 * 9, 2);
  const rounded = real.map((v, i) => int8Of(v, plain.weightScales[Math.floor(i / 45)] ?? 0));
  const wide = mapOf(64, 4, 5, floats(64 * 20, 5));
  return [
    single('3×3', 'Convolution', x, plain, { rest: '8=2' }),
    single('stride 2, ReLU', 'Convolution', x, { ...plain, stride: 2, activation: relu }, { rest: '8=1 9=1' }),
    single(
      'dilation 2, leaky ReLU, weights that are float32 in the file',
      'Convolution',
      x,
      { ...plain, weights: rounded, dilation: 2, activation: leaky },
      { rest: '8=2 9=2 -23310=1,0.1', weights: { flagged: real } },
    ),
    single('pads that follow from the extents', 'Convolution', x, { ...plain, stride: 2 }, { rest: '8=2 4=-233' }),
    single('a result of integers', 'Convolution', x, { ...plain, outputScale: 1.7 }, { rest: '8=102' }),
    single(
      'integers, clipped before',
      'Convolution',
      x,
      { ...plain, outputScale: 33.3, activation: clipped },
      { rest: '8=102 9=3 -23310=2,-1.0,2.0' },
    ),
    single('a scale of 0', 'Convolution', x, { ...plain, weightScales: [20, 0, 30, 0, 5, 6] }, { rest: '8=2' }),
    single(
      '1×1 of many channels, without bias',
      'Convolution',
      wide,
      { outputs: 24, kernel: 1, weights: integers(64 * 24), weightScales: scales(24), inputScale: 25.4 },
      { rest: '8=2' },
    ),
  ];
}

function groupedCases(): Int8Case[] {
  const x = mapOf(8, 6, 7, floats(8 * 42, 4));
  const depthwise: PlainInt8Conv = {
    outputs: 8,
    group: 8,
    kernel: 3,
    pad: 1,
    weights: integers(8 * 9),
    bias: floats(8, 1),
    weightScales: scales(8),
    inputScale: 31.7,
  };
  const perGroup = [11, 23];
  const groups: PlainInt8Conv = {
    outputs: 6,
    group: 2,
    kernel: 3,
    weights: integers(6 * 4 * 9),
    weightScales: [0, 1, 2, 3, 4, 5].map((o) => perGroup[Math.floor(o / 3)] ?? 0),
    inputScale: 31.7,
  };
  const type = 'ConvolutionDepthWise';
  return [
    single('depthwise, a scale for each', type, x, { ...depthwise, activation: relu }, { rest: '8=1 9=1' }),
    single(
      'depthwise, one scale for all',
      type,
      x,
      { ...depthwise, weightScales: range(8).map(() => 17.5) },
      { rest: '8=2', fileScales: [17.5] },
    ),
    single('depthwise to integers', type, x, { ...depthwise, stride: 2, outputScale: 4.4 }, { rest: '8=101' }),
    single('two groups', type, x, groups, { rest: '8=1', fileScales: perGroup }),
  ];
}

/** Integers that two convolutions hand on, one of them by a Split. */
function chain(): Int8Case {
  const x = mapOf(3, 8, 8, floats(3 * 64, 2));
  const first: PlainInt8Conv = {
    outputs: 16,
    kernel: 3,
    pad: 1,
    stride: 2,
    weights: integers(16 * 27),
    bias: floats(16, 1),
    weightScales: scales(16),
    inputScale: 61.1,
    outputScale: 2.9,
    activation: relu,
  };
  const second: PlainInt8Conv = {
    outputs: 16,
    group: 16,
    kernel: 3,
    pad: 1,
    weights: integers(16 * 9),
    weightScales: scales(16),
    inputScale: 2.9,
    outputScale: 1.3,
    takesIntegers: true,
  };
  const third: PlainInt8Conv = {
    outputs: 5,
    kernel: 1,
    weights: integers(5 * 16),
    bias: floats(5, 1),
    weightScales: scales(5),
    inputScale: 1.3,
    takesIntegers: true,
  };
  return {
    name: 'layers that hand integers on',
    lines: [
      'Input in 0 1 x 0=8 1=8 2=3',
      line('Convolution', 'first', ['x', 'a'], first, '8=102 9=1'),
      line('ConvolutionDepthWise', 'second', ['a', 'b'], second, '8=101'),
      'Split split 1 1 b c',
      line('Convolution', 'third', ['c', 'y'], third, '8=2'),
    ],
    blobs: [
      ...blobsOf(first, first.weightScales),
      ...blobsOf(second, second.weightScales),
      ...blobsOf(third, third.weightScales),
    ],
    x: tensorOfMap(x),
    expected: tensorOfMap(plainInt8Conv(plainInt8Conv(plainInt8Conv(x, first), second), third)),
  };
}

/** Seven outputs of 24 numbers, ReLU. */
const PRODUCT = `InnerProduct product 1 1 x y 0=7 1=1 2=${7 * 24} 8=2 9=1`;

/** Products of all of a map, and of each row of a matrix. */
function products(): Int8Case[] {
  const layer = { weights: integers(7 * 24), bias: floats(7, 2), weightScales: scales(7), inputScale: 2 };
  const rows = (data: readonly number[]): number[] =>
    range(data.length / 24).flatMap((row) =>
      range(7).map((o) => {
        const sum = range(24).reduce(
          (s, k) => s + int8Of(data[row * 24 + k] ?? 0, layer.inputScale) * (layer.weights[o * 24 + k] ?? 0),
          0,
        );
        return afterSum(sum, o, { ...layer, activation: relu });
      }),
    );
  const blobs = [
    { int8: layer.weights },
    { plain: layer.bias },
    { plain: layer.weightScales },
    { plain: [layer.inputScale] },
  ];
  const map = mapOf(2, 3, 4, tied(24));
  const vector = tensorOf('float32', [1, 7], rows(map.data));
  const matrix = tensorOf('float32', [1, 5, 24], tied(120));
  return [
    {
      name: 'a product of a map',
      lines: ['Input in 0 1 x 0=4 1=3 2=2', PRODUCT],
      blobs,
      x: tensorOfMap(map),
      expected: vector,
    },
    {
      name: 'a product of rows',
      lines: ['Input in 0 1 x 0=24 1=5', PRODUCT],
      blobs,
      x: matrix,
      expected: tensorOf('float32', [1, 5, 7], rows([...matrix.data])),
    },
  ];
}

/** A vector is a lone pixel to a convolution of 1×1. */
function ofVector(): Int8Case {
  const data = tied(24);
  const layer = { weights: integers(7 * 24), bias: floats(7, 2), weightScales: scales(7), inputScale: 2 };
  const conv = { ...layer, outputs: 7, kernel: 1, activation: leaky };
  const { data: expected } = plainInt8Conv(mapOf(24, 1, 1, data), conv);
  return {
    name: 'a convolution of a vector',
    lines: ['Input in 0 1 x 0=24', line('Convolution', 'conv', ['x', 'y'], conv, '8=2 9=2 -23310=1,0.1')],
    blobs: blobsOf(conv, conv.weightScales),
    x: tensorOf('float32', [1, 24], data),
    expected: tensorOf('float32', [1, 7], expected),
  };
}

const CASES = [...convCases(), ...groupedCases(), chain(), ofVector(), ...products()];

describe.each(['cpu', 'webgpu'] as const)('%s', (backend) => {
  it.each(CASES)('$name', async ({ lines, blobs, x, expected }) => {
    const { y } = await runNcnn(ncnnFiles(lines, blobs), { x }, backend);
    expect(y).toEqual(expected);
  });
});
