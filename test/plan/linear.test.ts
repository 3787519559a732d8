/**
 * Between a graph and its plan nothing may take time that grows with the square of the graph: files of a few hundred
 * kilobytes hold ten thousand nodes. Each kind is compiled and planned at one size and at four times it; no function may run
 * far more than four times as often, where 16 times would be quadratic.
 */
import { workOf } from '../helpers/work.ts';
import { expect, it } from 'vitest';
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { range } from '../../src/util/arrays.ts';
import '../helpers/every-operator.ts';

const device: DeviceProfile = { limits: DEFAULT_LIMITS, adapterClass: 'software', features: [] };

const N = 400;
const TIMES = 4;
/** Halfway, on a logarithmic scale, between what is linear and what is quadratic. */
const MOST = TIMES ** 1.5;
/** What a function may do for each node: it may have nothing to do at one size, and all at another. */
const MOST_A_NODE = 64;

const ADD = { kind: 'add', activation: NO_ACTIVATION } as const;
const MUL = { kind: 'mul', activation: NO_ACTIVATION } as const;
const activation = (i: number): { activation: { kind: 'sigmoid' | 'tanh'; alpha: number; beta: number } } => {
  return { activation: { kind: i % 2 === 0 ? 'sigmoid' : 'tanh', alpha: 0, beta: 0 } };
};

type Build = (b: GraphBuilder, x: string, n: number) => readonly string[];

/** A chain of nodes, each made of what is before it. */
function chain(next: (b: GraphBuilder, x: string, i: number, input: string) => string): Build {
  return (b, input, n) => [range(n).reduce((x, i) => next(b, x, i, input), input)];
}

/** Many values of the input. */
function wide(b: GraphBuilder, x: string, n: number): string[] {
  return range(n).map((i) => b.one('Activation', [x], activation(i)));
}

const KINDS: Readonly<Record<string, Build>> = {
  'a chain of activations': chain((b, x, i) => b.one('Activation', [x], activation(i))),
  'a chain of sums with the input': chain((b, x, _, input) => b.one('Binary', [x, input], ADD)),
  'a chain of numbers added and multiplied': (b, x, n) => {
    const half = b.constant('half', tensorOf('float32', [], [0.5]));
    return chain((_, y, i) => b.one('Binary', [y, half], i % 2 === 0 ? ADD : MUL))(b, x, n);
  },
  'a chain of constants of their own': chain((b, x, i) =>
    b.one(
      'Binary',
      [
        x,
        b.constant(
          'c',
          tensorOf(
            'float32',
            [8],
            range(8).map((k) => k + i),
          ),
        ),
      ],
      ADD,
    ),
  ),
  'a chain of Reshape and Transpose': (b, x, n) => {
    const flat = b.ints('flat', [1, 64]);
    const square = b.ints('square', [1, 8, 8]);
    return chain((_, y, i) => {
      if (i % 4 === 0) return b.one('Transpose', [y], { perm: [0, 2, 1] });
      if (i % 4 === 1) return b.one('Activation', [y], activation(i));
      return b.one('Reshape', [y, i % 4 === 2 ? flat : square], { allowZero: true });
    })(b, x, n);
  },
  'branches that meet in a Concat': (b, x, n) => [b.one('Concat', wide(b, x, n), { axis: 2 })],
  'a Concat of one value': (b, x, n) => [
    b.one(
      'Concat',
      range(n).map(() => x),
      { axis: 1 },
    ),
  ],
  'Concats inside each other': chain((b, x, _, input) => b.one('Concat', [x, input], { axis: 1 })),
  'sums of what was computed long before': (b, x, n) => {
    const all = wide(b, x, n);
    return [all.reduce((sum, y) => b.one('Binary', [sum, y], ADD))];
  },
  'many outputs': wide,
  'many transposed outputs': (b, x, n) => range(n).map(() => b.one('Transpose', [x], { perm: [0, 2, 1] })),
  'a Split and a Concat of its parts': (b, x, n) => {
    const whole = b.one(
      'Concat',
      range(Math.ceil(n / 8)).map(() => x),
      { axis: 2 },
    );
    const parts = b.add('Split', [whole], { axis: 2, sizes: [] }, { outputCount: Math.ceil(n / 8) * 8 });
    const changed = parts.map((part, i) => b.one('Activation', [part], activation(i)));
    return [b.one('Concat', changed, { axis: 1 })];
  },
};

function graphOf(build: Build, n: number): Graph {
  const b = new GraphBuilder('linear');
  for (const name of build(b, b.input('x', 'float32', [1, 8, 8]), n)) b.output(name);
  return b.build();
}

const worked = (build: Build, n: number): ReturnType<typeof workOf> =>
  workOf(() => planGraph(compile(graphOf(build, n), { level: 'full' }), device));

it.each(Object.entries(KINDS))('%s', async (_, build) => {
  const once = await worked(build, N);
  const more = await worked(build, N * TIMES);
  expect(more.size).toBeGreaterThan(100);
  const grown = [...more].filter(
    ([name, count]) => count > Math.max(MOST * (once.get(name) ?? 0), MOST_A_NODE * N * TIMES),
  );
  expect(grown.map(([name, count]) => `${name}: ${once.get(name) ?? 0} times became ${count}`)).toEqual([]);
});
