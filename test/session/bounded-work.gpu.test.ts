/** Constants that would take too long or too much to compute before the first run are computed by it; loads can be given up. */
import { afterEach, describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import { FOLDED_ELEMENTS, FOLDED_WEIGHTS } from '../../src/core/limits.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compileGraph } from '../../src/session/compile-graph.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { Session } from '../../src/session/session.ts';
import { range } from '../../src/util/arrays.ts';

const GPU: SessionOptions = { gpu: async () => (await openGpu()).adapter };

let session: Session | undefined;
afterEach(() => session?.dispose());

/** y = x + one element of a map that is too large to be made while compiling. */
function heavy(): Graph {
  const b = new GraphBuilder('heavy');
  const side = Math.ceil(Math.sqrt(FOLDED_ELEMENTS)) + 3;
  const map = b.one('ConstantOfShape', [b.ints('dims', [1, side, side, 1])], { dtype: 'float32', value: 0.5 });
  const strides = [side, side];
  const window = { kernel: [1, 1], strides, dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;
  const pooled = b.one('MaxPool', [map], { ...window, ceilMode: false });
  const x = b.input('x', 'float32', [1, 1, 1, 2]);
  b.output(b.one('Binary', [x, pooled], { kind: 'add', activation: NO_ACTIVATION }, { outputs: ['y'] }));
  return b.build();
}

const DEPTH = 4096;
const SIDE = 192;

/** x plus a chain of products of constants, each with a fifth of the multiply-adds that the budget has. */
function chain(products: number): Graph {
  const b = new GraphBuilder('chain');
  const square = (value: number) => tensorOf('float32', [SIDE, SIDE], new Float32Array(SIDE * SIDE).fill(value));
  const weights = b.constant('w', square(1 / SIDE));
  let value = b.constant('seed', square(2));
  for (let i = 0; i < products; i++) {
    value = b.one('MatMul', [value, weights], { transA: false, transB: false, activation: NO_ACTIVATION });
  }
  const x = b.input('x', 'float32', [SIDE, SIDE]);
  b.output(b.one('Binary', [x, value], { kind: 'add', activation: NO_ACTIVATION }, { outputs: ['y'] }));
  return b.build();
}

/** y = (x·v·s)·w, where v takes all that passes may make of weights, and what is made of w would be too much. */
function wide(): Graph {
  const b = new GraphBuilder('wide');
  const product = { transA: false, transB: false, activation: NO_ACTIVATION };
  const weights = (rows: number, columns: number, value: number): string =>
    b.one('ConstantOfShape', [b.ints('dims', [rows, columns])], { dtype: 'float32', value });
  const scaled = (value: string, channels: number): string => {
    const scale = b.constant('scale', tensorOf('float32', [channels], new Float32Array(channels).fill(3)));
    return b.one('Binary', [value, scale], { kind: 'mul', activation: NO_ACTIVATION });
  };
  const v = weights(DEPTH, FOLDED_WEIGHTS / DEPTH, 1 / DEPTH);
  const w = b.one('Transpose', [weights(5, FOLDED_WEIGHTS / DEPTH, DEPTH / FOLDED_WEIGHTS)], { perm: [1, 0] });
  const x = b.input('x', 'float32', [1, DEPTH]);
  const hidden = scaled(b.one('MatMul', [x, v], product), FOLDED_WEIGHTS / DEPTH);
  b.output(scaled(b.one('MatMul', [hidden, w], product), 5));
  return b.build();
}

describe('work before the first run', () => {
  it('makes no weights that are all one number, and multiplies no more of them than it may', async () => {
    const graph = await compileGraph(wide(), { level: 'full' });
    // The scale of the first is in its weights, that of the second is not.
    expect(graph.nodes.map(({ op }) => op)).toEqual(['MatMul', 'MatMul', 'Binary']);
    session = await Session.create(wide(), GPU);
    const { [graph.outputs[0] ?? '']: y } = await session.run({ x: tensorOf('float32', [1, DEPTH], range(DEPTH)) });
    const expected = 9 * (range(DEPTH).reduce((a, b) => a + b) / DEPTH);
    y?.data.forEach((v) => expect(v / expected).toBeCloseTo(1, 4));
    expect(y?.shape).toEqual([1, 5]);
  });

  it('is left to the GPU where it is much, and right there', async () => {
    session = await Session.create(heavy(), GPU);
    const { y } = await session.run({ x: tensorOf('float32', [1, 1, 1, 2], [1, 2]) });
    expect(y?.data).toEqual(Float32Array.of(1.5, 2.5));
  });

  it('has one budget for all nodes, on whose far side the GPU goes on', async () => {
    const graph = chain(8);
    const compiled = await compileGraph(graph, { level: 'full' });
    const left = compiled.nodes.filter(({ op }) => op === 'MatMul').length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(8);
    session = await Session.create(graph, GPU);
    const { y } = await session.run({ x: tensorOf('float32', [SIDE, SIDE], range(SIDE * SIDE)) });
    y?.data.forEach((v, i) => {
      if (Math.abs(v - i - 2) > 0.01) throw new Error(`element ${i} is ${v}`);
    });
    expect(y?.data).toHaveLength(SIDE * SIDE);
  });

  it('is left to the run by patterns, too, whose references nobody loaded', async () => {
    const b = new GraphBuilder('test');
    const ones = b.one('ConstantOfShape', [b.ints('shape', [2048, 2048])], { dtype: 'float32', value: -1 });
    const slope = b.constant('slope', tensorOf('float32', [1], [0.5]));
    b.output(b.one('PRelu', [ones, slope], {}, { outputs: ['y'] }));
    const { y } = await (session = await Session.create(b.build(), GPU)).run({});
    expect([y?.data[0], y?.data.at(-1)]).toEqual([-0.5, -0.5]);
  });

  it('copies no more of weights that several nodes share than it may', async () => {
    const b = new GraphBuilder('shared');
    const side = 4096;
    const w = b.one('ConstantOfShape', [b.ints('dims', [side, side])], { dtype: 'float32', value: 2 ** -12 });
    const row = b.constant('row', tensorOf('float32', [side], new Float32Array(side).fill(3)));
    const attributes = { transA: false, transB: false, activation: NO_ACTIVATION };
    b.output(
      range(6).reduce(
        (h) => {
          const p = b.one('MatMul', [h, w], attributes);
          return b.one('Binary', [p, row], { kind: 'mul', activation: NO_ACTIVATION });
        },
        b.input('x', 'float32', [1, side]),
      ),
    );
    const { nodes } = await compileGraph(b.build(), { level: 'full' });
    expect(nodes.filter(({ op }) => op === 'Binary')).toHaveLength(4);
  });

  it('can be given up while constants are computed', async () => {
    const control = new AbortController();
    setTimeout(() => control.abort(new Error('enough')), 1);
    await expect(compileGraph(chain(4), { level: 'reference' }, control.signal)).rejects.toThrow('enough');
  });
});
