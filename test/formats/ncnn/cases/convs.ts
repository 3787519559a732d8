/** Convolutions, and transposed ones. */
import { mapped, numbers, randomBlob, type NcnnCase } from '../../../helpers/ncnn-case.ts';
import {
  bordered,
  plainConv,
  plainCut,
  plainDeconv,
  sameBorder,
  type PlainBlob,
  type PlainBorder,
  type PlainConv,
} from '../../../helpers/ncnn-plain.ts';

const sides = (top: number, bottom: number, left: number, right: number): PlainBorder => ({ top, bottom, left, right });
const none = sides(0, 0, 0, 0);

/** Parameters that say a convolution, without its border. */
function paramsOf({ outputs, kernel, stride = [1, 1], dilation = [1, 1], group, weights, bias }: PlainConv): string {
  const window = `1=${kernel[1]} 11=${kernel[0]} 2=${dilation[1]} 12=${dilation[0]} 3=${stride[1]} 13=${stride[0]}`;
  return `0=${outputs} ${window} 5=${bias ? 1 : 0} 6=${weights.length}${group === undefined ? '' : ` 7=${group}`}`;
}

interface WindowCase {
  readonly name: string;
  readonly type: string;
  readonly x: PlainBlob;
  readonly conv: PlainConv;
  readonly params?: string;
  readonly expected: (y: (border: PlainBorder, value?: number) => PlainBlob) => PlainBlob;
}

function convCase({ name, type, x, conv, params = '', expected }: WindowCase): NcnnCase {
  const { weights, bias, kernel, group = 1 } = conv;
  return {
    name,
    layer: `${type} ${paramsOf(conv)} ${params}`.trim(),
    inputs: [x],
    weights: [{ flagged: weights }, ...(bias ? [{ plain: bias }] : [])],
    expected: [expected((border, value = 0) => plainConv(bordered(x, border, value), conv))],
    terms: (kernel[0] * kernel[1] * (x.extents[0] ?? 0)) / group,
  };
}

const image = randomBlob(3, 9, 8);
const three: PlainConv = { outputs: 4, kernel: [3, 2], weights: numbers(4 * 3 * 6), bias: numbers(4) };
const strided: PlainConv = { outputs: 2, kernel: [3, 3], stride: [2, 3], weights: numbers(2 * 3 * 9) };
const groups: PlainConv = { outputs: 4, kernel: [3, 3], group: 2, weights: numbers(4 * 2 * 9), bias: numbers(4) };
const depthwise: PlainConv = { outputs: 4, kernel: [3, 3], group: 4, weights: numbers(4 * 9) };
const four = randomBlob(4, 7, 6);

const CONVOLUTIONS: NcnnCase[] = [
  convCase({
    name: 'a convolution with four pads',
    type: 'Convolution',
    x: image,
    conv: three,
    params: '4=1 15=0 14=2 16=1',
    expected: (y) => y(sides(2, 1, 1, 0)),
  }),
  convCase({
    name: 'a convolution, dilated',
    type: 'Convolution',
    x: image,
    conv: { ...three, dilation: [2, 3] },
    expected: (y) => y(none),
  }),
  convCase({
    name: 'a convolution whose border is no zero',
    type: 'Convolution',
    x: image,
    conv: three,
    params: '4=1 18=0.75',
    expected: (y) => y(sides(1, 1, 1, 1), 0.75),
  }),
  ...([-233, -234] as const).map((pad) =>
    convCase({
      name: `a convolution with pads ${pad}`,
      type: 'Convolution',
      x: image,
      conv: { ...strided, stride: [2, 2] },
      params: `4=${pad}`,
      expected: (y) => y(sameBorder(image, { kernel: 3, stride: 2 }, pad === -233)),
    }),
  ),
  convCase({
    name: 'a convolution with strides',
    type: 'Convolution',
    x: image,
    conv: strided,
    expected: (y) => y(none),
  }),
  convCase({ name: 'groups', type: 'ConvolutionDepthWise', x: four, conv: groups, expected: (y) => y(none) }),
  convCase({
    name: 'each channel alone',
    type: 'ConvolutionDepthWise',
    x: four,
    conv: depthwise,
    params: '4=1',
    expected: (y) => y(sides(1, 1, 1, 1)),
  }),
  ...activated(),
  {
    name: 'a convolution of a vector',
    layer: 'Convolution 0=2 1=1 5=1 6=6',
    inputs: [{ extents: [3], data: [1, 2, 3] }],
    weights: [{ flagged: [1, 2, 3, 4, 5, 6] }, { plain: [0.5, -0.5] }],
    expected: [{ extents: [2], data: [14.5, 31.5] }],
  },
  series(),
];

/** The functions behind a layer. */
function activated(): NcnnCase[] {
  const functions: readonly (readonly [string, (v: number) => number])[] = [
    ['9=1', (v) => Math.max(v, 0)],
    ['9=2 -23310=1,0.1', (v) => (v > 0 ? v : 0.1 * v)],
    ['9=3 -23310=2,-0.5,0.75', (v) => Math.min(Math.max(v, -0.5), 0.75)],
    ['9=4', (v) => 1 / (1 + Math.exp(-v))],
    ['9=5', (v) => v * Math.tanh(Math.log(1 + Math.exp(v)))],
    ['9=6 -23310=2,0.2,0.5', (v) => v * Math.min(Math.max(0.2 * v + 0.5, 0), 1)],
    ['9=6 10=1.666667e-01,0.5', (v) => v * Math.min(Math.max(v / 6 + 0.5, 0), 1)],
  ];
  return functions.map(([params, f]) =>
    convCase({
      name: `a convolution and ${params}`,
      type: 'Convolution',
      x: image,
      conv: three,
      params,
      expected: (y) => mapped(y(none), f),
    }),
  );
}

/** Rows are channels of a series. */
function series(): NcnnCase {
  const x = randomBlob(3, 10);
  const weights = numbers(2 * 3 * 3);
  const y = plainConv(bordered({ ...x, extents: [3, 1, 10] }, sides(0, 0, 2, 1), 0), {
    outputs: 2,
    kernel: [1, 3],
    stride: [1, 2],
    weights,
  });
  return {
    name: 'a convolution of a series',
    layer: 'Convolution1D 0=2 1=3 3=2 4=2 15=1 6=18',
    inputs: [x],
    weights: [{ flagged: weights }],
    expected: [{ ...y, extents: [2, y.extents[2] ?? 0] }],
    terms: 9,
  };
}

const up: PlainConv = { outputs: 3, kernel: [4, 3], stride: [2, 2], weights: numbers(3 * 2 * 12), bias: numbers(3) };
const upGroups: PlainConv = { outputs: 4, kernel: [3, 3], stride: [2, 1], group: 2, weights: numbers(4 * 2 * 9) };
const small = randomBlob(2, 5, 4);

const dilated: PlainConv = { ...up, dilation: [1, 2] };

const DECONVOLUTIONS: NcnnCase[] = [
  deconvCase('a transposed convolution', '', plainDeconv(small, up)),
  deconvCase('its output cut', '4=1 15=0 14=2 16=1', plainCut(plainDeconv(small, up), sides(2, 1, 1, 0))),
  deconvCase('its output longer', '4=1 18=1 19=1', plainCut(plainDeconv(small, up, [1, 1]), sides(1, 1, 1, 1))),
  // 10 × 8 of 12 × 9 are left.
  deconvCase('pads that follow', '4=-233 20=8 21=10', plainCut(plainDeconv(small, up), sides(1, 1, 0, 1))),
  deconvCase('pads that follow, before', '4=-234 20=8 21=10', plainCut(plainDeconv(small, up), sides(1, 1, 1, 0))),
  deconvCase('pads that follow from no extents', '4=-233', plainDeconv(small, up)),
  deconvCase('of groups', '', plainDeconv(four, upGroups), { x: four, conv: upGroups, type: 'DeconvolutionDepthWise' }),
  deconvCase(
    'dilated',
    '9=1',
    mapped(plainDeconv(small, dilated), (v) => Math.max(v, 0)),
    { conv: dilated },
  ),
];

function deconvCase(
  name: string,
  params: string,
  expected: PlainBlob,
  { x = small, conv = up, type = 'Deconvolution' }: { x?: PlainBlob; conv?: PlainConv; type?: string } = {},
): NcnnCase {
  const { weights, bias } = conv;
  return {
    name: `Deconvolution: ${name}`,
    layer: `${type} ${paramsOf(conv)} ${params}`.trim(),
    inputs: [x],
    weights: [{ flagged: weights }, ...(bias ? [{ plain: bias }] : [])],
    expected: [expected],
    terms: 24,
  };
}

/** Layers of weights and windows. */
export const CONV_CASES: readonly NcnnCase[] = [...CONVOLUTIONS, ...DECONVOLUTIONS];
