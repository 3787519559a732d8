/** Small models as exporters write them, which ask something of the importer: run on the CPU, and by onnxruntime. */
import { describe, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import type { OnnxModel, OnnxNode, OnnxTensor } from '../../helpers/onnx-bytes.ts';
import { agreesWithOrt, floatPort, node, wave } from '../../helpers/onnx-models.ts';

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);
const int = (value: number): Tensor => tensorOf('int64', [], [value]);
const extreme = (int64: bigint): OnnxTensor => ({ dataType: 7, dims: [], int64s: [int64] });
/** One input x, whose shape the model declares as `declared`. */
const model = (
  nodes: readonly OnnxNode[],
  outputs: OnnxModel['outputs'],
  initializers: Readonly<Record<string, Tensor>> = {},
  declared: readonly (number | string)[] = ['n', 6, 'h', 'w'],
): OnnxModel => ({
  opset: 18,
  inputs: [{ name: 'x', dtype: 'float32', shape: declared }],
  outputs,
  nodes,
  initializers: Object.entries(initializers),
});

describe('what indices of a pool count in', () => {
  // Five rows and columns, of which the pool leaves the last: the unpool is told of it by the output's shape.
  it.each([
    [
      [1, 2, 5, 5],
      [2, 2],
    ],
    [
      [1, 1, 5, 7],
      [3, 2],
    ],
  ])('%j, pooled by %j and back', async (shape, kernel) => {
    const window = { kernel_shape: { ints: kernel }, strides: { ints: kernel } };
    const nodes = [node('MaxPool', 'x', 'largest where', window), node('MaxUnpool', 'largest where all', 'y', window)];
    await agreesWithOrt(model(nodes, [floatPort('y', 4)], { all: ints(...shape) }, shape), { x: wave(shape) });
  });
});

describe('lists that the file computes', () => {
  const shape = node('Shape', 'x', 's');
  const x = wave([2, 6, 4, 3]);

  it('split sizes from extents', async () => {
    const nodes = [
      shape,
      node('Gather', 's one', 'c'),
      node('Div', 'c three', 'third'),
      node('Sub', 'c third', 'rest'),
      node('Unsqueeze', 'third zero', 'third1'),
      node('Unsqueeze', 'rest zero', 'rest1'),
      node('Concat', 'third1 rest1', 'sizes', { axis: { i: 0 } }),
      node('Split', 'x sizes', 'a b', { axis: { i: 1 } }),
    ];
    const constants = { one: int(1), three: int(3), zero: ints(0) };
    await agreesWithOrt(model(nodes, [floatPort('a', 4), floatPort('b', 4)], constants), { x });
  });

  it('axes of reductions, squeezes and unsqueezes', async () => {
    const nodes = [
      shape,
      node('Size', 's', 'rank'),
      node('Sub', 'rank one', 'last'),
      node('Reshape', 'last minus', 'axis'),
      node('ReduceMean', 'x axis', 'mean'),
      node('ReduceL2', 'x axis', 'norm', { keepdims: { i: 0 } }),
      node('ReduceLogSum', 'square axis', 'log'),
      node('Mul', 'x x', 'square'),
      node('Squeeze', 'mean axis', 'flat'),
      node('Unsqueeze', 'flat axis', 'again'),
    ];
    const outputs = [floatPort('norm', 3), floatPort('log', 4), floatPort('flat', 3), floatPort('again', 4)];
    await agreesWithOrt(model([...nodes], outputs, { one: int(1), minus: ints(-1) }), { x });
  });

  it('pads of computed axes', async () => {
    const nodes = [
      shape,
      node('Shape', 's', 'r'),
      node('Sub', 'r one', 'last'),
      node('Concat', 'last two', 'axes', { axis: { i: 0 } }),
      node('Pad', 'x pads  axes', 'y'),
    ];
    await agreesWithOrt(model(nodes, [floatPort('y', 4)], { one: ints(1), two: ints(-2), pads: ints(1, 0, 2, 3) }), {
      x,
    });
  });

  it('pads of axes that are constants', async () => {
    const constants = { axes: ints(-1, 1), pads: ints(1, 2, 3, 4) };
    await agreesWithOrt(model([node('Pad', 'x pads  axes', 'y')], [floatPort('y', 4)], constants), { x });
  });

  it('slice bounds of extreme numbers that are moved to where they are read', async () => {
    const nodes = [
      node('Constant', '', 'end', { value: { t: extreme(2n ** 63n - 1n) } }),
      node('Constant', '', 'start', { value: { t: extreme(1n - 2n ** 63n) } }),
      node('Unsqueeze', 'end zero', 'last'),
      node('Reshape', 'start one', 'first'),
      node('Concat', 'last first', 'ends', { axis: { i: 0 } }),
      node('Slice', 'x starts ends axes steps', 'y'),
    ];
    const lists = { starts: ints(1, 5), axes: ints(3, 1), steps: ints(1, -2), zero: ints(0), one: ints(1) };
    await agreesWithOrt(model(nodes, [floatPort('y', 4)], lists), { x });
  });

  it('axes and sizes that are fed', async () => {
    const fed = {
      ...model(
        [node('ReduceSum', 'x axes', 'y'), node('Split', 'x sizes', 'a b')],
        [floatPort('y', 4), floatPort('a', 4), floatPort('b', 4)],
      ),
      inputs: [
        { name: 'x', dtype: 'float32', shape: [2, 6, 4, 3] },
        { name: 'axes', dtype: 'int64', shape: [2] },
        { name: 'sizes', dtype: 'int64', shape: [2] },
      ] as const,
    };
    await agreesWithOrt(fed, { x, axes: ints(1, -1), sizes: ints(2, 0) });
  });
});

describe('reductions over no axes', () => {
  const OPS = ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'];

  it.each(OPS)('noop_with_empty_axes of Reduce%s', async (kind) => {
    const noop = { noop_with_empty_axes: { i: 1 } };
    const nodes = [
      node(`Reduce${kind}`, 'x', 'absent', noop),
      node(`Reduce${kind}`, 'x none', 'empty', noop),
      node(`Reduce${kind}`, 'x none', 'all', { keepdims: { i: 0 } }),
    ];
    const outputs = [floatPort('absent', 2), floatPort('empty', 2), floatPort('all', 0)];
    const positive = kind === 'LogSum' ? tensorOf('float32', [2, 3], [0.5, 1, 2, 3, 4, 5]) : wave([2, 3]);
    await agreesWithOrt(model(nodes, outputs, { none: ints() }, [2, 3]), { x: positive });
  });
});

describe('matrix products of integers', () => {
  it.each(['int32', 'uint32'] as const)('%s, whose products have more bits than a double', async (dtype) => {
    const large = (shape: readonly number[]): Tensor => {
      const count = shape.reduce((n, d) => n * d, 1);
      const values = Int32Array.from({ length: count }, (_, i) => 2 ** 31 - 1 - i * 77777777);
      return tensorOf(dtype, shape, dtype === 'int32' ? values : Uint32Array.from(values));
    };
    const feeds = { a: large([2, 3, 5]), b: large([5, 7]) };
    const inputs = Object.entries(feeds).map(([name, { shape }]) => ({ name, dtype, shape }));
    const outputs = [{ name: 'y', dtype }];
    await agreesWithOrt({ opset: 13, inputs, outputs, nodes: [node('MatMul', 'a b', 'y')] }, feeds);
  });
});

const half = (name: string, shape: readonly number[]): { name: string; dtype: 'float16'; shape: readonly number[] } => {
  return { name, dtype: 'float16', shape };
};

describe('float16', () => {
  const scale = wave([5], 'float16');
  const CASES: Readonly<Record<string, readonly [OnnxNode, readonly number[], Record<string, Tensor>?, number?]>> = {
    LayerNormalization: [node('LayerNormalization', 'x scale bias', 'y'), [2, 3, 5], { scale, bias: scale }],
    InstanceNormalization: [node('InstanceNormalization', 'x scale bias', 'y'), [2, 5, 3, 4], { scale, bias: scale }],
    LpNormalization: [node('LpNormalization', 'x', 'y'), [2, 5]],
    'Pad-10': [node('Pad', 'x', 'y', { pads: { ints: [0, 1, 2, 0] }, value: { f: 1.5 } }), [2, 5], {}, 10],
    Mean: [node('Mean', 'x x x', 'y'), [2, 5]],
    ThresholdedRelu: [node('ThresholdedRelu', 'x', 'y'), [2, 5]],
    HardSwish: [node('HardSwish', 'x', 'y'), [2, 5]],
    Gelu: [node('Gelu', 'x', 'y'), [2, 5], {}, 20],
    'Pow of mixed types': [node('Pow', 'x two', 'y'), [2, 5], { two: tensorOf('float32', [], [2]) }],
  };

  it.each(Object.keys(CASES))('%s', async (name) => {
    const [only, shape, initializers = {}, opset = 18] = CASES[name] ?? [node('', '', ''), []];
    const outputs = [{ name: 'y', dtype: 'float16' as const }];
    const inputs = [half('x', shape)];
    await agreesWithOrt(
      { opset, inputs, outputs, nodes: [only], initializers: Object.entries(initializers) },
      { x: wave(shape, 'float16') },
    );
  });
});

describe('images of which the file does not say how many dimensions they have', () => {
  const CASES: Readonly<Record<string, OnnxNode>> = {
    GlobalAveragePool: node('GlobalAveragePool', 'image', 'y'),
    GlobalMaxPool: node('GlobalMaxPool', 'image', 'y'),
    GlobalLpPool: node('GlobalLpPool', 'image', 'y', { p: { i: 3 } }),
    InstanceNormalization: node('InstanceNormalization', 'image scale bias', 'y'),
    LRN: node('LRN', 'image', 'y', { size: { i: 3 }, alpha: { f: 0.5 } }),
    LayerNormalization: node('LayerNormalization', 'image matrix', 'y', { axis: { i: -2 } }),
  };

  it.each(Object.keys(CASES))('%s', async (op) => {
    const squeezed = node('Squeeze', 'x', 'image');
    const constants = { scale: wave([3]), bias: wave([3]), matrix: wave([5, 4]) };
    const nodes = [squeezed, CASES[op] ?? squeezed];
    // onnxruntime has the two only of four dimensions, or of the axes that the weights have.
    const few = op === 'LRN' || op === 'LayerNormalization';
    for (const shape of [
      [2, 3, 1, 5, 4],
      ...(few
        ? []
        : [
            [2, 3, 1, 5],
            [2, 3, 5, 2, 4],
          ]),
    ]) {
      const image = wave(shape);
      await agreesWithOrt(model(nodes, [{ name: 'y', dtype: 'float32' }], constants, shape), { x: image });
    }
  });
});

describe('com.microsoft.FusedConv', () => {
  it.each([
    ['Relu', [], ''],
    ['LeakyRelu', [0.1], ' z'],
    ['HardSigmoid', [0.2, 0.4], ''],
    ['Clip', [-0.5, 1], ' z'],
  ])('%s %o', async (name, floats, residual) => {
    const parameters = floats.length > 0 ? { activation_params: { floats } } : {};
    const fused = node('FusedConv', `x w b${residual}`, 'y', { activation: { s: name }, ...parameters });
    const constants = { w: wave([3, 6, 1, 2]), b: wave([3]), z: wave([2, 3, 4, 2]) };
    const given = model([{ ...fused, domain: 'com.microsoft' }], [floatPort('y', 4)], constants);
    await agreesWithOrt({ ...given, opset: { '': 18, 'com.microsoft': 1 } }, { x: wave([2, 6, 4, 3]) });
  });
});
