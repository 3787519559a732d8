/** Activations and residual additions handed to their producers. */
import { describe, expect, it } from 'vitest';
import type { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU, RELU6 } from '../../src/ir/ops.ts';
import { fuseEpilogue } from '../../src/passes/fuse/fuse-epilogue.ts';
import { applyPass, graphOf, printNodes, weights } from '../helpers/passes.ts';

const WINDOW = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;
const conv = (b: GraphBuilder, x: string, name: string, activation = NO_ACTIVATION): string =>
  b.one(
    'Conv',
    [x, weights(b, `${name}_w`, [1, 1, 4, 4])],
    { ...WINDOW, group: 1, activation },
    { name, outputs: [name] },
  );
const add = (b: GraphBuilder, a: string, c: string): string =>
  b.one('Binary', [a, c], { kind: 'add', activation: NO_ACTIVATION }, { name: 'add', outputs: ['sum'] });
const act = (b: GraphBuilder, x: string, activation = RELU): string =>
  b.one('Activation', [x], { activation }, { outputs: ['y'] });
const image = (b: GraphBuilder): string => b.input('x', 'float32', [1, 2, 3, 4]);
/** The dump without window attributes, which are the same everywhere. */
const dump = (graph: Graph): string => printNodes(graph).replaceAll(/ strides.*?group=1/g, '');
const run = (fill: (b: GraphBuilder) => string | readonly string[]): string =>
  dump(applyPass(fuseEpilogue, graphOf(fill)));

describe('fuseEpilogue', () => {
  it('fuses ReLU6 into Conv', () => {
    expect(run((b) => act(b, conv(b, image(b), 'c'), RELU6))).toBe(
      'y = Conv(x, c_w) activation=clip(0,6) : float32 1x2x3x4',
    );
  });

  it('fuses into Gemm, MatMul, Binary and BatchNormalization', () => {
    const text = run((b) => {
      const x = b.input('x', 'float32', [2, 4]);
      const trans = { transA: false, transB: false, activation: NO_ACTIVATION };
      const w = weights(b, 'w', [4, 4]);
      const relu = (v: string): string => b.one('Activation', [v], { activation: RELU });
      const gemm = relu(b.one('Gemm', [x, w], { alpha: 1, beta: 1, ...trans }));
      const product = relu(b.one('MatMul', [gemm, w], trans));
      const difference = relu(b.one('Binary', [product, x], { kind: 'sub', activation: NO_ACTIVATION }));
      const p = weights(b, 'p', [4], 0.5, 1);
      return relu(
        b.one('BatchNormalization', [difference, p, p, p, p], { axis: 1, epsilon: 0, activation: NO_ACTIVATION }),
      );
    });
    expect(text.split('\n').map((l) => `${/= (\w+)/.exec(l)?.[1]} ${/activation=(\w+)/.exec(l)?.[1]}`)).toEqual([
      'Gemm relu',
      'MatMul relu',
      'Binary relu',
      'BatchNormalization relu',
    ]);
  });

  it('fuses a residual addition, then its activation', () => {
    expect(
      run((b) => {
        const x = image(b);
        return act(b, add(b, x, conv(b, x, 'c')));
      }),
    ).toBe('y = Conv(x, c_w, _, x) activation=relu : float32 1x2x3x4');
  });

  it('gives the addition of two convolutions to the later one', () => {
    expect(
      run((b) => {
        const x = image(b);
        const first = conv(b, x, 'first');
        return add(b, conv(b, x, 'second'), first);
      }),
    ).toBe(
      ['first = Conv(x, first_w) : float32 1x2x3x4', 'sum = Conv(x, second_w, _, first) : float32 1x2x3x4'].join('\n'),
    );
  });

  it('takes the earlier convolution when the later has an activation', () => {
    expect(
      run((b) => {
        const x = image(b);
        const first = conv(b, x, 'first');
        return add(b, first, conv(b, x, 'second', RELU));
      }),
    ).toBe(
      [
        'second = Conv(x, second_w) activation=relu : float32 1x2x3x4',
        'sum = Conv(x, first_w, _, second) : float32 1x2x3x4',
      ].join('\n'),
    );
  });

  it('adds a second residual with the result of the first', () => {
    const text = run((b) => {
      const x = image(b);
      const sum = add(b, conv(b, x, 'c'), x);
      return b.one('Binary', [sum, conv(b, sum, 'd')], { kind: 'add', activation: NO_ACTIVATION }, { outputs: ['z'] });
    });
    expect(text).toBe(
      ['sum = Conv(x, c_w, _, x) : float32 1x2x3x4', 'z = Conv(sum, d_w, _, sum) : float32 1x2x3x4'].join('\n'),
    );
  });

  it.each<[string, (b: GraphBuilder) => string | readonly string[]]>([
    ['an activation after an activation', (b) => act(b, conv(b, image(b), 'c', RELU6))],
    [
      'an activation of a value read twice',
      (b) => {
        const c = conv(b, image(b), 'c');
        return [act(b, c), b.one('Unary', [c], { kind: 'neg' })];
      },
    ],
    [
      'an activation of an output',
      (b) => {
        const c = conv(b, image(b), 'c');
        return [act(b, c), c];
      },
    ],
    [
      'a value added to itself',
      (b) => {
        const c = conv(b, image(b), 'c');
        return add(b, c, c);
      },
    ],
    ['an addition that broadcasts', (b) => add(b, conv(b, image(b), 'c'), b.input('s', 'float32', [1, 1, 1, 4]))],
    [
      'an addition after an activation',
      (b) => {
        const x = image(b);
        return add(b, x, conv(b, x, 'c', RELU));
      },
    ],
    ['an activation of a pool', (b) => act(b, b.one('GlobalMaxPool', [image(b)], {}))],
  ])('leaves %s', (_, fill) => {
    const graph = graphOf(fill);
    expect(applyPass(fuseEpilogue, graph)).toBe(graph);
  });
});
