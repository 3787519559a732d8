/** Small models as exporters write them, which ask something of the importer: run on the CPU, and by onnxruntime. */
import { describe, expect, it } from 'vitest';
import { floatTolerance } from '../../../src/core/compare.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { floatsToHalves } from '../../../src/util/half.ts';
import { expectClose } from '../../helpers/close.ts';
import { encodeModel, type OnnxModel, type OnnxNode } from '../../helpers/onnx-bytes.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';

/** Elements between −2 and 2, of both signs and none equal. */
function wave(shape: readonly number[], dtype: 'float32' | 'float16' = 'float32'): Tensor {
  const count = shape.reduce((n, d) => n * d, 1);
  const values = Array.from({ length: count }, (_, i) => 2 * Math.sin(1.7 * i + 0.3));
  return tensorOf(dtype, shape, dtype === 'float16' ? values.map((v) => Math.round(v * 512) / 512) : values);
}

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);
const int = (value: number): Tensor => tensorOf('int64', [], [value]);
const node = (op: string, inputs: string, output: string, attributes: OnnxNode['attributes'] = {}): OnnxNode => {
  return { op, name: `${op}_${output}`, inputs: inputs.split(' '), outputs: output.split(' '), attributes };
};

/** Runs the model both ways on what its inputs are fed, and compares every output. */
async function agrees(model: OnnxModel, feeds: Readonly<Record<string, Tensor>>): Promise<void> {
  const bytes = encodeModel(model);
  const expected = await ortRun(bytes, new Map(Object.entries(feeds)));
  const inputShapes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
  using session = await Session.create(bytes, { backend: 'cpu', inputShapes });
  const fed = Object.entries(feeds).map(([name, t]) => [name, t.dtype === 'float16' ? halves(t) : t]);
  const got = await session.run(Object.fromEntries(fed));
  expect(Object.keys(got)).toEqual([...expected.keys()]);
  for (const [name, want] of expected) {
    const actual = got[name];
    if (!actual) throw new Error(`no output ${name}`);
    const half = want.dtype === 'float16';
    // Two orders of rounding may end on neighbouring halves.
    expectClose(actual, want, half ? { rtol: 2 ** -9, atol: 2 ** -12 } : floatTolerance(16), name);
  }
}

function halves({ shape, data }: Tensor): { dtype: 'float16'; shape: readonly number[]; data: Uint16Array } {
  return { dtype: 'float16', shape, data: floatsToHalves(data) };
}

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

const float = (name: string, rank: number): { name: string; dtype: 'float32'; shape: null[] } => {
  return { name, dtype: 'float32', shape: Array.from({ length: rank }, () => null) };
};

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
    await agrees(model(nodes, [float('a', 4), float('b', 4)], constants), { x });
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
    const outputs = [float('norm', 3), float('log', 4), float('flat', 3), float('again', 4)];
    await agrees(model([...nodes], outputs, { one: int(1), minus: ints(-1) }), { x });
  });

  it('pads of computed axes', async () => {
    const nodes = [
      shape,
      node('Shape', 's', 'r'),
      node('Sub', 'r one', 'last'),
      node('Concat', 'last two', 'axes', { axis: { i: 0 } }),
      node('Pad', 'x pads  axes', 'y'),
    ];
    await agrees(model(nodes, [float('y', 4)], { one: ints(1), two: ints(-2), pads: ints(1, 0, 2, 3) }), { x });
  });

  it('pads of axes that are constants', async () => {
    const constants = { axes: ints(-1, 1), pads: ints(1, 2, 3, 4) };
    await agrees(model([node('Pad', 'x pads  axes', 'y')], [float('y', 4)], constants), { x });
  });

  it('axes and sizes that are fed', async () => {
    const fed = {
      ...model(
        [node('ReduceSum', 'x axes', 'y'), node('Split', 'x sizes', 'a b')],
        [float('y', 4), float('a', 4), float('b', 4)],
      ),
      inputs: [
        { name: 'x', dtype: 'float32', shape: [2, 6, 4, 3] },
        { name: 'axes', dtype: 'int64', shape: [2] },
        { name: 'sizes', dtype: 'int64', shape: [2] },
      ] as const,
    };
    await agrees(fed, { x, axes: ints(1, -1), sizes: ints(2, 0) });
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
    const outputs = [float('absent', 2), float('empty', 2), float('all', 0)];
    const positive = kind === 'LogSum' ? tensorOf('float32', [2, 3], [0.5, 1, 2, 3, 4, 5]) : wave([2, 3]);
    await agrees(model(nodes, outputs, { none: ints() }, [2, 3]), { x: positive });
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
    await agrees(
      { opset, inputs, outputs, nodes: [only], initializers: Object.entries(initializers) },
      { x: wave(shape, 'float16') },
    );
  });
});
