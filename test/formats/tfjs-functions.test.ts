/** Functions of a graph model's library, written out: calls, branches and loops by function; what they lack, and bounds. */
import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import type { ImportedModel } from '../../src/formats/importer.ts';
import { Session } from '../../src/session/session.ts';
import { attr, GraphDef, importerOf } from '../helpers/tfjs-models.ts';

function importOf(g: GraphDef, ...outputs: readonly string[]): Promise<ImportedModel> {
  const files = g.files({ outputs: Object.fromEntries(outputs.map((name) => [name, { name }])) });
  return importerOf(files).load(files);
}

async function run(
  g: GraphDef,
  feeds: Readonly<Record<string, Tensor>>,
  ...outputs: readonly string[]
): Promise<number[][]> {
  const { graph } = await importOf(g, ...outputs);
  const session = await Session.create(graph, { backend: 'cpu' });
  const results = await session.run(feeds);
  session.dispose();
  return outputs.map((name) => Array.from(results[name]?.data ?? []));
}

async function refusals(g: GraphDef, output: string): Promise<UnsupportedError['items']> {
  const error: unknown = await importOf(g, output).catch((e: unknown) => e);
  if (!(error instanceof UnsupportedError)) throw error;
  return error.items;
}

const float = (value: number): Tensor => tensorOf('float32', [], [value]);

/** x·k, under a name of its own. */
function timesFunction(g: GraphDef, k: number): string {
  const body = new GraphDef(`k${k}_`);
  body.node('Mul', ['x', `${body.constant(float(k))}:output:0`], {}, 'mul');
  return g.fn(`times_${k}`, ['x'], body, { z: 'mul:z:0' });
}

const branches = (g: GraphDef): Record<string, ReturnType<typeof attr.func>> => ({
  then_branch: attr.func(timesFunction(g, 2)),
  else_branch: attr.func(timesFunction(g, 3)),
});

/** Functions of a loop over i, y and x: while i < limit, y becomes y·x + i. */
function loop(g: GraphDef, limit: number): Record<string, ReturnType<typeof attr.func>> {
  const cond = new GraphDef('cond_');
  cond.node('Less', ['i', `${cond.ints([limit], [])}:output:0`], {}, 'less');
  const body = new GraphDef('body_');
  body.node('AddV2', ['i', `${body.ints([1], [])}:output:0`], {}, 'next');
  body.node('Cast', ['i'], { DstT: attr.type('DT_FLOAT') }, 'round');
  body.node('AddV2', [body.node('Mul', ['y', 'x'], {}, 'product') + ':z:0', 'round:y:0'], {}, 'sum');
  return {
    cond: attr.func(g.fn('going', ['i', 'y', 'x'], cond, { more: 'less:z:0' })),
    body: attr.func(g.fn('step', ['i', 'y', 'x'], body, { i_: 'next:z:0', y_: 'sum:z:0', x_: 'x' })),
  };
}

/** What `loop` makes of y = 1 in four rounds. */
const step = (v: number): number => (((1 * v + 0) * v + 1) * v + 2) * v + 3;

const X = tensorOf('float32', [3], [-2, 5, 1]);

describe('calls', () => {
  it('become the nodes of what they call, also one within another and by name', async () => {
    const g = new GraphDef();
    const x = g.placeholder('x', [3]);
    const times = attr.func(timesFunction(g, 3));
    const body = new GraphDef('outer_');
    const inner = body.node('StatefulPartitionedCall', ['a'], { f: times }, 'inner');
    const again = body.node('times_3', [`${inner}:output:0`], {}, 'again');
    body.node('Sub', [`${again}:z:0`, 'b'], {}, 'sub');
    const f = attr.func(g.fn('outer', ['a', 'b'], body, { first: 'sub:z:0', second: `${inner}:output:0`, third: 'b' }));
    g.node('PartitionedCall', [x, g.constant(float(1))], { f }, 'call');
    g.node('AddV2', ['call', 'call:1'], {}, 'y');
    expect(await run(g, { x: X }, 'y', 'call:1', 'call:2')).toEqual([[-25, 59, 11], [-6, 15, 3], [1]]);
  });

  it('read outputs by their names', async () => {
    const g = new GraphDef();
    const x = g.placeholder('x', [3]);
    const body = new GraphDef('top_');
    body.node('TopKV2', ['x', `${body.ints([2], [])}:output:0`], {}, 'top');
    body.node('Split', [`${body.ints([0], [])}:output:0`, 'top:indices:0'], { num_split: attr.i(2) }, 'split');
    const f = attr.func(
      g.fn('top', ['x'], body, { values: 'top:values:0', indices: 'top:indices:0', last: 'split:output:1' }),
    );
    g.node('PartitionedCall', [x], { f }, 'call');
    expect(await run(g, { x: X }, 'call', 'call:1', 'call:2')).toEqual([[5, 1], [1, 2], [2]]);
  });

  it('list what is missing inside of them', async () => {
    const g = new GraphDef();
    const body = new GraphDef();
    body.node('Mystery', ['x'], {}, 'inside');
    const f = attr.func(g.fn('mystery', ['x'], body, { y: 'inside:y:0' }));
    const call = g.node('PartitionedCall', [g.placeholder('x', [3])], { f }, 'call');
    g.node('Riddle', [call], {}, 'after');
    const found = await refusals(g, 'after');
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        { node: 'call/inside', op: 'Mystery', what: 'operator' },
        { node: 'after', op: 'Riddle', what: 'operator' },
      ]),
    );
  });

  it('of themselves, or that multiply, are refused', async () => {
    const g = new GraphDef();
    const x = g.placeholder('x', [3]);
    const self = new GraphDef();
    self.node('self', ['x'], {}, 'call');
    g.fn('self', ['x'], self, { y: 'call:y:0' });
    g.node('self', [x], {}, 'y');
    expect((await refusals(g, 'y')).map(({ what }) => what)).toEqual(['functions that call one another 32 deep']);
    for (let i = 0; i < 30; i++) {
      const body = new GraphDef();
      body.node('AddV2', [body.node(`f${i - 1}`, ['x']), body.node(`f${i - 1}`, ['x'])], {}, 'sum');
      g.fn(`f${i}`, ['x'], body, { y: 'sum:z:0' });
    }
    const last = new GraphDef();
    last.node('Neg', ['x'], {}, 'neg');
    g.fn('f-1', ['x'], last, { y: 'neg:y:0' });
    g.node('f29', [x], {}, 'z');
    expect((await refusals(g, 'z')).map(({ what }) => what)).toEqual(['more than 32768 nodes in functions']);
  });

  it('of what is not there, or with other arguments, name the function', async () => {
    const g = new GraphDef();
    const x = g.placeholder('x', [3]);
    timesFunction(g, 2);
    g.node('PartitionedCall', [x], { f: attr.func('constructor') }, 'y');
    g.node('times_2', [x, x], {}, 'z');
    g.node('StatelessIf', [x], {}, 'w');
    await expect(importOf(g, 'y')).rejects.toThrow('no function "constructor"');
    await expect(importOf(g, 'z')).rejects.toThrow('function "times_2" takes 1 arguments, not 2');
    await expect(importOf(g, 'w')).rejects.toThrow('the function then_branch of node "w" must be a string');
  });

  it('that read themselves are a cycle', async () => {
    const g = new GraphDef();
    const f = attr.func(g.fn('same', ['x'], new GraphDef(), { y: 'x' }));
    g.node('PartitionedCall', ['call'], { f }, 'call');
    g.node('Relu', ['call'], {}, 'y');
    await expect(importOf(g, 'y')).rejects.toThrow('a call reads itself');
  });
});

describe('If by functions', () => {
  it.each([
    [true, [-4, 10, 2]],
    [false, [-6, 15, 3]],
  ])('of a condition that is constantly %s takes one', async (condition, expected) => {
    const g = new GraphDef();
    const p = g.node('Identity', [g.constant(tensorOf('bool', [], [Number(condition)]))]);
    g.node('StatelessIf', [p, g.placeholder('x', [3])], branches(g), 'y');
    const { graph } = await importOf(g, 'y');
    expect(graph.nodes.map(({ op }) => op)).not.toContain('If');
    expect(await run(g, { x: X }, 'y')).toEqual([expected]);
  });

  it('of a fed condition, a number, takes either', async () => {
    const g = new GraphDef();
    const p = g.placeholder('p', [], 'DT_INT32');
    g.node('If', [p, g.placeholder('x', [3])], branches(g), 'y');
    expect(await run(g, { x: X, p: tensorOf('int32', [], [7]) }, 'y')).toEqual([[-4, 10, 2]]);
    expect(await run(g, { x: X, p: tensorOf('int32', [], [0]) }, 'y')).toEqual([[-6, 15, 3]]);
  });
});

describe('While by functions', () => {
  it.each(['While', 'StatelessWhile'])('%s is unrolled', async (op) => {
    const g = new GraphDef();
    const x = g.placeholder('x', [3]);
    g.node(op, [g.ints([0], []), g.constant(float(1)), x], loop(g, 4), 'loop');
    g.node('Identity', ['loop:1'], {}, 'y');
    expect(await run(g, { x: X }, 'y')).toEqual([Array.from(X.data, step)]);
  });

  it('with rounds that a run decides is refused, and so is a loop within a loop', async () => {
    const g = new GraphDef();
    const x = g.placeholder('x', [3]);
    const functions = loop(g, 2);
    g.node('While', [g.placeholder('n', [], 'DT_INT32'), x, x], functions, 'loop');
    g.node('Relu', ['loop:1'], {}, 'y');
    expect((await refusals(g, 'y')).map(({ what }) => what)).toEqual(['a loop whose number of rounds is computed']);
    const outer = new GraphDef('outer_');
    outer.node('StatelessWhile', [`${outer.ints([0], [])}:output:0`, 'y', 'x'], functions, 'inner');
    outer.node('AddV2', ['i', `${outer.ints([1], [])}:output:0`], {}, 'next');
    const body = attr.func(
      g.fn('outer_step', ['i', 'y', 'x'], outer, { i_: 'next:z:0', y_: 'inner:output:1', x_: 'inner:output:2' }),
    );
    g.node('While', [g.ints([0], []), x, x], { ...functions, body }, 'nested');
    g.node('Relu', ['nested:1'], {}, 'z');
    expect((await refusals(g, 'z')).map(({ what }) => what)).toEqual(['a loop within a loop']);
  });
});
