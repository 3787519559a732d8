/** Extents that depend on data: on both backends results come at their true size, through whatever takes such values. */
import { afterEach, describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/core/errors.ts';
import { tensorOf, zeros, type Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { Session } from '../../src/session/session.ts';
import type { SessionOptions } from '../../src/session/options.ts';

const BACKENDS: readonly SessionOptions[] = [{ backend: 'cpu' }, { gpu: async () => (await openGpu()).adapter }];

let open: Session[] = [];
afterEach(() => {
  for (const session of open) session.dispose();
  open = [];
});

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);

async function start(graph: Graph, options: SessionOptions): Promise<Session> {
  const session = await Session.create(graph, options);
  open.push(session);
  return session;
}

/** Scores `[6]` and boxes `[6, 3]`: the boxes with a score of more than a half, scaled, and their number of rows twice. */
function chosenBoxes(): Graph {
  const b = new GraphBuilder('boxes');
  const scores = b.input('scores', 'float32', [6]);
  const boxes = b.input('boxes', 'float32', [6, 3]);
  const half = b.constant('half', tensorOf('float32', [], [0.5]));
  const scale = b.constant('scale', tensorOf('float32', [3], [1, 10, 100]));
  const mask = b.one('Binary', [scores, half], { kind: 'greater', activation: NO_ACTIVATION }, { outputs: ['mask'] });
  const [places = '', count = ''] = b.add('NonZero', [mask], {}, { outputs: ['places', 'count'] });
  const row = b.one('Squeeze', [places], { axes: [0] });
  const rows = b.one('Gather', [boxes, row], { axis: 0 });
  const scaled = b.one('Binary', [rows, scale], { kind: 'mul', activation: RELU });
  const turned = b.one('Transpose', [scaled], { perm: [1, 0] }, { outputs: ['turned'] });
  const best = b.one('Reduce', [scaled], { kind: 'max', axes: [1], keepDims: false }, { outputs: ['best'] });
  const [kept = ''] = b.add('Compress', [boxes, mask], { axis: 0 }, { outputs: ['kept', 'kept_count'] });
  for (const name of [turned, best, kept, count]) b.output(name);
  return b.build();
}

const BOXES = tensorOf('float32', [6, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1, 1, -2, 2, 2, 3, 3, 3]);
const feeds = (...scores: number[]): Record<string, Tensor> => ({
  scores: tensorOf('float32', [6], scores),
  boxes: BOXES,
});

describe.each(BACKENDS)('extents that depend on data, %o', (options) => {
  it('are those of the data, whatever they were before', async () => {
    const session = await start(chosenBoxes(), options);
    expect(session.outputs.map(({ shape }) => shape)).toEqual([[3, 'count'], ['count'], ['kept_count', 3], []]);
    const some = await session.run(feeds(0.9, 0, 0, 0, 0.7, 0.6));
    expect(some['turned']).toEqual(tensorOf('float32', [3, 3], [1, 0, 3, 20, 20, 30, 300, 200, 300]));
    expect(some['best']).toEqual(tensorOf('float32', [3], [300, 200, 300]));
    expect(some['kept']).toEqual(tensorOf('float32', [3, 3], [1, 2, 3, -2, 2, 2, 3, 3, 3]));
    expect(some['count']).toEqual(tensorOf('int32', [], [3]));
    const none = await session.run(feeds(0, 0, 0, 0, 0, 0));
    expect(none['turned']?.shape).toEqual([3, 0]);
    expect(none['kept']).toEqual(tensorOf('float32', [0, 3], []));
    const all = await session.run(feeds(1, 1, 1, 1, 1, 1));
    expect(all['best']?.shape).toEqual([6]);
    expect(all['kept']).toEqual(BOXES);
  });

  it('are refused by name where an operator cannot take them', async () => {
    const b = new GraphBuilder('refused');
    const [places = ''] = b.add('NonZero', [b.input('x', 'float32', [4])], {}, { outputs: ['places', 'count'] });
    b.output(b.one('Reduce', [places], { kind: 'mean', axes: [1], keepDims: true }, { name: 'total' }));
    const failing = Session.create(b.build(), options);
    await expect(failing).rejects.toThrow(ShapeError);
    await expect(failing).rejects.toThrow(/"total" \(Reduce\): dimension 1 of input 0 depends on the data \("count"\)/);
  });

  it('end where the last of equal ones is looked for', async () => {
    const b = new GraphBuilder('last');
    const inputs = [b.input('x', 'float32', [6]), b.input('mask', 'bool', [6])];
    const [rows = ''] = b.add('Compress', inputs, { axis: 0 }, { outputs: ['rows', 'count'] });
    const extreme = (kind: 'max' | 'min'): string =>
      b.one('ArgReduce', [rows], { kind, axis: 0, keepDims: true, last: true, dtype: 'int64' }, { outputs: [kind] });
    for (const kind of ['max', 'min'] as const) b.output(extreme(kind));
    const session = await start(b.build(), options);
    const { max, min } = await session.run({
      x: tensorOf('float32', [6], [5, 1, 9, 5, 1, 5]),
      mask: tensorOf('bool', [6], [1, 1, 0, 1, 1, 1]),
    });
    expect([max, min]).toEqual([tensorOf('int64', [1], [4]), tensorOf('int64', [1], [3])]);
  });

  it('say how many updates are written, and what single elements are picked of', async () => {
    const b = new GraphBuilder('written');
    const x = b.input('x', 'float32', [6, 2]);
    const [places = ''] = b.add('NonZero', [b.input('mask', 'bool', [6])], {}, { outputs: ['places', 'count'] });
    const row = b.one('Squeeze', [places], { axes: [0] });
    const rows = b.one('Gather', [b.input('own', 'float32', [6, 2]), row], { axis: 0 });
    const each = b.one('Transpose', [places], { perm: [1, 0] });
    b.output(b.one('ScatterND', [x, each, rows], { reduction: 'add' }, { outputs: ['sums'] }));
    const column = b.one(
      'Slice',
      [rows, b.constant('from', ints(0)), b.constant('to', ints(1)), b.constant('axis', ints(1))],
      {},
    );
    b.output(b.one('ScatterElements', [x, each, column], { axis: 0, reduction: 'none' }, { outputs: ['replaced'] }));
    const ends = b.constant('ends', tensorOf('int64', [2, 1], [-1, 0]));
    b.output(b.one('GatherElements', [rows, ends], { axis: 0 }, { outputs: ['picked'] }));
    const session = await start(b.build(), options);
    const one = tensorOf('float32', [6, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const run = (...mask: number[]) =>
      session.run({ x: zeros('float32', [6, 2]), own: one, mask: tensorOf('bool', [6], mask) });
    const some = await run(0, 1, 0, 0, 1, 0);
    expect(some['sums']).toEqual(tensorOf('float32', [6, 2], [0, 0, 3, 4, 0, 0, 0, 0, 9, 10, 0, 0]));
    expect(some['replaced']).toEqual(tensorOf('float32', [6, 2], [0, 0, 3, 0, 0, 0, 0, 0, 9, 0, 0, 0]));
    expect(some['picked']).toEqual(tensorOf('float32', [2, 1], [9, 3]));
    const none = await run(0, 0, 0, 0, 0, 0);
    expect(none['sums']).toEqual(zeros('float32', [6, 2]));
    expect(none['picked']).toEqual(zeros('float32', [2, 1]));
  });

  it('are known, and nothing special, where the data is constant', async () => {
    const b = new GraphBuilder('constant');
    const x = b.constant('x', tensorOf('float32', [4], [0, 1, 0, 2]));
    const [places = ''] = b.add('NonZero', [x], {}, { outputs: ['places', 'count'] });
    const y = b.input('y', 'int64', [1, 2]);
    b.output(b.one('Binary', [places, y], { kind: 'add', activation: NO_ACTIVATION }, { outputs: ['z'] }));
    const session = await start(b.build(), options);
    const { z } = await session.run({ y: tensorOf('int64', [1, 2], [10, 20]) });
    expect(z).toEqual(tensorOf('int64', [1, 2], [11, 23]));
  });
});

/** One graph with one bounded value, x compressed along its first dimension, and what is made of it. */
function afterCompress(
  shape: readonly number[],
  make: (b: GraphBuilder, rows: string, count: string) => string,
): Graph {
  const b = new GraphBuilder('after');
  const x = b.input('x', 'float32', shape);
  const mask = b.input('mask', 'bool', [shape[0] ?? 0]);
  const [rows = '', count = ''] = b.add('Compress', [x, mask], { axis: 0 }, { outputs: ['rows', 'count'] });
  b.output(make(b, rows, count));
  return b.build();
}

const reshape = (b: GraphBuilder, x: string, to: readonly number[]): string =>
  b.one('Reshape', [x, b.ints('to', to)], { allowZero: false }, { outputs: ['y'] });

describe.each(BACKENDS)('an extent that depends on data is no number, %o', (options) => {
  const cases: readonly (readonly [
    name: string,
    graph: Graph,
    feed: readonly [shape: readonly number[], mask: readonly number[]],
    shape: readonly number[],
  ])[] = [
    [
      'what is left',
      afterCompress([4, 6], (b, x) => reshape(b, x, [-1, 2, 3])),
      [
        [4, 6],
        [1, 0, 1, 0],
      ],
      [2, 2, 3],
    ],
    [
      'what was there',
      afterCompress([4, 6], (b, x) => reshape(b, x, [0, 3, 2])),
      [
        [4, 6],
        [0, 0, 1, 0],
      ],
      [1, 3, 2],
    ],
    ['none of one row', afterCompress([1, 1], (b, x) => reshape(b, x, [-1, 1, 1])), [[1, 1], [0]], [0, 1, 1]],
    [
      'a dimension more behind a bound of 1',
      afterCompress([1, 3], (b, x) => b.one('Unsqueeze', [x], { axes: [1] }, { outputs: ['y'] })),
      [[1, 3], [0]],
      [0, 1, 3],
    ],
    [
      'turned, with a bound of 1',
      afterCompress([1, 1], (b, x) => b.one('Transpose', [x], { perm: [1, 0] }, { outputs: ['y'] })),
      [[1, 1], [0]],
      [1, 0],
    ],
    [
      'the mean of each map',
      afterCompress([3, 2, 2, 5], (b, x) =>
        b.one('Reduce', [x], { kind: 'mean', axes: [1, 2], keepDims: false }, { outputs: ['y'] }),
      ),
      [
        [3, 2, 2, 5],
        [1, 0, 1],
      ],
      [2, 5],
    ],
    [
      'a count that leaves by another name',
      afterCompress([3, 2], (b, x, count) => {
        b.output(b.one('Identity', [count], {}, { outputs: ['n'] }));
        return b.one('Activation', [x], { activation: RELU }, { outputs: ['y'] });
      }),
      [
        [3, 2],
        [0, 1, 1],
      ],
      [2, 2],
    ],
  ];
  it.each(cases)('%s', async (_, graph, [shape, mask], wanted) => {
    const session = await start(graph, options);
    const x = zeros('float32', shape);
    const { y } = await session.run({ x, mask: tensorOf('bool', [mask.length], mask) });
    expect(y?.shape).toEqual(wanted);
  });

  it('and a Shape has its count', async () => {
    const graph = afterCompress([4, 6, 5], (b, x) => {
      const turned = b.one('Transpose', [x], { perm: [1, 0, 2] });
      const shape = b.one('Shape', [turned], {});
      b.output(b.one('Reduce', [shape], { kind: 'prod', axes: [], keepDims: false }, { outputs: ['size'] }));
      return b.one('Identity', [shape], {}, { outputs: ['y'] });
    });
    const session = await start(graph, options);
    for (const [mask, rows] of [[[1, 0, 1, 0], 2] as const, [[0, 0, 0, 0], 0] as const]) {
      const { y, size } = await session.run({ x: zeros('float32', [4, 6, 5]), mask: tensorOf('bool', [4], mask) });
      expect(y).toEqual(tensorOf('int64', [3], [6, rows, 5]));
      expect(size).toEqual(tensorOf('int64', [], [30 * rows]));
    }
  });

  it('and what needs it to have a shape has it, too, or is refused by name', async () => {
    const like = { dtype: 'float32', value: 1 } as const;
    const ones = afterCompress([4, 4], (b, x) =>
      b.one('ConstantOfShape', [b.one('Shape', [x], {})], like, { outputs: ['y'] }),
    );
    const session = await start(ones, options);
    const { y } = await session.run({ x: zeros('float32', [4, 4]), mask: tensorOf('bool', [4], [0, 1, 0, 1]) });
    expect(y).toEqual(tensorOf('float32', [2, 4], [1, 1, 1, 1, 1, 1, 1, 1]));
    const squared = afterCompress([4, 4], (b, x) => {
      const shape = b.one('Shape', [x], {});
      const square = b.one('Binary', [shape, shape], { kind: 'mul', activation: NO_ACTIVATION });
      return b.one('ConstantOfShape', [square], like, { name: 'ones', outputs: ['y'] });
    });
    await expect(Session.create(squared, options)).rejects.toThrow(/"ones" \(ConstantOfShape\): the shape depends on/);
  });

  it('and a Reshape that asks for a number where it is refuses it', async () => {
    const graph = afterCompress([4, 4], (b, x) => reshape(b, x, [4, -1]));
    await expect(Session.create(graph, options)).rejects.toThrow(/which Reshape cannot take/);
  });

  it('and its count needs a name', async () => {
    const b = new GraphBuilder('nameless');
    b.output(b.one('NonZero', [b.input('x', 'float32', [3])], {}));
    await expect(Session.create(b.build(), options)).rejects.toThrow(/second output, .* needs a name/);
  });
});

describe('on a GPU', () => {
  const [, onGpu = {}] = BACKENDS;

  it('steps agree with the reference at true sizes', async () => {
    const session = await start(chosenBoxes(), onGpu);
    const reports = await session.check(feeds(0, 0.9, 0, 0, 0.7, 0));
    expect(reports.length).toBeGreaterThan(5);
    expect(reports.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('results that stay there come with their count', async () => {
    const session = await start(chosenBoxes(), onGpu);
    const { kept, best } = await session.run(feeds(0, 0.9, 0, 0, 0.7, 0), { outputs: 'gpu' });
    expect([kept?.shape, kept?.bounded?.axis]).toEqual([[6, 3], 0]);
    if (!kept || !best) throw new Error('an output is missing');
    expect(await session.read(kept)).toEqual(tensorOf('float32', [2, 3], [4, 5, 6, -2, 2, 2]));
    expect((await session.read(best)).shape).toEqual([2]);
    await expect(session.run({ ...feeds(0, 0, 0, 0, 0, 0), boxes: kept })).rejects.toThrow(
      /"boxes" has an extent that depends on data/,
    );
    const both = await session.run(feeds(0, 0.9, 0, 0, 0.7, 0), { keep: ['kept'] });
    expect(both['best']).toEqual(await session.read(best));
    const stayed = both['kept'];
    if (!stayed || !('buffer' in stayed)) throw new Error('it did not stay');
    expect(await session.read(stayed)).toEqual(await session.read(kept));
    for (const { buffer, bounded } of [kept, best, stayed]) {
      buffer.destroy();
      bounded?.count.destroy();
    }
  });
});
