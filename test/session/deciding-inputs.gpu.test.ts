/** Inputs whose elements decide shapes are part of what a plan is made for. */
import { afterEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { signatureOf } from '../../src/session/compiled-cache.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { Session } from '../../src/session/session.ts';

const BACKENDS: readonly SessionOptions[] = [{ backend: 'cpu' }, { gpu: async () => (await openGpu()).adapter }];

let session: Session | undefined;
afterEach(() => session?.dispose());

/** y = (x + x) in the shape that is fed, turned; z = the shape itself plus one. */
function reshaping(): Graph {
  const b = new GraphBuilder('reshaping');
  const x = b.input('x', 'float32', [2, 6]);
  const shape = b.input('shape', 'int64', ['rank']);
  const one = b.constant('one', tensorOf('int64', [], [1]));
  const doubled = b.one('Binary', [x, x], { kind: 'add', activation: NO_ACTIVATION });
  const same = b.one('Identity', [shape], {});
  const y = b.one('Reshape', [doubled, same], { allowZero: false }, { outputs: ['y'] });
  const z = b.one('Binary', [shape, one], { kind: 'add', activation: NO_ACTIVATION }, { outputs: ['z'] });
  b.output(y);
  b.output(z);
  return b.build();
}

const x = tensorOf('float32', [2, 6], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
const float = (v: number): Tensor => tensorOf('float32', [], [v]);
const byte = (v: number): Tensor => tensorOf('uint8', [], [v]);
const ints = (...values: number[]) => tensorOf('int64', [values.length], values);

describe.each(BACKENDS)('inputs that decide shapes, %o', (options) => {
  it('are taken as they are fed, each in a plan of its own', async () => {
    session = await Session.create(reshaping(), options);
    expect(() => session?.outputs).toThrow(InputError);
    expect(() => session?.outputs).toThrow(/input "shape", and are known after the first run/);
    for (const shape of [[3, 4], [4, 3], [-1], [2, 1, 6], [3, 4]]) {
      const { y, z } = await session.run({ x, shape: ints(...shape) });
      expect(y?.shape).toEqual(shape[0] === -1 ? [12] : shape);
      expect(y?.data).toEqual(x.data.map((v) => 2 * v));
      expect(z).toEqual(ints(...shape.map((v) => v + 1)));
    }
    expect(session.outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['y', [3, 4]],
      ['z', [2]],
    ]);
    await expect(session.run({ x, shape: ints(5, 5) })).rejects.toThrow(/Reshape/);
    await expect(session.run({ x })).rejects.toThrow(/input "shape"/);
  });

  it('are told apart by every element, and are a copy of what was fed', async () => {
    const b = new GraphBuilder('slicing');
    const input = b.input('x', 'float32', [4]);
    const start = b.input('start', 'int64', [1]);
    b.output(b.one('Slice', [input, start, b.ints('end', [4])], {}, { outputs: ['y'] }));
    session = await Session.create(b.build(), options);
    const row = tensorOf('float32', [4], [0, 1, 2, 3]);
    const reused = ints(1);
    const run = async (from: Tensor): Promise<number[]> =>
      Array.from((await session?.run({ x: row, start: from }))?.['y']?.data ?? []);
    expect(await run(reused)).toEqual([1, 2, 3]);
    reused.data[0] = 3;
    expect(await run(reused)).toEqual([3]);
    expect(await run(ints(1))).toEqual([1, 2, 3]);
    const signed = [NaN, Infinity, -Infinity, 0, -0, 1].map((v) =>
      signatureOf([{ name: 'x', shape: [1], elements: [v] }]),
    );
    expect(new Set(signed).size).toBe(6);
  });

  it('may be scales, zero points and small weights of integers', async () => {
    const b = new GraphBuilder('scaling');
    const scalar = (name: string): [string, string] => [
      b.input(`${name}_scale`, 'float32', []),
      b.input(`${name}_zero`, 'uint8', []),
    ];
    const input = b.input('x', 'uint8', [1, 1, 3, 1]);
    const weights = b.input('w', 'uint8', [1, 1, 1, 1]);
    const attributes = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;
    const operands = [input, ...scalar('x'), weights, ...scalar('w'), ...scalar('y')];
    const own = { ...attributes, group: 1, rounding: 'float-even', range: [0, 255] } as const;
    b.output(b.one('QLinearConv', operands, own, { outputs: ['y'] }));
    session = await Session.create(b.build(), options);
    const run = async (w: number, scale: number, zero: number): Promise<number[]> => {
      const feeds = { x_scale: float(0.5), x_zero: byte(1), w_scale: float(2), w_zero: byte(0), y_zero: byte(zero) };
      const picture = tensorOf('uint8', [1, 1, 3, 1], [1, 3, 10]);
      const kernel = tensorOf('uint8', [1, 1, 1, 1], [w]);
      const results = await session?.run({ ...feeds, x: picture, w: kernel, y_scale: float(scale) });
      return Array.from(results?.['y']?.data ?? []);
    };
    // (x − 1)·w·0.5·2 / scale + zero
    expect(await run(3, 1, 5)).toEqual([5, 11, 32]);
    expect(await run(3, 2, 0)).toEqual([0, 3, 14]);
    expect(await run(7, 1, 0)).toEqual([0, 14, 63]);
  });

  it('are none where an input is only measured, or too large to be a shape', async () => {
    const b = new GraphBuilder('measured');
    const data = b.input('data', 'float32', [2, 3]);
    const like = b.input('like', 'float32', [3, 2]);
    b.output(b.one('Reshape', [data, b.one('Shape', [like], {})], { allowZero: false }, { outputs: ['y'] }));
    session = await Session.create(b.build(), options);
    expect(session.outputs.map(({ shape }) => shape)).toEqual([[3, 2]]);
    const large = new GraphBuilder('large');
    const wide = large.input('wide', 'int64', [65]);
    large.output(large.one('ConstantOfShape', [wide], { dtype: 'float32', value: 0 }));
    await expect(Session.create(large.build(), options)).rejects.toThrow(/depends on the data/);
  });
});
