/** Normalisation and per-channel arithmetic folded into the layer before: structure, and numbers by hand. */
import { describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import type { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import type { BinaryKind } from '../../src/ir/ops.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { foldBatchNorm } from '../../src/passes/fold/fold-batchnorm.ts';
import { applyPass, graphOf, printNodes, weights } from '../helpers/passes.ts';

const WINDOW = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;

interface ConvSpec {
  readonly group?: number;
  readonly bias?: boolean;
  readonly out?: number;
}

function conv(b: GraphBuilder, x: string, { group = 1, bias = false, out = 4 }: ConvSpec = {}): string {
  const w = weights(b, 'w', [3, 3, 4 / group, out]);
  const inputs = bias ? [x, w, weights(b, 'b', [out])] : [x, w];
  return b.one('Conv', inputs, { ...WINDOW, group, activation: NO_ACTIVATION }, { name: 'conv', outputs: ['c'] });
}

function transposed(b: GraphBuilder, x: string): string {
  const inputs = [x, weights(b, 'w', [2, 2, 2, 6]), weights(b, 'b', [6])];
  return b.one('ConvTranspose', inputs, {
    strides: [2, 2],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    autoPad: 'explicit',
    outputPads: [0, 0],
    outputShape: [],
    group: 2,
    activation: NO_ACTIVATION,
  });
}

/** With offsets, and masks, of four taps. */
function deformable(b: GraphBuilder, x: string, bias: boolean): string {
  const moves = weights(b, 'o', [2, 4, 3, 8], -1, 1);
  const inputs = [
    x,
    weights(b, 'w', [2, 2, 4, 6]),
    moves,
    bias ? weights(b, 'b', [6]) : '',
    weights(b, 'm', [2, 4, 3, 4]),
  ];
  const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };
  return b.one('DeformConv', inputs, { ...window, group: 1, offsetGroup: 1, activation: NO_ACTIVATION });
}

function norm(b: GraphBuilder, x: string, channels = 4, axis = -1): string {
  const stem = b.unique('bn');
  const [scale, bias, mean] = ['scale', 'bias', 'mean'].map((p) => weights(b, `${stem}${p}`, [channels]));
  const variance = weights(b, `${stem}variance`, [channels], 0.1, 2);
  const inputs = [x, scale ?? '', bias ?? '', mean ?? '', variance];
  return b.one('BatchNormalization', inputs, { axis, epsilon: 1e-3, activation: NO_ACTIVATION });
}

function arithmetic(b: GraphBuilder, kind: BinaryKind, x: string, shape: readonly number[], flipped = false): string {
  const c = weights(b, b.unique(kind), shape, 0.5, 2);
  return b.one('Binary', flipped ? [c, x] : [x, c], { kind, activation: NO_ACTIVATION });
}

const image = (b: GraphBuilder): string => b.input('x', 'float32', [2, 5, 4, 4]);
const run = (fill: (b: GraphBuilder) => string | readonly string[]): Graph => applyPass(foldBatchNorm, graphOf(fill));
const ops = (graph: Graph): string[] => graph.nodes.map((n) => n.op);

describe('foldBatchNorm', () => {
  it('computes w·s and (b − mean)·s + beta', () => {
    const graph = run((b) => {
      const w = b.initializer('w', tensorOf('float32', [1, 1, 1, 2], [3, 5]));
      const bias = b.initializer('b', tensorOf('float32', [2], [1, 2]));
      const x = b.input('x', 'float32', [1, 1, 1, 1]);
      const c = b.one('Conv', [x, w, bias], { ...WINDOW, group: 1, activation: NO_ACTIVATION });
      // √(variance + ε) = 2 and 4, so s = 10/2 and 20/4.
      const parameters = { scale: [10, 20], beta: [7, 8], mean: [0.5, 1], variance: [3, 15] };
      const inputs = Object.entries(parameters).map(([name, v]) => b.initializer(name, tensorOf('float32', [2], v)));
      return b.one('BatchNormalization', [c, ...inputs], { axis: 3, epsilon: 1, activation: RELU }, { outputs: ['y'] });
    });
    expect(printNodes(graph)).toBe(
      'y = Conv(x, w_folded, b_bias) strides=[1,1] dilations=[1,1] pads=[0,0,0,0] padMode="explicit" group=1 ' +
        'activation=relu : float32 1x1x1x2',
    );
    expect(graph.initializers.get('w_folded')?.data).toEqual(Float32Array.of(15, 25));
    expect(graph.initializers.get('b_bias')?.data).toEqual(Float32Array.of((1 - 0.5) * 5 + 7, (2 - 1) * 5 + 8));
    expect([...graph.initializers.keys()]).toEqual(['w_folded', 'b_bias']);
  });

  it('leaves what follows a product with a vector: its result has no channels', () => {
    const graph = run((b) => {
      const x = b.input('x', 'float32', [3, 4]);
      const plain = { transA: false, transB: false, activation: NO_ACTIVATION };
      const y = b.one('MatMul', [x, weights(b, 'w', [4])], plain);
      return b.one('Binary', [y, weights(b, 'c', [3])], { kind: 'add', activation: NO_ACTIVATION });
    });
    expect(ops(graph)).toEqual(['MatMul', 'Binary']);
  });

  it.each<[string, (b: GraphBuilder) => string]>([
    ['BatchNormalization', (b) => norm(b, conv(b, image(b)))],
    ['BatchNormalization after a bias', (b) => norm(b, conv(b, image(b), { bias: true }))],
    ['BatchNormalization after a depthwise convolution', (b) => norm(b, conv(b, image(b), { group: 4 }))],
    [
      'a normalisation, then Mul and Add',
      (b) => {
        const y = arithmetic(b, 'mul', norm(b, conv(b, image(b), { out: 6 }), 6), [1, 1, 6]);
        return arithmetic(b, 'add', y, [6]);
      },
    ],
    ['x − c', (b) => arithmetic(b, 'sub', conv(b, image(b)), [4])],
    ['c − x', (b) => arithmetic(b, 'sub', conv(b, image(b), { bias: true }), [4], true)],
    ['x / c', (b) => arithmetic(b, 'div', conv(b, image(b)), [1, 1, 1, 4])],
    ['a scalar factor', (b) => arithmetic(b, 'mul', conv(b, image(b), { bias: true }), [])],
  ])('folds into Conv: %s', (_, fill) => expect(ops(run(fill))).toEqual(['Conv']));

  it('folds into a transposed convolution in groups', () => {
    expect(ops(run((b) => norm(b, transposed(b, image(b)), 6)))).toEqual(['ConvTranspose']);
  });

  it.each([false, true])('folds into a deformable convolution, bias %s', (bias) => {
    const graph = run((b) => norm(b, deformable(b, image(b), bias), 6));
    expect(ops(graph)).toEqual(['DeformConv']);
    const inputs = graph.nodes[0]?.inputs.map((name) => name.replace(/\d+/, ''));
    expect(inputs).toEqual(['x', 'w_folded', 'o', bias ? 'b_bias' : 'deformconv_y_bias', 'm']);
  });

  it('adds a bias to a convolution with computed weights', () => {
    const graph = run((b) => {
      const w = b.input('w', 'float32', [1, 1, 4, 4]);
      const c = b.one('Conv', [image(b), w], { ...WINDOW, group: 1, activation: NO_ACTIVATION });
      return arithmetic(b, 'add', c, [4]);
    });
    expect(ops(graph)).toEqual(['Conv']);
  });

  it.each([false, true])('folds into Gemm, transB %s, alpha and beta kept in mind', (transB) => {
    const graph = run((b) => {
      const w = weights(b, 'w', transB ? [3, 4] : [4, 3]);
      const c = weights(b, 'c', [1, 3]);
      const attributes = { alpha: 0.5, beta: 2, transA: false, transB, activation: NO_ACTIVATION };
      return norm(b, b.one('Gemm', [b.input('x', 'float32', [2, 4]), w, c], attributes), 3);
    });
    expect(printNodes(graph)).toMatch(/^\S+ = Gemm\(x, w_folded, c_bias\) alpha=0.5 beta=1 \S+ \S+ : float32 2x3$/);
  });

  it.each([false, true])('folds into MatMul, transB %s', (transB) => {
    const graph = run((b) => {
      const w = weights(b, 'w', transB ? [3, 4] : [4, 3]);
      const attributes = { transA: false, transB, activation: NO_ACTIVATION };
      const y = b.one('MatMul', [b.input('x', 'float32', [5, 2, 4]), w], attributes);
      return arithmetic(b, 'mul', arithmetic(b, 'add', y, [3]), [3]);
    });
    expect(ops(graph)).toEqual(['MatMul']);
  });

  it('folds Mul and Add into a normalisation that follows nothing, whatever its axis', () => {
    const graph = run((b) => {
      const y = norm(b, b.input('x', 'float32', [2, 4, 3, 3]), 4, 1);
      return arithmetic(b, 'add', arithmetic(b, 'mul', y, [4, 1, 1]), [1, 4, 1, 1]);
    });
    expect(ops(graph)).toEqual(['BatchNormalization']);
  });

  it.each<[string, (b: GraphBuilder) => string | readonly string[]]>([
    [
      'a convolution read twice',
      (b) => {
        const c = conv(b, image(b));
        return [norm(b, c), b.one('Activation', [c], { activation: RELU })];
      },
    ],
    [
      'a convolution that leaves the graph',
      (b) => {
        const c = conv(b, image(b));
        return [norm(b, c), c];
      },
    ],
    ['a normalisation before a convolution', (b) => conv(b, norm(b, image(b)))],
    ['an activation in between', (b) => norm(b, b.one('Activation', [conv(b, image(b))], { activation: RELU }))],
    ['a constant per pixel', (b) => arithmetic(b, 'add', conv(b, image(b)), [2, 1])],
    ['a normalisation along another axis', (b) => norm(b, conv(b, image(b)), 2, 2)],
    ['c / x', (b) => arithmetic(b, 'div', conv(b, image(b)), [4], true)],
    ['an operand that enlarges the result', (b) => arithmetic(b, 'mul', conv(b, image(b)), [1, 2, 3, 2, 4])],
  ])('leaves %s', (_, fill) => {
    const graph = graphOf(fill);
    expect(applyPass(foldBatchNorm, graph)).toBe(graph);
  });

  it('leaves a variance that would divide by zero', () => {
    const graph = graphOf((b) => {
      const inputs = [1, 0, 0, 0].map((v) => b.constant('p', tensorOf('float32', [4], [v, v, v, v])));
      return b.one('BatchNormalization', [conv(b, image(b)), ...inputs], {
        axis: 3,
        epsilon: 0,
        activation: NO_ACTIVATION,
      });
    });
    expect(applyPass(foldBatchNorm, graph)).toBe(graph);
  });
});
