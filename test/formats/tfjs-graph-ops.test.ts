/** Operators of graph models against TensorFlow.js: one small GraphDef each, random operands, the CPU reference. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { product } from '../../src/util/arrays.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { attr, GraphDef, importerOf, randomFeeds, runReference, type Attr } from '../helpers/tfjs-models.ts';
import { tfjsPredict } from '../helpers/tfjs-oracle.ts';
import { CROP_BOXES } from '../ops/cases/sample/crop-and-resize.ts';

type Attrs = Readonly<Record<string, Attr>>;

interface GraphCase {
  readonly name: string;
  /** Shape of the input `x`; none when the case makes its own. */
  readonly shape?: readonly number[];
  readonly dtype?: string;
  readonly build: (g: GraphDef, x: string) => void;
}

const random = randomSource(11);
const floats = (shape: readonly number[], low = -1, high = 1): Tensor =>
  randomTensor('float32', shape, random, low, high);
const scalar = (value: number): Tensor => tensorOf('float32', [], [value]);
const NHWC = attr.s('NHWC');

function window(padding: string, stride = 1, dilation = 1, more: Attrs = {}): Attrs {
  return {
    strides: attr.ints([1, stride, stride, 1]),
    dilations: attr.ints([1, dilation, dilation, 1]),
    padding: attr.s(padding),
    data_format: NHWC,
    explicit_paddings: attr.ints([]),
    ...more,
  };
}

function conv(op: string, filter: readonly number[], attributes: Attrs, extra: readonly Tensor[] = []) {
  return (g: GraphDef, x: string): void => {
    g.node(op, [x, g.constant(floats(filter)), ...extra.map((t) => g.constant(t))], attributes);
  };
}

const fused = (ops: readonly string[], args: number, more: Attrs = {}): Attrs => ({
  fused_ops: attr.strings(ops),
  num_args: attr.i(args),
  ...more,
});

const convolutions: GraphCase[] = [
  ...['SAME', 'VALID'].flatMap((padding) =>
    [7, 8].flatMap((size) =>
      [1, 2].map((stride) => ({
        name: `Conv2D ${padding} stride ${stride} on ${size}`,
        shape: [2, size, size + 1, 3],
        build: conv('Conv2D', [3, 3, 3, 5], window(padding, stride)),
      })),
    ),
  ),
  { name: 'Conv2D dilation 2', shape: [1, 9, 9, 3], build: conv('Conv2D', [3, 3, 3, 4], window('SAME', 1, 2)) },
  ...(
    [
      ['SAME', 2, 3, [7, 10]],
      ['SAME', 2, 3, [8, 9]],
      ['SAME', 3, 2, [12, 15]],
      ['VALID', 2, 3, [9, 11]],
      ['VALID', 3, 2, [11, 16]],
    ] as const
  ).map(([padding, stride, kernel, [h, w]]) => ({
    name: `Conv2DBackpropInput ${padding} stride ${stride} kernel ${kernel} to ${h}x${w}`,
    shape: [2, 4, 5, 3],
    build: (g: GraphDef, x: string) =>
      void g.node(
        'Conv2DBackpropInput',
        [g.ints([2, h, w, 4]), g.constant(floats([kernel, kernel, 4, 3])), x],
        window(padding, stride),
      ),
  })),
  {
    name: 'Conv2DBackpropInput to computed extents',
    shape: [2, 4, 5, 3],
    build: (g, x) => {
      const sizes = g.node('Mul', [g.node('Shape', [x]), g.ints([1, 2, 2, 1])]);
      g.node('Conv2DBackpropInput', [sizes, g.constant(floats([3, 3, 3, 3])), x], window('SAME', 2));
    },
  },
  {
    name: 'Conv2D explicit padding',
    shape: [1, 6, 7, 2],
    build: conv('Conv2D', [3, 3, 2, 3], {
      ...window('EXPLICIT', 2),
      explicit_paddings: attr.ints([0, 0, 1, 2, 0, 1, 0, 0]),
    }),
  },
  ...[['BiasAdd'], ['BiasAdd', 'Relu'], ['BiasAdd', 'Relu6'], ['BiasAdd', 'Elu'], ['BiasAdd', 'Sigmoid']].map(
    (ops) => ({
      name: `_FusedConv2D ${ops.join('+')}`,
      shape: [1, 8, 7, 3],
      build: conv('_FusedConv2D', [3, 3, 3, 5], { ...window('SAME', 2), ...fused(ops, 1) }, [floats([5])]),
    }),
  ),
  {
    name: '_FusedConv2D BiasAdd+LeakyRelu',
    shape: [1, 8, 7, 3],
    build: conv(
      '_FusedConv2D',
      [3, 3, 3, 5],
      { ...window('SAME'), ...fused(['BiasAdd', 'LeakyRelu'], 1, { leakyrelu_alpha: attr.f(0.3) }) },
      [floats([5])],
    ),
  },
  {
    name: '_FusedConv2D BiasAdd+Prelu',
    shape: [1, 8, 7, 3],
    build: conv('_FusedConv2D', [3, 3, 3, 5], { ...window('SAME'), ...fused(['BiasAdd', 'Prelu'], 2) }, [
      floats([5]),
      floats([5]),
    ]),
  },
  ...[1, 2].flatMap((multiplier) =>
    [
      ['SAME', 2],
      ['VALID', 1],
    ].map(([padding = '', stride = 1]) => ({
      name: `DepthwiseConv2dNative ${padding} stride ${stride} multiplier ${multiplier}`,
      shape: [2, 8, 7, 3],
      build: conv('DepthwiseConv2dNative', [3, 3, 3, multiplier], window(String(padding), Number(stride))),
    })),
  ),
  {
    name: 'DepthwiseConv2dNative dilation 2',
    shape: [1, 9, 8, 4],
    build: conv('DepthwiseConv2dNative', [3, 3, 4, 1], window('SAME', 1, 2)),
  },
  {
    name: 'FusedDepthwiseConv2dNative BiasAdd+Relu6 multiplier 2',
    shape: [1, 7, 8, 3],
    build: conv(
      'FusedDepthwiseConv2dNative',
      [3, 3, 3, 2],
      { ...window('SAME', 2), ...fused(['BiasAdd', 'Relu6'], 1) },
      [floats([6])],
    ),
  },
  {
    name: 'SpaceToBatchND, Conv2D, BatchToSpaceND: a dilated convolution',
    shape: [1, 7, 9, 3],
    build: (g, x) => {
      const blocks = g.node('SpaceToBatchND', [x, g.ints([2, 2]), g.ints([2, 3, 2, 3], [2, 2])]);
      const y = g.node('Conv2D', [blocks, g.constant(floats([3, 3, 3, 4]))], window('VALID'));
      g.node('BatchToSpaceND', [y, g.ints([2, 2]), g.ints([0, 1, 0, 1], [2, 2])]);
    },
  },
  {
    name: 'SpaceToBatchND and BatchToSpaceND of one dimension of two, by computed margins',
    shape: [3, 7, 2, 5],
    build: (g, x) => {
      const margins = g.node('Sub', [g.ints([3, 2], [1, 2]), g.ints([1], [])]);
      const blocks = g.node('SpaceToBatchND', [x, g.ints([2]), margins]);
      g.node('BatchToSpaceND', [g.node('Relu', [blocks]), g.ints([2]), margins]);
    },
  },
];

const pools: GraphCase[] = ['MaxPool', 'AvgPool'].flatMap((op) =>
  ['SAME', 'VALID'].flatMap((padding) =>
    [7, 8].map((size) => ({
      name: `${op} ${padding} 3×3 stride 2 on ${size}`,
      shape: [1, size, size, 3],
      build: (g: GraphDef, x: string): void => {
        g.node(op, [x], { ...window(padding, 2), ksize: attr.ints([1, 3, 3, 1]) });
      },
    })),
  ),
);

/** Odd extents and strides, another for each dimension. */
const volumes: GraphCase[] = ['SAME', 'VALID'].flatMap((padding) => {
  const window3d = (strides: readonly number[], ksize?: readonly number[]): Attrs => ({
    strides: attr.ints([1, ...strides, 1]),
    padding: attr.s(padding),
    data_format: attr.s('NDHWC'),
    ...(ksize ? { ksize: attr.ints([1, ...ksize, 1]) } : { dilations: attr.ints([1, 1, 1, 1, 1]) }),
  });
  return [
    {
      name: `Conv3D ${padding}`,
      shape: [2, 5, 6, 7, 3],
      build: conv('Conv3D', [3, 2, 3, 3, 4], window3d([2, 1, 3])),
    },
    ...['MaxPool3D', 'AvgPool3D'].map((op) => ({
      name: `${op} ${padding}`,
      shape: [2, 5, 6, 7, 3],
      build: (g: GraphDef, x: string): void => void g.node(op, [x], window3d([2, 1, 3], [3, 2, 2])),
    })),
  ];
});

const products: GraphCase[] = [
  ...[false, true].map((transposed) => ({
    name: `MatMul transpose_b ${transposed}`,
    shape: [3, 5],
    build: (g: GraphDef, x: string): void => {
      g.node('MatMul', [x, g.constant(floats(transposed ? [4, 5] : [5, 4]))], { transpose_b: attr.b(transposed) });
    },
  })),
  {
    name: '_FusedMatMul BiasAdd+Relu',
    shape: [3, 5],
    build: (g, x) => {
      const operands = [g.constant(floats([5, 4])), g.constant(floats([4]))];
      g.node('_FusedMatMul', [x, ...operands], fused(['BiasAdd', 'Relu'], 1));
    },
  },
  {
    name: 'BatchMatMulV2 adj_x',
    shape: [2, 3, 5, 4],
    build: (g, x) => {
      g.node('BatchMatMulV2', [x, g.constant(floats([2, 3, 5, 6]))], { adj_x: attr.b(true) });
    },
  },
  {
    name: 'FusedBatchNormV3',
    shape: [2, 4, 5, 3],
    build: (g, x) => {
      const parameters = [floats([3]), floats([3]), floats([3]), floats([3], 0.5, 2)].map((t) => g.constant(t));
      g.node('FusedBatchNormV3', [x, ...parameters], { epsilon: attr.f(0.01), is_training: attr.b(false) });
    },
  },
  {
    name: 'BiasAdd',
    shape: [1, 4, 4, 3],
    build: (g, x) => void g.node('BiasAdd', [x, g.constant(floats([3]))], { data_format: NHWC }),
  },
];

const UNARY_SIGNED = ['Abs', 'Neg', 'Exp', 'Square', 'Sign', 'Floor', 'Ceil', 'Round', 'Sin', 'Cos', 'Erf'];
const UNARY_POSITIVE = ['Log', 'Sqrt', 'Rsqrt', 'Reciprocal'];
const ACTIVATIONS = ['Relu', 'Relu6', 'Elu', 'Selu', 'Sigmoid', 'Tanh', 'Softplus', 'Softmax', 'LogSoftmax'];
const BINARY = ['Add', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference', 'FloorMod'];
const COMPARE = ['Equal', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'GreaterEqual'];

const elementwise: GraphCase[] = [
  ...UNARY_SIGNED.map((op) => ({
    name: op,
    shape: [3, 4],
    build: (g: GraphDef, x: string) => void g.node(op, [scaled(g, x, 3)]),
  })),
  ...ACTIVATIONS.map((op) => ({
    name: op,
    shape: [3, 5],
    build: (g: GraphDef, x: string) => void g.node(op, [scaled(g, x, 8)]),
  })),
  ...UNARY_POSITIVE.map((op) => ({
    name: op,
    shape: [3, 4],
    build: (g: GraphDef, x: string) => void g.node(op, [g.node('AddV2', [g.constant(scalar(1.1)), x])]),
  })),
  ...BINARY.map((op) => ({
    name: `${op}, broadcast`,
    shape: [2, 3, 4],
    build: (g: GraphDef, x: string) => void g.node(op, [x, g.constant(floats([3, 1], 0.2, 0.9))]),
  })),
  ...COMPARE.map((op) => ({
    name: `${op} and Cast`,
    shape: [2, 9],
    build: (g: GraphDef, x: string) => {
      const equal = g.node('Cast', [x], { DstT: attr.type('DT_INT32') });
      const y = g.node(op, [scaled(g, x, 2), g.node('Cast', [equal], { DstT: attr.type('DT_FLOAT') })]);
      g.node('Cast', [y], { SrcT: attr.type('DT_BOOL'), DstT: attr.type('DT_FLOAT') });
    },
  })),
  ...['RealDiv', 'FloorDiv', 'FloorMod', 'Mod'].map((op) => ({
    name: `${op} of negative integers`,
    shape: [2, 7],
    dtype: 'DT_INT32',
    build: (g: GraphDef, x: string) => {
      const negative = g.node('Sub', [x, g.ints([100], [])], { T: attr.type('DT_INT32') });
      g.node(op, [negative, g.ints([7], [])], { T: attr.type('DT_INT32') });
    },
  })),
  {
    // TensorFlow.js gives int32 for the floored quotient of floats; TensorFlow, and the engine, keep the type.
    name: 'FloorDiv of floats',
    shape: [2, 9],
    build: (g, x) => {
      const y = g.node('FloorDiv', [scaled(g, x, 9), g.constant(scalar(0.7))]);
      g.node('Cast', [y], { DstT: attr.type('DT_INT32') });
    },
  },
  { name: 'Pow', shape: [5], build: (g, x) => void g.node('Pow', [g.node('Exp', [x]), g.constant(scalar(1.7))]) },
  { name: 'AddN', shape: [5], build: (g, x) => void g.node('AddN', [x, x, g.constant(floats([5]))], { N: attr.i(3) }) },
  { name: 'LeakyRelu', shape: [9], build: (g, x) => void g.node('LeakyRelu', [x], { alpha: attr.f(0.15) }) },
  { name: 'Prelu', shape: [2, 3, 4, 5], build: (g, x) => void g.node('Prelu', [x, g.constant(floats([5]))]) },
  {
    name: 'ClipByValue',
    shape: [9],
    build: (g, x) => void g.node('ClipByValue', [x, g.constant(scalar(-0.4)), g.constant(scalar(0.3))]),
  },
  {
    name: 'SelectV2, LogicalAnd, LogicalNot',
    shape: [4, 5],
    build: (g, x) => {
      const positive = g.node('Greater', [x, g.constant(scalar(0))]);
      const small = g.node('LogicalNot', [g.node('Greater', [x, g.constant(scalar(0.5))])]);
      g.node('SelectV2', [g.node('LogicalAnd', [positive, small]), x, g.constant(scalar(-3))]);
    },
  },
];

function scaled(g: GraphDef, x: string, factor: number): string {
  return g.node('Mul', [x, g.constant(scalar(factor))]);
}

interface Strided {
  readonly begin: readonly number[];
  readonly end: readonly number[];
  readonly strides: readonly number[];
  readonly masks?: Readonly<Record<string, number>>;
}

const strided: readonly Strided[] = [
  { begin: [0, 1, 2], end: [2, 4, 5], strides: [1, 2, 1] },
  { begin: [0, 1, 0], end: [0, 3, 0], strides: [1, 1, 2], masks: { begin_mask: 5, end_mask: 5 } },
  { begin: [1, 0], end: [2, 0], strides: [1, 1], masks: { shrink_axis_mask: 1, end_mask: 2 } },
  { begin: [-1], end: [0], strides: [1], masks: { shrink_axis_mask: 1 } },
  { begin: [0, -1], end: [0, -4], strides: [1, -1], masks: { begin_mask: 1, end_mask: 1 } },
  { begin: [0, 0], end: [0, 0], strides: [1, -2], masks: { begin_mask: 3, end_mask: 3 } },
  { begin: [0, 1], end: [0, 3], strides: [1, 1], masks: { ellipsis_mask: 1 } },
  { begin: [0, 0, 2], end: [1, 0, 3], strides: [1, 1, 1], masks: { ellipsis_mask: 2, shrink_axis_mask: 5 } },
  { begin: [0, 0, 1], end: [0, 0, 3], strides: [1, 1, 1], masks: { new_axis_mask: 1, begin_mask: 2, end_mask: 2 } },
  { begin: [0, 0, 0], end: [0, 0, 0], strides: [1, 1, 1], masks: { ellipsis_mask: 1, new_axis_mask: 2, end_mask: 4 } },
];

const slices: GraphCase[] = [
  ...strided.map(({ begin, end, strides, masks = {} }) => ({
    name: `StridedSlice [${begin}] [${end}] [${strides}] ${JSON.stringify(masks)}`,
    shape: [3, 4, 5],
    build: (g: GraphDef, x: string): void => {
      const attributes = Object.fromEntries(Object.entries(masks).map(([key, value]) => [key, attr.i(value)]));
      g.node('StridedSlice', [x, g.ints(begin), g.ints(end), g.ints(strides)], attributes);
    },
  })),
  {
    name: 'StridedSlice with bounds from a shape',
    shape: [3, 4, 5],
    build: (g, x) => {
      const rows = g.node('StridedSlice', [g.node('Shape', [x]), g.ints([1]), g.ints([2]), g.ints([1])], {});
      const half = g.node('FloorDiv', [rows, g.ints([2])], { T: attr.type('DT_INT32') });
      const end = g.node('ConcatV2', [g.ints([0]), half, g.ints([0], [])], { N: attr.i(2) });
      g.node('StridedSlice', [x, g.ints([0, 0]), end, g.ints([1, 1])], { end_mask: attr.i(1), begin_mask: attr.i(3) });
    },
  },
  {
    name: 'Slice',
    shape: [3, 4, 5],
    build: (g, x) => void g.node('Slice', [x, g.ints([1, 0, 2]), g.ints([2, -1, 3])]),
  },
  {
    name: 'Slice with a computed size',
    shape: [3, 4],
    build: (g, x) => {
      const size = g.node('Sub', [g.node('Shape', [x]), g.ints([1, 2])], { T: attr.type('DT_INT32') });
      g.node('Slice', [x, g.ints([1, 2]), size]);
    },
  },
];

const shapes: GraphCase[] = [
  { name: 'Reshape −1', shape: [2, 3, 4], build: (g, x) => void g.node('Reshape', [x, g.ints([3, -1])]) },
  {
    name: 'Squeeze',
    shape: [1, 3, 1, 4],
    build: (g, x) => void g.node('Squeeze', [x], { squeeze_dims: attr.ints([2]) }),
  },
  { name: 'ExpandDims', shape: [3, 4], build: (g, x) => void g.node('ExpandDims', [x, g.ints([-1], [])]) },
  { name: 'Transpose', shape: [2, 3, 4], build: (g, x) => void g.node('Transpose', [x, g.ints([2, 0, 1])]) },
  {
    name: 'ConcatV2',
    shape: [2, 3],
    build: (g, x) => void g.node('ConcatV2', [x, g.constant(floats([2, 2])), g.ints([-1], [])], { N: attr.i(2) }),
  },
  { name: 'Concat', shape: [2, 3], build: (g, x) => void g.node('Concat', [g.ints([0], []), x, x], { N: attr.i(2) }) },
  {
    name: 'Split, SplitV and their numbered outputs',
    shape: [2, 6],
    build: (g, x) => {
      const halves = g.node('Split', [g.ints([1], []), x], { num_split: attr.i(2) });
      const parts = g.node('SplitV', [x, g.ints([1, 3, 2]), g.ints([1], [])], { num_split: attr.i(3) });
      g.node('Sub', [`${halves}:1`, `${parts}:1`]);
    },
  },
  {
    name: 'Unpack and Pack',
    shape: [2, 3, 4],
    build: (g, x) => {
      const rows = g.node('Unpack', [x], { axis: attr.i(1), num: attr.i(3) });
      g.node('Pack', [`${rows}:2`, rows], { axis: attr.i(-1), N: attr.i(2) });
    },
  },
  { name: 'Pad', shape: [2, 3], build: (g, x) => void g.node('Pad', [x, g.ints([1, 0, 0, 2], [2, 2])]) },
  {
    name: 'PadV2',
    shape: [2, 3],
    build: (g, x) => void g.node('PadV2', [x, g.ints([1, 0, 0, 2], [2, 2]), g.constant(scalar(9))]),
  },
  {
    name: 'MirrorPad',
    shape: [3, 4],
    build: (g, x) => void g.node('MirrorPad', [x, g.ints([1, 2, 2, 0], [2, 2])], { mode: attr.s('REFLECT') }),
  },
  {
    name: 'GatherV2',
    shape: [4, 5],
    build: (g, x) => void g.node('GatherV2', [x, g.ints([3, 0, 3]), g.ints([1], [])], { batch_dims: attr.i(0) }),
  },
  { name: 'GatherNd', shape: [4, 5, 3], build: (g, x) => void g.node('GatherNd', [x, g.ints([3, 1, 0, 4], [2, 2])]) },
  { name: 'Tile', shape: [2, 3], build: (g, x) => void g.node('Tile', [x, g.ints([2, 3])]) },
  { name: 'BroadcastTo', shape: [2, 1], build: (g, x) => void g.node('BroadcastTo', [x, g.ints([3, 2, 4])]) },
  {
    name: 'Fill',
    shape: [2],
    build: (g, x) => void g.node('Mul', [x, g.node('Fill', [g.ints([3, 2]), g.constant(scalar(2.5))])]),
  },
  {
    name: 'Range, Size, Rank',
    shape: [2, 3],
    build: (g, x) => {
      const int = { Tidx: attr.type('DT_INT32') };
      const sum = g.node('AddV2', [g.node('Size', [x]), g.node('Rank', [x])]);
      const steps = g.node('Range', [g.ints([1], []), g.ints([12], []), g.ints([2], [])], int);
      g.node('AddV2', [sum, steps]);
    },
  },
  {
    name: 'DepthToSpace',
    shape: [1, 2, 3, 8],
    build: (g, x) => void g.node('DepthToSpace', [x], { block_size: attr.i(2), data_format: NHWC }),
  },
  ...['ZerosLike', 'OnesLike'].map((op) => ({
    name: op,
    shape: [2, 3],
    build: (g: GraphDef, x: string) => void g.node(op, [x]),
  })),
];

const resizes: GraphCase[] = ['ResizeBilinear', 'ResizeNearestNeighbor'].flatMap((op) =>
  [
    { align_corners: false, half_pixel_centers: false },
    { align_corners: true, half_pixel_centers: false },
    { align_corners: false, half_pixel_centers: true },
  ].flatMap((mode) =>
    [
      [8, 11],
      [3, 2],
    ].map((size) => ({
      name: `${op} to ${size} ${JSON.stringify(mode)}`,
      shape: [1, 4, 5, 3],
      build: (g: GraphDef, x: string): void => {
        const attributes = Object.fromEntries(Object.entries(mode).map(([key, value]) => [key, attr.b(value)]));
        g.node(op, [x, g.ints(size)], attributes);
      },
    })),
  ),
);

/** Of two images, to one pixel and to several, the last of an integer image. */
const crops: GraphCase[] = (['bilinear', 'nearest'] as const).flatMap((method) =>
  [
    { size: [3, 5], shape: [2, 7, 9, 3], type: 'DT_FLOAT' },
    { size: [1, 1], shape: [1, 5, 3, 4], type: 'DT_FLOAT' },
    { size: [9, 2], shape: [2, 1, 6, 1], type: 'DT_INT32' },
  ].map(({ size, shape, type }) => ({
    name: `CropAndResize to ${size.join(' × ')} ${method} of ${type}`,
    shape,
    dtype: type,
    build: (g: GraphDef, x: string): void => {
      const images = CROP_BOXES.map((_, i) => i % (shape[0] ?? 1));
      const boxes = g.constant(tensorOf('float32', [CROP_BOXES.length, 4], CROP_BOXES.flat()));
      g.node('CropAndResize', [x, boxes, g.ints(images), g.ints(size)], {
        method: attr.s(method),
        extrapolation_value: attr.f(-3.5),
        T: attr.type(type),
      });
    },
  })),
);

const reductions: GraphCase[] = [
  ...[
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ].map(([exclusive = false, reverse = false]) => ({
    name: `Cumsum${exclusive ? ', exclusive' : ''}${reverse ? ', reverse' : ''}`,
    shape: [2, 5, 3],
    build: (g: GraphDef, x: string) =>
      void g.node('Cumsum', [x, g.ints([exclusive ? 1 : 2], [])], {
        exclusive: attr.b(exclusive),
        reverse: attr.b(reverse),
      }),
  })),
  ...['Sum', 'Mean', 'Max', 'Min', 'Prod'].flatMap((op) =>
    [true, false].map((keep) => ({
      name: `${op} keep_dims ${keep}`,
      shape: [2, 3, 4],
      build: (g: GraphDef, x: string) => void g.node(op, [x, g.ints([0, 2])], { keep_dims: attr.b(keep) }),
    })),
  ),
  ...['ArgMax', 'ArgMin'].map((op) => ({
    name: op,
    shape: [2, 7, 3],
    build: (g: GraphDef, x: string) => void g.node(op, [x, g.ints([1], [])]),
  })),
  {
    name: 'Any and All',
    shape: [3, 4],
    build: (g, x) => {
      const positive = g.node('Greater', [x, g.constant(scalar(0))]);
      const axis = g.ints([1]);
      const cast = { DstT: attr.type('DT_FLOAT') };
      const any = g.node('Cast', [g.node('Any', [positive, axis], {})], cast);
      g.node('Sub', [any, g.node('Cast', [g.node('All', [positive, axis], {})], cast)]);
    },
  },
  {
    name: 'TopKV2 values and indices',
    shape: [2, 9],
    build: (g, x) => {
      const top = g.node('TopKV2', [x, g.ints([4], [])], { sorted: attr.b(true) });
      g.node('Sub', [top, g.node('Cast', [`${top}:1`], { DstT: attr.type('DT_FLOAT') })]);
    },
  },
  {
    name: 'Atan2',
    shape: [5, 7],
    build: (g, x) => void g.node('Atan2', [x, g.constant(floats([5, 7]))]),
  },
  {
    name: 'SparseToDense of constants',
    shape: [4, 3],
    build: (g, x) => {
      const dense = g.node('SparseToDense', [
        g.ints([0, 1, 3, 2], [2, 2]),
        g.ints([4, 3]),
        g.constant(floats([2])),
        g.constant(scalar(-1)),
      ]);
      g.node('Add', [x, dense]);
    },
  },
  {
    name: 'OneHot',
    shape: [2, 9],
    build: (g, x) => {
      const best = g.node('ArgMax', [x, g.ints([1], [])]);
      g.node('OneHot', [best, g.ints([9], []), g.constant(scalar(2)), g.constant(scalar(-1))], {
        axis: attr.i(-1),
        T: attr.type('DT_FLOAT'),
      });
    },
  },
  {
    name: 'LRN',
    shape: [1, 3, 3, 7],
    build: (g, x) =>
      void g.node('LRN', [x], { depth_radius: attr.i(2), bias: attr.f(1), alpha: attr.f(0.5), beta: attr.f(0.75) }),
  },
];

const listed: GraphCase[] = [
  ...[true, false].map((keep) => ({
    name: `Mean over computed axes, keep_dims ${keep}`,
    shape: [2, 3, 4],
    build: (g: GraphDef, x: string): void => {
      const axes = g.node('Range', [g.ints([1], []), g.node('Rank', [x]), g.ints([1], [])]);
      g.node('Mean', [x, axes], { keep_dims: attr.b(keep) });
    },
  })),
  {
    name: 'Sum over computed axes, of which there are none, and over the last',
    shape: [5],
    build: (g, x) => {
      const none = g.node('Range', [g.node('Rank', [x]), g.ints([1], []), g.ints([1], [])]);
      g.node('Sum', [g.node('Sum', [x, none]), g.node('Sub', [g.ints([0]), g.ints([1])])]);
    },
  },
  {
    name: 'SplitV of what the others leave',
    shape: [2, 7],
    build: (g, x) => {
      const parts = g.node('SplitV', [x, g.ints([2, -1, 1]), g.ints([-1], [])], { num_split: attr.i(3) });
      [`${parts}`, `${parts}:1`, `${parts}:2`].forEach((part) => g.node('Relu', [part]));
    },
  },
  ...[1, 2].map((dims) => ({
    name: `GatherV2 within batches of ${dims} dimensions`,
    shape: [2, 3, 4],
    build: (g: GraphDef, x: string): void => {
      const indices = dims === 1 ? g.ints([1, 0, 2, 1], [2, 2]) : g.ints([1, 0, 2, 1, 0, 3], [2, 3, 1]);
      g.node('GatherV2', [x, indices, g.ints([dims], [])], { batch_dims: attr.i(dims) });
    },
  })),
];

/** Boxes and scores with ties of both, an IoU of the threshold among them. */
const SUPPRESSED = {
  boxes: [0, 0, 2, 2, 0, 1, 2, 3, 2, 2, 0, 0, 5, 5, 7, 7, 5, 5, 7, 6, 5, 6, 7, 7, 1, 1, 1, 4, 0, 0, 2, 1.5, 9, 9, 8, 8],
  scores: [0.5, 0.9, 0.5, 0.1, 0.7, 0.3, 0.8, 0.5, 0.2],
};

function suppression(op: string, values: readonly number[], attributes: Attrs = {}): (g: GraphDef, x: string) => void {
  return (g, x) => {
    const [most = 0, ...thresholds] = values;
    const boxes = g.constant(tensorOf('float32', [9, 4], SUPPRESSED.boxes));
    const scores = g.node('Add', [
      g.constant(tensorOf('float32', [9], SUPPRESSED.scores)),
      g.node('Mul', [x, g.constant(scalar(0))]),
    ]);
    const chosen = g.node(
      op,
      [boxes, scores, g.ints([most], []), ...thresholds.map((t) => g.constant(scalar(t)))],
      attributes,
    );
    g.node('GatherV2', [boxes, chosen, g.ints([0], [])]);
    if (!/[23]$/.test(op)) g.node('Identity', [`${chosen}:1`]);
  };
}

const PADDED = { pad_to_max_output_size: attr.b(true) };
const suppressions: GraphCase[] = [
  { name: 'NonMaxSuppressionV2', shape: [9], build: suppression('NonMaxSuppressionV2', [6, 0.5]) },
  { name: 'NonMaxSuppressionV3', shape: [9], build: suppression('NonMaxSuppressionV3', [4, 0.5, 0.2]) },
  { name: 'NonMaxSuppressionV3 over 0', shape: [9], build: suppression('NonMaxSuppressionV3', [9, 0, 0.1]) },
  { name: 'NonMaxSuppressionV4', shape: [9], build: suppression('NonMaxSuppressionV4', [20, 0.75, 0.3]) },
  { name: 'NonMaxSuppressionV4, padded', shape: [9], build: suppression('NonMaxSuppressionV4', [7, 0.5, 0.3], PADDED) },
  { name: 'NonMaxSuppressionV5', shape: [9], build: suppression('NonMaxSuppressionV5', [9, 0.5, 0.1, 0]) },
  { name: 'NonMaxSuppressionV5, soft', shape: [9], build: suppression('NonMaxSuppressionV5', [9, 0.9, 0.15, 0.5]) },
];

const groups = {
  suppressions,
  listed,
  convolutions,
  pools,
  volumes,
  products,
  elementwise,
  slices,
  shapes,
  resizes,
  crops,
  reductions,
};

describe.each(Object.entries(groups))('graph model operators: %s', (_group, cases) => {
  it.each(cases)('$name', async ({ shape, dtype, build }) => {
    const g = new GraphDef();
    const x = g.placeholder('x', shape ?? [1], dtype);
    build(g, x);
    const files = g.files();
    const { graph } = await importerOf(files).load(files);
    const feeds = randomFeeds(graph, product(shape ?? [1]));
    const expected = await tfjsPredict(files, feeds);
    const actual = runReference(graph, feeds);
    expect(graph.outputs).toEqual([...expected.keys()]);
    for (const [name, value] of expected) {
      const result = actual.get(name);
      if (!result) throw new Error(`no output ${name}`);
      // Two float32 implementations of at most 27 products; the reference accumulates in float64.
      expectClose(result, value, floatTolerance(27), name);
    }
  });
});
