/** Scalar factors moved into the weights that follow. */
import { describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import type { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { foldScale } from '../../src/passes/fold/fold-scale.ts';
import { recogniseHardSwish } from '../../src/passes/patterns/hard-swish.ts';
import { applyPass, graphOf, weights } from '../helpers/passes.ts';

const WINDOW = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], padMode: 'explicit' } as const;
const image = (b: GraphBuilder): string => b.input('x', 'float32', [1, 3, 4, 4]);
const relu = (b: GraphBuilder, x: string): string => b.one('Activation', [x], { activation: RELU });
const scalar = (b: GraphBuilder, value: number): string => b.constant('c', tensorOf('float32', [], [value]));
const mul = (b: GraphBuilder, x: string, y: string | number): string =>
  b.one('Binary', [x, typeof y === 'string' ? y : scalar(b, y)], { kind: 'mul', activation: NO_ACTIVATION });
const conv = (b: GraphBuilder, x: string): string =>
  b.one('Conv', [x, weights(b, b.unique('w'), [3, 3, 1, 4], -9, 9), weights(b, b.unique('b'), [4])], {
    ...WINDOW,
    group: 4,
    activation: RELU,
  });
const ops = (graph: Graph): string[] => graph.nodes.map((n) => n.op);

describe('foldScale', () => {
  it('folds into Conv, MatMul and Gemm, past their bias', () => {
    const graph = graphOf((b) => {
      const matrix = b.input('m', 'float32', [2, 3]);
      const flags = { transA: false, transB: false, activation: NO_ACTIVATION };
      const product = b.one('MatMul', [mul(b, matrix, 0.5), weights(b, 'w', [3, 5]), weights(b, 'b', [5])], flags);
      const dense = [mul(b, relu(b, product), 3), weights(b, 'w2', [5, 2]), weights(b, 'b2', [2])];
      return [conv(b, mul(b, image(b), 2)), b.one('Gemm', dense, { alpha: 0.5, beta: 2, ...flags })];
    });
    expect(ops(applyPass(foldScale, graph)).sort()).toEqual(['Activation', 'Conv', 'Gemm', 'MatMul']);
  });

  it('takes up a chain of factors of any length, and those of both operands of a product', () => {
    const chain = graphOf((b) => {
      let x = relu(b, image(b));
      for (let i = 0; i < 70; i++) x = mul(b, x, i % 2 === 0 ? 2 : 0.5);
      return conv(b, x);
    });
    expect(ops(applyPass(foldScale, chain))).toEqual(['Activation', 'Conv']);
    const both = graphOf((b) => {
      const x = image(b);
      return conv(b, mul(b, mul(b, relu(b, x), 2), mul(b, x, 3)));
    });
    expect(ops(applyPass(foldScale, both))).toEqual(['Activation', 'Binary', 'Conv']);
  });

  it('passes the two branches of squeeze-and-excite', () => {
    const graph = graphOf((b) => {
      const x = mul(b, relu(b, image(b)), 0.9);
      const mean = b.one('Reduce', [x], { kind: 'mean', axes: [1, 2], keepDims: true });
      return conv(b, mul(b, conv(b, mean), x));
    });
    expect(ops(applyPass(foldScale, graph))).toEqual(['Activation', 'Reduce', 'Conv', 'Binary', 'Conv']);
  });

  it.each<[string, (b: GraphBuilder) => string | readonly string[]]>([
    ['a factor that leaves the graph', (b) => mul(b, relu(b, image(b)), 2)],
    ['a factor before an activation', (b) => conv(b, relu(b, mul(b, image(b), -2)))],
    ['a mean whose factor nothing takes', (b) => b.one('GlobalAveragePool', [mul(b, image(b), 2)], {})],
    ['a maximum', (b) => b.one('Reduce', [mul(b, image(b), -2)], { kind: 'max', axes: [1], keepDims: true })],
    ['a factor that would overflow the weights', (b) => conv(b, mul(b, relu(b, mul(b, image(b), 1e-30)), 3e38))],
  ])('leaves %s', (_, fill) => {
    const graph = graphOf(fill);
    expect(applyPass(foldScale, graph)).toBe(graph);
  });

  it('takes up the sixth of a hard-swish that was rounded to half precision', () => {
    const graph = graphOf((b) => {
      const x = image(b);
      const shifted = b.one('Binary', [x, scalar(b, 3)], { kind: 'add', activation: NO_ACTIVATION });
      const gate = b.one('Activation', [shifted], { activation: { kind: 'clip', alpha: 0, beta: 6 } });
      return conv(b, mul(b, mul(b, x, 0.1666259765625), gate));
    });
    const recognised = applyPass(recogniseHardSwish, graph);
    expect(ops(recognised)).toEqual(['Activation', 'Binary', 'Conv']);
    expect(ops(applyPass(foldScale, recognised))).toEqual(['Activation', 'Conv']);
  });
});
