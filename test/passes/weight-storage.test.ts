/** Weights in eight bits: those that are so in the file, and those that are made so. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { compileVerified, feedsFor, printNodes, weights } from '../helpers/passes.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

const WINDOW = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], padMode: 'explicit' } as const;

type Weights = (b: GraphBuilder, name: string, shape: readonly number[], axis: number) => string;

/** int8 with a scale for each output channel, one for all, and a zero point of zero or none. */
const dequantised: Weights = (b, name, shape, axis) => {
  const random = randomSource(name.length);
  const q = b.initializer(`${name}_q`, randomTensor('int8', shape, random, -128, 128));
  const channels = name === 'w2' ? [] : [shape.at(axis) ?? 1];
  const scale = b.initializer(`${name}_s`, randomTensor('float32', channels, random, 0.001, 0.01));
  const zero =
    name === 'w3' ? [b.initializer(`${name}_z`, tensorOf('int8', channels, new Int8Array(channels[0] ?? 1)))] : [];
  return b.one('DequantizeLinear', [q, scale, ...zero], { axis, blockSize: 0 });
};

/** A convolution with a normalisation and a residual, one in groups, and a product of either kind. */
function network(make: Weights): Graph {
  const b = new GraphBuilder('net');
  const x = b.input('x', 'float32', [1, 5, 5, 16]);
  const conv = { ...WINDOW, activation: NO_ACTIVATION };
  const first = b.one('Conv', [x, make(b, 'w', [3, 3, 16, 16], 3), weights(b, 'b', [16])], { ...conv, group: 1 });
  const statistics = ['gamma', 'beta', 'mean'].map((name) => weights(b, name, [16]));
  const norm = b.one('BatchNormalization', [first, ...statistics, weights(b, 'variance', [16], 0.5, 2)], {
    axis: -1,
    epsilon: 1e-5,
    activation: NO_ACTIVATION,
  });
  const sum = b.one('Binary', [norm, x], { kind: 'add', activation: NO_ACTIVATION });
  const relu = b.one('Activation', [sum], { activation: RELU });
  const grouped = b.one('Conv', [relu, make(b, 'w2', [3, 3, 4, 20], 3)], { ...conv, group: 4 });
  const flat = b.one('Reshape', [grouped, b.ints('shape', [25, 20])], { allowZero: true });
  const plain = { transA: false, activation: NO_ACTIVATION };
  const product = b.one('MatMul', [flat, make(b, 'w3', [20, 48], 1)], { ...plain, transB: false });
  const scaled = { ...plain, alpha: 1, beta: 1, transB: true };
  b.output(b.one('Gemm', [product, make(b, 'wide', [12, 48], 0), weights(b, 'c', [12])], scaled));
  return b.build();
}

const floats: Weights = (b, name, shape) => weights(b, name, shape);

/** Runs both, and expects one to give what the other does. Four layers of up to 144 products each. */
function expectSame(actual: Graph, expected: Graph): void {
  const feeds = feedsFor(expected);
  const [y] = [...runGraph(actual, feeds).values()];
  for (const t of runGraph(expected, feeds).values()) expectClose(y as Tensor, t, floatTolerance(144, 8));
}

const int8Of = (graph: Graph): [string, Tensor][] => [...graph.initializers].filter(([, t]) => t.dtype === 'int8');

describe('weights that a file has in eight bits', () => {
  it('stay that on the GPU, whatever is folded into them', () => {
    const source = network(dequantised);
    const compiled = compileVerified(source, { level: 'full' });
    expect(printNodes(compiled)).toMatchInlineSnapshot(`
      "activation_y = Conv(x, dequantizelinear_y_folded_int8, b_bias, x, _, dequantizelinear_y_folded_scale) strides=[1,1] dilations=[1,1] pads=[1,1,1,1] padMode="explicit" activation=relu group=1 : float32 1x5x5x16
      conv_1_y = Conv(activation_y, dequantizelinear_1_y_int8, _, _, _, dequantizelinear_1_y_scale) strides=[1,1] dilations=[1,1] pads=[1,1,1,1] padMode="explicit" group=4 : float32 1x5x5x20
      reshape_y = Reshape(conv_1_y, shape) allowZero=true : float32 25x20
      matmul_y = MatMul(reshape_y, dequantizelinear_2_y_int8, _, dequantizelinear_2_y_scale) transA=false transB=false : float32 25x48
      gemm_y = MatMul(matmul_y, dequantizelinear_3_y_int8, c, dequantizelinear_3_y_scale) transA=false transB=true : float32 25x12"
    `);
    expect(int8Of(compiled)).toHaveLength(4);
    expectSame(compiled, compileVerified(source, { level: 'reference' }));
  });

  it('are the integers of the file', () => {
    const source = network(dequantised);
    const compiled = compileVerified(source, { level: 'full' });
    // Of a channel whose integers have a common factor the scale is larger, and they are smaller.
    const q = int8Of(compiled).find(([, { shape }]) => shape.join() === '20,48')?.[1];
    expect(q?.data).toEqual(source.initializers.get('w3_q')?.data);
  });

  it.each(['along the input channels', 'beside a zero point', 'in blocks'])('become floats, scales %s', (kind) => {
    const random = randomSource(5);
    const b = new GraphBuilder('net');
    const x = b.input('x', 'float32', [4, 24]);
    const q = b.initializer('q', randomTensor('uint8', [24, 32], random, 0, 256));
    const blocks = kind === 'in blocks';
    const shape = blocks ? [3, 32] : kind.startsWith('along') ? [24] : [];
    const scale = b.initializer('s', randomTensor('float32', shape, random, 0.001, 0.01));
    const zero = b.initializer(
      'z',
      tensorOf('uint8', shape, new Uint8Array(b.tensor('s')?.data.length ?? 0).fill(120)),
    );
    const w = b.one('DequantizeLinear', [q, scale, zero], { axis: 0, blockSize: blocks ? 8 : 0 });
    b.output(b.one('MatMul', [x, w], { transA: false, transB: false, activation: NO_ACTIVATION }));
    const source = b.build();
    const compiled = compileVerified(source, { level: 'full' });
    expect(int8Of(compiled)).toEqual([]);
    expectSame(compiled, compileVerified(source, { level: 'reference' }));
  });

  it('leave a network without such weights alone', () => {
    expect(int8Of(compileVerified(network(floats), { level: 'full' }))).toEqual([]);
  });
});

describe('weightStorage int8', () => {
  it.each(['full', 'reference'] as const)('is off by half a step at most, level %s', (level) => {
    const source = network(floats);
    const [plain, small] = [undefined, 'int8' as const].map((weightStorage) =>
      compileVerified(source, { level, weightStorage }),
    );
    if (!plain || !small) throw new Error('nothing was compiled');
    expect(int8Of(small)).toHaveLength(4);
    for (const node of small.nodes) {
      const q = small.initializers.get(node.inputs[1] ?? '');
      if (q?.dtype !== 'int8') continue;
      const scale = small.initializers.get(node.inputs.at(-1) ?? '')?.data ?? [];
      const w = plain.initializers.get(plain.nodes.find(({ name }) => name === node.name)?.inputs[1] ?? '')?.data ?? [];
      const inner = q.data.length / scale.length;
      const transposed = node.name.includes('gemm');
      w.forEach((real, i) => {
        const step = scale[transposed ? Math.floor(i / inner) : i % scale.length] ?? 0;
        // Half a step, and what float32 rounds by.
        expect(Math.abs(real - (q.data[i] ?? 0) * step)).toBeLessThanOrEqual((step / 2) * (1 + 2 ** -20));
      });
    }
  });

  it('means the same on both levels', () => {
    const options = { weightStorage: 'int8' as const };
    const source = network(floats);
    const [full, reference] = (['full', 'reference'] as const).map((level) =>
      compileVerified(source, { level, ...options }),
    );
    if (full && reference) expectSame(full, reference);
  });

  it('stores no weights that are not finite, or so few that nothing is gained', () => {
    const source = network((b, name, shape) => {
      const t = randomTensor('float32', shape, randomSource(1));
      if (name === 'w') t.data[7] = NaN;
      if (name === 'w2') t.data[7] = Infinity;
      if (name === 'w3') t.data.forEach((_, i) => (t.data[i] = i % 48 === 3 ? 1e-38 : 1));
      return b.initializer(name, t);
    });
    const small = compileVerified(source, { level: 'full', weightStorage: 'int8' });
    expect(int8Of(small).map(([name]) => name)).toEqual(['wide_int8']);
  });
});
