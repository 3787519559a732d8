/** Norms of channels: every spelling that files have becomes one operator, and what only looks like it stays. */
import { describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import type { GraphBuilder } from '../../src/ir/builder.ts';
import { NO_ACTIVATION, type BinaryKind, type ReduceKind } from '../../src/ir/ops.ts';
import { recogniseLpNormalization } from '../../src/passes/patterns/lp-normalization.ts';
import { applyPass, graphOf, printNodes, weights } from '../helpers/passes.ts';

const SHAPE = [2, 3, 5, 8];
const map = (b: GraphBuilder): string => b.input('x', 'float32', SHAPE);
const number = (b: GraphBuilder, value: number): string => b.constant('c', tensorOf('float32', [], [value]));
const binary = (b: GraphBuilder, kind: BinaryKind, x: string, y: string): string =>
  b.one('Binary', [x, y], { kind, activation: NO_ACTIVATION });
const reduce = (b: GraphBuilder, kind: ReduceKind, x: string, axes = [-1]): string =>
  b.one('Reduce', [x], { kind, axes, keepDims: true });
const clip = (b: GraphBuilder, x: string, alpha: number, beta = Infinity): string =>
  b.one('Activation', [x], { activation: { kind: 'clip', alpha, beta } });
const root = (b: GraphBuilder, x: string): string => b.one('Unary', [x], { kind: 'sqrt' });
const over = (b: GraphBuilder, x: string, y: string): string =>
  b.one('Binary', [x, y], { kind: 'div', activation: NO_ACTIVATION }, { outputs: ['y'] });
const run = (fill: (b: GraphBuilder, x: string) => string | readonly string[]): string =>
  printNodes(
    applyPass(
      recogniseLpNormalization,
      graphOf((b) => fill(b, map(b))),
    ),
  );

const SQUARES: Readonly<Record<string, (b: GraphBuilder, x: string) => string>> = {
  square: (b, x) => b.one('Unary', [x], { kind: 'square' }),
  product: (b, x) => binary(b, 'mul', x, x),
  power: (b, x) => binary(b, 'pow', x, number(b, 2)),
};

describe('recogniseLpNormalization', () => {
  it.each<[string, string, (b: GraphBuilder, x: string) => string]>([
    ['no bound', 'p=2 least=0 added=0', (b, x) => reduce(b, 'l2', x)],
    ['a clip', 'p=2 least=0.5 added=0', (b, x) => clip(b, reduce(b, 'l2', x), 0.5)],
    ['a maximum', 'p=1 least=4 added=0', (b, x) => binary(b, 'max', reduce(b, 'l1', x, [3]), number(b, 4))],
    [
      'a sum',
      'p=2 least=0 added=0.25',
      (b, x) => binary(b, 'add', number(b, 0.25), root(b, reduce(b, 'sumSquare', x))),
    ],
    [
      'a broadcast of a clip',
      'p=2 least=0.5 added=0',
      (b, x) => b.one('Expand', [clip(b, reduce(b, 'l2', x), 0.5), b.ints('shape', SHAPE)], {}),
    ],
  ])('takes a norm with %s', (_, attributes, norm) => {
    expect(run((b, x) => over(b, x, norm(b, x)))).toBe(`y = LpNormalization(x) ${attributes} : float32 2x3x5x8`);
  });

  it.each(Object.entries(SQUARES))('takes the root of a sum of squares: %s', (_, square) => {
    const text = run((b, x) => over(b, x, root(b, reduce(b, 'sum', square(b, x)))));
    expect(text).toBe('y = LpNormalization(x) p=2 least=0 added=0 : float32 2x3x5x8');
  });

  it.each([[[8]], [[1, 1, 1, 8]]])('takes up factors of shape %j, on either side', (shape) => {
    for (const flip of [false, true]) {
      const text = run((b, x) => {
        const operands = [over(b, x, reduce(b, 'l2', x)), weights(b, 'w', shape)];
        const [left = '', right = ''] = flip ? operands.reverse() : operands;
        return b.one('Binary', [left, right], { kind: 'mul', activation: NO_ACTIVATION }, { outputs: ['z'] });
      });
      expect(text).toMatch(/^z = LpNormalization\(x, \S+\) p=2 least=0 added=0 : float32 2x3x5x8$/);
    }
  });

  it.each<[string, (b: GraphBuilder, x: string) => string | readonly string[]]>([
    ['another axis', (b, x) => over(b, x, reduce(b, 'l2', x, [1]))],
    ['two axes', (b, x) => over(b, x, reduce(b, 'l2', x, [2, 3]))],
    ['the norm of something else', (b, x) => over(b, x, reduce(b, 'l2', clip(b, x, 0, 1)))],
    ['a sum that has no root', (b, x) => over(b, x, reduce(b, 'sumSquare', x))],
    ['a norm over the map', (b, x) => over(b, reduce(b, 'l2', x), x)],
    ['an upper bound', (b, x) => over(b, x, clip(b, reduce(b, 'l2', x), 0.5, 3))],
    ['a number taken off', (b, x) => over(b, x, binary(b, 'add', reduce(b, 'l2', x), number(b, -1)))],
    [
      'a norm that is spread over more than the map',
      (b, x) => over(b, x, b.one('Expand', [reduce(b, 'l2', x), b.ints('shape', [4, ...SHAPE])], {})),
    ],
    ['a bound after a sum', (b, x) => over(b, x, clip(b, binary(b, 'add', reduce(b, 'l2', x), number(b, 1)), 0.5))],
    ['cubes', (b, x) => over(b, x, root(b, reduce(b, 'sum', binary(b, 'pow', clip(b, x, 1, 2), number(b, 3)))))],
  ])('leaves %s', (_, fill) => expect(run(fill)).toContain('y = Binary('));

  it('leaves a norm that something else reads', () => {
    const text = run((b, x) => {
      const norm = reduce(b, 'l2', x);
      return [over(b, x, norm), norm];
    });
    expect(text).toContain('y = Binary(');
  });

  it('leaves factors that are no constant of each channel', () => {
    for (const shape of [[1], [5, 1], [5, 8], []]) {
      const text = run((b, x) => binary(b, 'mul', over(b, x, reduce(b, 'l2', x)), weights(b, 'w', shape)));
      expect(text).toContain('kind="mul"');
    }
  });
});
