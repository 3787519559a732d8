/** Factors of squeeze-and-excite blocks handed to the convolution behind them. */
import { describe, expect, it } from 'vitest';
import type { GraphBuilder } from '../../src/ir/builder.ts';
import { NO_ACTIVATION, RELU, type OpAttributes } from '../../src/ir/ops.ts';
import { fuseGate } from '../../src/passes/fuse/fuse-gate.ts';
import { applyPass, graphOf, printNodes, weights } from '../helpers/passes.ts';

const WINDOW = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;

const mul = (b: GraphBuilder, x: string, s: string, activation = NO_ACTIVATION): string =>
  b.one('Binary', [x, s], { kind: 'mul', activation }, { outputs: ['gated'] });
const conv = (b: GraphBuilder, inputs: readonly string[], attributes: Partial<OpAttributes['Conv']> = {}): string =>
  b.one('Conv', inputs, { ...WINDOW, group: 1, activation: RELU, ...attributes }, { outputs: ['y'] });
const map = (b: GraphBuilder): string => b.input('x', 'float32', [2, 3, 5, 8]);
const gate = (b: GraphBuilder, shape: readonly number[] = [2, 1, 1, 8]): string => b.input('s', 'float32', shape);
const run = (fill: (b: GraphBuilder) => string | readonly string[]): string =>
  printNodes(applyPass(fuseGate, graphOf(fill))).replaceAll(/ strides.*?group=\d/g, '');

describe('fuseGate', () => {
  it('makes the factors the scale of the convolution', () => {
    const fused = 'y = Conv(x, w, _, _, s) activation=relu : float32 2x3x5x4';
    expect(run((b) => conv(b, [mul(b, map(b), gate(b)), weights(b, 'w', [1, 1, 8, 4])]))).toBe(fused);
    expect(run((b) => conv(b, [mul(b, gate(b), map(b)), weights(b, 'w', [1, 1, 8, 4])]))).toBe(fused);
  });

  it('keeps bias and residual', () => {
    const text = run((b) => {
      const [x, s, r] = [map(b), gate(b), b.input('r', 'float32', [2, 3, 5, 4])];
      return conv(b, [mul(b, x, s), weights(b, 'w', [1, 1, 8, 4]), weights(b, 'bias', [4]), r]);
    });
    expect(text).toBe('y = Conv(x, w, bias, r, s) activation=relu : float32 2x3x5x4');
  });

  it('takes the factors of a map of one pixel, whichever operand they are', () => {
    const text = run((b) => {
      const x = b.input('x', 'float32', [1, 1, 1, 8]);
      return conv(b, [mul(b, x, gate(b, [1, 1, 1, 8])), weights(b, 'w', [1, 1, 8, 4])]);
    });
    expect(text).toBe('y = Conv(x, w, _, _, s) activation=relu : float32 1x1x1x4');
  });

  it('leaves a product that something else reads, or that leaves the graph', () => {
    const text = run((b) => {
      const gated = mul(b, map(b), gate(b));
      return [conv(b, [gated, weights(b, 'w', [1, 1, 8, 4])]), gated];
    });
    expect(text).toContain('gated = Binary(x, s)');
  });

  it('leaves products with an activation, of other shapes, of other kinds', () => {
    const unlike = [
      (b: GraphBuilder) => mul(b, map(b), gate(b), RELU),
      (b: GraphBuilder) => mul(b, map(b), gate(b, [1, 1, 1, 8])),
      (b: GraphBuilder) => mul(b, map(b), gate(b, [2, 3, 5, 1])),
      (b: GraphBuilder) => b.one('Binary', [map(b), gate(b)], { kind: 'add', activation: NO_ACTIVATION }),
    ];
    for (const product of unlike) {
      expect(run((b) => conv(b, [product(b), weights(b, 'w', [1, 1, 8, 4])]))).toContain('Binary');
    }
  });

  it('leaves convolutions that see more than one pixel, or groups', () => {
    const unlike: readonly [readonly number[], Partial<OpAttributes['Conv']>][] = [
      [[3, 3, 8, 4], { pads: [1, 1, 1, 1] }],
      [[1, 1, 8, 4], { strides: [2, 2] }],
      [[1, 1, 8, 4], { pads: [1, 0, 0, 0] }],
      [[1, 1, 4, 4], { group: 2 }],
    ];
    for (const [shape, attributes] of unlike) {
      const text = run((b) => conv(b, [mul(b, map(b), gate(b)), weights(b, 'w', shape)], attributes));
      expect(text).toContain('gated = Binary(x, s)');
    }
  });
});
