/** What the operators of each opset become: attributes that turned into inputs, changed defaults, helper nodes. */
import { describe, expect, it } from 'vitest';
import { ImportError, UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { onnxImporter } from '../../../src/formats/onnx/index.ts';
import { print } from '../../../src/ir/print.ts';
import { encodeModel, type OnnxAttribute, type OnnxValueInfo } from '../../helpers/onnx-bytes.ts';

/** One node under test. Inputs named `x…` are graph inputs; those in `constants` are initializers. */
interface Spec {
  readonly opset: number;
  readonly op: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** Shape of the first input; `[2, 3, 4, 5]` by default. */
  readonly shape?: readonly (number | string)[];
}

const noFile = (): Promise<Uint8Array> => Promise.reject(new TypeError('no file'));

/** The constants and nodes that the importer makes of the node, as text. */
function build(spec: Spec): Promise<string> {
  const inputs = spec.inputs ?? ['x'];
  const constants = spec.constants ?? {};
  const graphInputs: OnnxValueInfo[] = inputs
    .filter((name) => name !== '' && !(name in constants))
    .map((name) => ({ name, dtype: 'float32', shape: name === 'x' ? (spec.shape ?? [2, 3, 4, 5]) : [3] }));
  const bytes = encodeModel({
    opset: spec.opset,
    inputs: graphInputs,
    outputs: spec.outputs ?? ['y'],
    nodes: [{ op: spec.op, name: 'n', inputs, outputs: spec.outputs ?? ['y'], attributes: spec.attributes ?? {} }],
    initializers: Object.entries(constants),
  });
  return onnxImporter.load({ main: { name: 'm', bytes }, read: noFile }).then(({ graph }) => {
    const nodes = print(graph)
      .split('\n')
      .filter((line) => / = /.test(line));
    const values = [...graph.initializers].map(
      ([name, t]) => `${name}: ${t.dtype} [${t.shape.join()}] ${t.data.join()}`,
    );
    return [...values, ...nodes].join('\n');
  });
}

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);
const floats = (...values: number[]): Tensor => tensorOf('float32', [values.length], values);
const float = (value: number): Tensor => tensorOf('float32', [], [value]);
const relu6 = { min: { f: 0 }, max: { f: 6 } };

/** What a Resize says when it asks for nothing. */
const PLAIN = 'antialias=false cubicCoeff=-0.75 excludeOutside=false extrapolation=0 aspect="stretch"';

const CASES: Readonly<Record<string, readonly [Spec, string]>> = {
  'Clip-6 takes attributes': [{ opset: 6, op: 'Clip', attributes: relu6 }, 'y = Activation(x) activation=clip(0,6)'],
  'Clip-11 takes constants': [
    { opset: 11, op: 'Clip', inputs: ['x', 'lo', 'hi'], constants: { lo: float(0), hi: float(6) } },
    'lo: float32 [] 0\nhi: float32 [] 6\ny = Activation(x) activation=clip(0,6)',
  ],
  'Clip without an upper bound is Relu': [
    { opset: 11, op: 'Clip', inputs: ['x', 'lo'], constants: { lo: float(0) } },
    'lo: float32 [] 0\ny = Activation(x) activation=relu',
  ],
  'Clip by computed bounds': [
    { opset: 11, op: 'Clip', inputs: ['x', '', 'xhi'] },
    'n/scalar: float32 [] -3.4028234663852886e+38\nn/Binary:0 = Binary(x, n/scalar) kind="max"\ny = Binary(n/Binary:0, xhi) kind="min"',
  ],
  'Softmax-11 flattens': [
    { opset: 11, op: 'Softmax', attributes: { axis: { i: -3 } } },
    'y = Softmax(x) axes=[1,2,3] log=false',
  ],
  'Softmax-11 has axis 1': [{ opset: 11, op: 'Softmax', shape: [2, 3] }, 'y = Softmax(x) axes=[1] log=false'],
  'LogSoftmax-13 has the last axis': [{ opset: 13, op: 'LogSoftmax' }, 'y = Softmax(x) axes=[-1] log=true'],
  'Slice-1 takes attributes': [
    {
      opset: 9,
      op: 'Slice',
      attributes: { starts: { ints: [1, 0] }, ends: { ints: [2n ** 63n - 1n, -1] }, axes: { ints: [1, 3] } },
    },
    'n/ints: int64 [2] 1,0\nn/ints_1: int64 [2] 2147483647,-1\nn/ints_2: int64 [2] 1,3\ny = Slice(x, n/ints, n/ints_1, n/ints_2)',
  ],
  'Pad-2 takes attributes': [
    { opset: 10, op: 'Pad', shape: [4], attributes: { pads: { ints: [1, 2] }, value: { f: 3 } } },
    'n/value: float32 [] 3\nn/ints: int64 [2] 1,2\ny = Pad(x, n/ints, n/value) mode="constant"',
  ],
  'Squeeze-13 takes computed axes': [{ opset: 13, op: 'Squeeze', inputs: ['x', 'xa'] }, 'y = Squeeze(x, xa) axes=[]'],
  'Squeeze-11 takes an attribute': [
    { opset: 11, op: 'Squeeze', attributes: { axes: { ints: [0] } } },
    'y = Squeeze(x) axes=[0]',
  ],
  'Unsqueeze-13 takes an input': [
    { opset: 13, op: 'Unsqueeze', inputs: ['x', 'a'], constants: { a: ints(0, 2) } },
    'a: int64 [2] 0,2\ny = Unsqueeze(x) axes=[0,2]',
  ],
  'ReduceSum-13 takes an input': [
    { opset: 13, op: 'ReduceSum', inputs: ['x', 'a'], constants: { a: ints(1) }, attributes: { keepdims: { i: 0 } } },
    'a: int64 [1] 1\ny = Reduce(x) kind="sum" axes=[1] keepDims=false',
  ],
  'ReduceSum may do nothing': [
    { opset: 13, op: 'ReduceSum', attributes: { noop_with_empty_axes: { i: 1 } } },
    'y = Identity(x)',
  ],
  'Reshape-1 takes an attribute': [
    { opset: 1, op: 'Reshape', attributes: { shape: { ints: [2, -1] } } },
    'n/ints: int64 [2] 2,-1\ny = Reshape(x, n/ints) allowZero=false',
  ],
  'Split-18 into equal parts': [
    { opset: 18, op: 'Split', outputs: ['y', 'z'], attributes: { num_outputs: { i: 2 }, axis: { i: 1 } } },
    [
      'n/ints: int64 [1] 1\nn/ints_1: int64 [1] 1\nn/ints_2: int64 [1] 2\nn/ints_3: int64 [1] 0\nn/ints_4: int64 [1] 1',
      'n/Shape:0 = Shape(x)',
      'n/Gather:0 = Gather(n/Shape:0, n/ints) axis=0',
      'n/Binary:0 = Binary(n/Gather:0, n/ints_1) kind="add"',
      'n/Binary_1:0 = Binary(n/Binary:0, n/ints_2) kind="div"',
      'n/Gather_1:0 = Gather(n/Binary_1:0, n/ints_3) axis=0',
      'n/Binary_2:0 = Binary(n/Binary_1:0, n/ints_4) kind="mul"',
      'n/Binary_3:0 = Binary(n/Gather:0, n/Binary_2:0) kind="sub"',
      'n/Concat:0 = Concat(n/Gather_1:0, n/Binary_3:0) axis=0',
      'y, z = Split(x, n/Concat:0) axis=1 sizes=[]',
    ].join('\n'),
  ],
  'Split-13 into equal parts': [
    { opset: 13, op: 'Split', outputs: ['y', 'z'], attributes: { axis: { i: 1 } } },
    'y, z = Split(x) axis=1 sizes=[]',
  ],
  'TopK-1 takes an attribute': [
    { opset: 1, op: 'TopK', outputs: ['y', 'i'], attributes: { k: { i: 2 } } },
    'n/ints: int64 [1] 2\ny, i = TopK(x, n/ints) axis=-1 largest=true',
  ],
  'Shape-15 cuts': [
    { opset: 15, op: 'Shape', attributes: { start: { i: 1 }, end: { i: -1 } } },
    'n/ints: int64 [1] 1\nn/ints_1: int64 [1] -1\nn:0 = Shape(x)\ny = Slice(n:0, n/ints, n/ints_1)',
  ],
  'Add-6 broadcasts from an axis': [
    { opset: 6, op: 'Add', inputs: ['x', 'xb'], attributes: { broadcast: { i: 1 }, axis: { i: 1 } } },
    'n/Unsqueeze:0 = Unsqueeze(xb) axes=[1,2]\ny = Binary(x, n/Unsqueeze:0) kind="add"',
  ],
  'PRelu-6 has a slope per channel': [
    { opset: 6, op: 'PRelu', inputs: ['x', 'xs'] },
    'n/Unsqueeze:0 = Unsqueeze(xs) axes=[1,2]\ny = PRelu(x, n/Unsqueeze:0)',
  ],
  'Sum of three is a chain': [
    { opset: 8, op: 'Sum', inputs: ['x', 'xb', 'xc'] },
    'n/Binary:0 = Binary(x, xb) kind="add"\ny = Binary(n/Binary:0, xc) kind="add"',
  ],
  'Mean of two': [
    { opset: 8, op: 'Mean', inputs: ['x', 'xb'] },
    'n/scalar: float32 [] 2\nn/Binary:0 = Binary(x, xb) kind="add"\ny = Binary(n/Binary:0, n/scalar) kind="div"',
  ],
  'Dropout-12 passes through': [
    { opset: 12, op: 'Dropout', inputs: ['x', 'r'], outputs: ['y'], constants: { r: float(0.5) } },
    'r: float32 [] 0.5\ny = Identity(x)',
  ],
  'Dropout-10 has a mask of nothing': [
    { opset: 10, op: 'Dropout', inputs: ['x'], outputs: ['y', 'm'] },
    'y = Identity(x)\nn/Shape:0 = Shape(x)\nm = ConstantOfShape(n/Shape:0) dtype="bool" value=0',
  ],
  'Upsample-7 takes scales as an attribute': [
    { opset: 7, op: 'Upsample', attributes: { scales: { floats: [1, 1, 2, 3] } } },
    'n/scales: float32 [4] 1,1,2,3\n' +
      `y = Resize(x, n/scales) axes=[] mode="nearest" coordinateMode="asymmetric" nearestMode="floor" ${PLAIN}`,
  ],
  'Resize-10 shrinks upwards, and grows downwards': [
    { opset: 10, op: 'Resize', inputs: ['x', 's'], constants: { s: floats(1, 1, 0.5, 2) } },
    's: float32 [4] 1,1,0.5,2\n' +
      `y = Resize(x, s) axes=[] mode="nearest" coordinateMode="asymmetric" nearestMode="floor_up_ceil_down" ${PLAIN}`,
  ],
  'Resize-13 to computed sizes': [
    { opset: 13, op: 'Resize', inputs: ['x', '', '', 'xs'], attributes: { mode: { s: 'linear' } } },
    `y = Resize(x, _, xs, _) axes=[] mode="linear" coordinateMode="half_pixel" nearestMode="round_prefer_floor" ${PLAIN}`,
  ],
  'Resize-19 with all it may say': [
    {
      opset: 19,
      op: 'Resize',
      inputs: ['x', 'r', 's', ''],
      constants: { s: floats(2, 3), r: floats(0, 0, 1, 1) },
      attributes: {
        axes: { ints: [1, 3] },
        mode: { s: 'cubic' },
        coordinate_transformation_mode: { s: 'tf_crop_and_resize' },
        nearest_mode: { s: 'ceil' },
        antialias: { i: 1 },
        cubic_coeff_a: { f: -0.5 },
        exclude_outside: { i: 1 },
        extrapolation_value: { f: 2 },
        keep_aspect_ratio_policy: { s: 'not_larger' },
      },
    },
    's: float32 [2] 2,3\nr: float32 [4] 0,0,1,1\n' +
      'y = Resize(x, s, _, r) axes=[1,3] mode="cubic" coordinateMode="tf_crop_and_resize" nearestMode="ceil" antialias=true cubicCoeff=-0.5 excludeOutside=true extrapolation=2 aspect="not_larger"',
  ],
  'a 1-D Conv': [
    {
      opset: 11,
      op: 'Conv',
      inputs: ['x', 'w'],
      shape: ['N', 2, 9],
      constants: { w: tensorOf('float32', [1, 2, 3], [1, 2, 3, 4, 5, 6]) },
      attributes: { auto_pad: { s: 'SAME_UPPER' }, strides: { ints: [2] } },
    },
    'w: float32 [1,2,3] 1,2,3,4,5,6\nn/Transpose:0 = Transpose(x) perm=[0,2,1]\n' +
      'n/Transpose_1:0 = Transpose(w) perm=[2,1,0]\n' +
      'n:0 = Conv(n/Transpose:0, n/Transpose_1:0) strides=[2] dilations=[1] pads=[0,0] padMode="sameUpper" group=1\n' +
      'y = Transpose(n:0) perm=[0,2,1]',
  ],
  'a 3-D pool': [
    {
      opset: 11,
      op: 'AveragePool',
      shape: [1, 2, 6, 6, 6],
      attributes: { kernel_shape: { ints: [2, 2, 2] }, ceil_mode: { i: 1 }, count_include_pad: { i: 1 } },
    },
    'n/Transpose:0 = Transpose(x) perm=[0,2,3,4,1]\n' +
      'n:0 = AveragePool(n/Transpose:0) strides=[1,1,1] dilations=[1,1,1] pads=[0,0,0,0,0,0] padMode="explicit" kernel=[2,2,2] ceilMode=true countIncludePad=true\n' +
      'y = Transpose(n:0) perm=[0,4,1,2,3]',
  ],
  'a dilated MaxPool': [
    {
      opset: 10,
      op: 'MaxPool',
      attributes: { kernel_shape: { ints: [2, 2] }, dilations: { ints: [2, 2] }, storage_order: { i: 1 } },
    },
    'n/Transpose:0 = Transpose(x) perm=[0,2,3,1]\n' +
      'n:0 = MaxPool(n/Transpose:0) strides=[1,1] dilations=[2,2] pads=[0,0,0,0] padMode="explicit" kernel=[2,2] ceilMode=false\n' +
      'y = Transpose(n:0) perm=[0,3,1,2]',
  ],
  'BatchNormalization-1': [
    {
      opset: 6,
      op: 'BatchNormalization',
      inputs: ['x', 'xa', 'xb', 'xc', 'xd'],
      attributes: { is_test: { i: 1 }, spatial: { i: 1 }, momentum: { f: 0.9 }, consumed_inputs: { ints: [0, 0] } },
    },
    'y = BatchNormalization(x, xa, xb, xc, xd) axis=1 epsilon=0.00001',
  ],
};

describe('opset forms', () => {
  it.each(Object.entries(CASES))('%s', async (_, [spec, expected]) => {
    expect(await build(spec)).toBe(expected);
  });
});

const REFUSED: Readonly<Record<string, readonly [Spec, string]>> = {
  'resampling of another kind': [
    {
      opset: 11,
      op: 'Resize',
      inputs: ['x', '', 's'],
      constants: { s: floats(1, 1, 2, 2) },
      attributes: { mode: { s: 'lanczos' } },
    },
    'Resize "n": mode = "lanczos"',
  ],
  'padding of an unknown mode': [
    { opset: 19, op: 'Pad', inputs: ['x', 'p'], constants: { p: ints(1, 1) }, attributes: { mode: { s: 'mirror' } } },
    'mode = "mirror"',
  ],
  'negative window pads': [
    { opset: 11, op: 'MaxPool', attributes: { kernel_shape: { ints: [2, 2] }, pads: { ints: [0, 0, -1, 0] } } },
    'pads = [0, 0, -1, 0]',
  ],
};

describe('refused', () => {
  it.each(Object.entries(REFUSED))('%s', async (_, [spec, message]) => {
    await expect(build(spec)).rejects.toThrow(UnsupportedError);
    await expect(build(spec)).rejects.toThrow(message);
  });

  it.each([
    ['a kernel_shape that differs from the weights', { kernel_shape: { ints: [2, 2] } }],
    ['too few strides', { strides: { ints: [1] } }],
    ['a stride of 0', { strides: { ints: [0, 1] } }],
    ['too few pads', { pads: { ints: [0, 0] } }],
  ])('%s is invalid', async (_, attributes) => {
    const w = tensorOf('float32', [1, 3, 3, 3], new Float32Array(27));
    await expect(build({ opset: 11, op: 'Conv', inputs: ['x', 'w'], constants: { w }, attributes })).rejects.toThrow(
      ImportError,
    );
  });
});
