/** Loops and lists of graph models: `map_fn` as TensorFlow 1 and 2 write it, unrolled; and what cannot be. */
import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../src/core/errors.ts';
import { shapesByName } from '../../src/cli/arguments.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { Session } from '../../src/session/session.ts';
import { attr, GraphDef, importerOf, randomFeeds, runReference } from '../helpers/tfjs-models.ts';

const frame = { frame_name: attr.s('loop'), is_constant: attr.b(false) };

/** Loops over variables: `body` gives the next of each from those of a round, `condition` whether there is a round. */
function loop(
  g: GraphDef,
  start: readonly string[],
  condition: (values: readonly string[]) => string,
  body: (values: readonly string[]) => readonly string[],
): string[] {
  const merges = start.map((value, i) => {
    const enter = g.node('Enter', [value], frame, `enter_${i}`);
    return g.node('Merge', [enter, `next_${i}`], { N: attr.i(2) }, `merge_${i}`);
  });
  const going = g.node('LoopCond', [condition(merges)]);
  const switches = merges.map((merge, i) => g.node('Switch', [merge, going], {}, `switch_${i}`));
  body(switches.map((name) => `${name}:1`)).forEach((value, i) => g.node('NextIteration', [value], {}, `next_${i}`));
  return switches.map((name, i) => g.node('Exit', [name], {}, `exit_${i}`));
}

/** An output behind Exit nodes: what nothing reads would be an output, too. */
function importOf(g: GraphDef, output: string): Promise<Awaited<ReturnType<ReturnType<typeof importerOf>['load']>>> {
  const files = g.files({ outputs: { y: { name: output } } });
  return importerOf(files).load(files);
}

/** Twice each image of x, and one more, by TensorFlow 2's lists. */
function mapByLists(g: GraphDef, x: string, count: string, cases: (image: string) => string): string {
  const shape = g.ints([3]);
  const images = g.node('TensorListFromTensor', [x, shape]);
  const results = g.node('TensorListReserve', [shape, count]);
  const [, list = ''] = loop(
    g,
    [g.ints([0], []), results, images],
    ([i = '']) => g.node('Less', [i, count]),
    ([i = '', done = '', all = '']) => {
      const image = g.node('TensorListGetItem', [all, i, shape]);
      const next = g.node('TensorListSetItem', [done, i, cases(image)]);
      return [g.node('AddV2', [i, g.ints([1], [])]), next, g.node('Identity', [all])];
    },
  );
  return g.node('TensorListStack', [list, shape], {}, 'y');
}

/** The same by TensorFlow 1's arrays, whose length is the number of images. */
function mapByArrays(g: GraphDef, x: string, counted: string): string {
  const bounds = [g.ints([0]), g.ints([1]), g.ints([1])];
  const count = g.node('StridedSlice', [g.node('Shape', [counted]), ...bounds], { shrink_axis_mask: attr.i(1) });
  const images = g.node('TensorArrayV3', [count]);
  const results = g.node('TensorArrayV3', [count]);
  const indices = g.node('Range', [g.ints([0], []), count, g.ints([1], [])]);
  const filled = g.node('TensorArrayScatterV3', [images, indices, x, `${images}:1`]);
  const read = g.node('Enter', [filled], { ...frame, is_constant: attr.b(true) });
  const limit = g.node('Enter', [count], { ...frame, is_constant: attr.b(true) });
  const [, flow = ''] = loop(
    g,
    [g.ints([0], []), `${results}:1`],
    ([i = '']) => g.node('LogicalAnd', [g.node('Less', [i, limit]), g.node('Less', [i, limit])]),
    ([i = '', done = '']) => {
      const image = g.node('TensorArrayReadV3', [images, i, read]);
      const y = g.node('Add', [g.node('Mul', [image, g.constant(tensorOf('float32', [], [2]))]), one(g)]);
      return [g.node('Add', [i, g.ints([1], [])]), g.node('TensorArrayWriteV3', [results, i, y, done])];
    },
  );
  const size = g.node('TensorArraySizeV3', [results, flow]);
  const all = g.node('Range', [g.ints([0], []), size, g.ints([1], [])]);
  return g.node('TensorArrayGatherV3', [results, all, flow], {}, 'y');
}

const one = (g: GraphDef): string => g.constant(tensorOf('float32', [], [1]));

async function expectDoubled(g: GraphDef, shapes: Record<string, readonly number[]> = {}): Promise<void> {
  const { graph } = await importOf(g, 'y');
  const feeds = randomFeeds(graph, 5, shapes);
  const [x] = feeds.values() as Iterable<Tensor>;
  const y = runReference(graph, feeds).get('y');
  expect(y?.shape).toEqual(x?.shape);
  expect(y?.data).toEqual(Float32Array.from(x?.data ?? [], (v) => Math.fround(Math.fround(2 * Number(v)) + 1)));
}

describe('map_fn', () => {
  it.each([1, 3])('of %i images, by lists', async (n) => {
    const g = new GraphDef();
    mapByLists(g, g.placeholder('x', [n, 4, 3]), g.ints([n], []), (image) => {
      const twice = g.node('Mul', [image, g.constant(tensorOf('float32', [], [2]))]);
      return g.node('AddV2', [twice, one(g)]);
    });
    await expectDoubled(g);
  });

  it.each([[[2, 4, 3]], [[-1, 4, 3]]])('of a batch %o, by arrays', async (shape) => {
    const g = new GraphDef();
    const x = g.placeholder('x', shape);
    mapByArrays(g, x, x);
    await expectDoubled(g);
  });

  it('unrolled for one image is no answer for two', async () => {
    const g = new GraphDef();
    const x = g.placeholder('x', [-1, 4, 3]);
    mapByArrays(g, x, x);
    await expect(expectDoubled(g, { x: [2, 4, 3] })).rejects.toThrow(/extent|Squeeze|axis/);
  });
});

async function refusals(g: GraphDef, output: string): Promise<UnsupportedError['items']> {
  const error: unknown = await importOf(g, output).catch((e: unknown) => e);
  if (!(error instanceof UnsupportedError)) throw error;
  return error.items;
}

/** Where p holds, x times relu(x) or −x, as q says, and one more; twice −x elsewhere. */
function branches(g: GraphDef): void {
  const [x, p, q] = [g.placeholder('x', [2]), g.placeholder('p', [1], 'DT_BOOL'), g.placeholder('q', [], 'DT_BOOL')];
  const inside = g.node('Switch', [g.node('Identity', [q]), p], {}, 'inside');
  const inner = g.node('Switch', [g.node('Identity', [x]), `${inside}:1`], {}, 'inner');
  const sign = g.node('Merge', [g.node('Neg', [inner]), g.node('Relu', [`${inner}:1`])], {}, 'sign');
  const outer = g.node('Switch', [x, p], {}, 'outer');
  const more = g.node('AddV2', [g.node('Mul', [sign, `${outer}:1`]), one(g)]);
  const less = g.node('Mul', [outer, g.constant(tensorOf('float32', [], [-2]))]);
  g.node('Merge', [more, less], {}, 'y');
}

describe('branches', () => {
  it.each([
    [1, 1, [1, 10]],
    [1, 0, [-3, -8]],
    [0, 1, [4, -6]],
    [0, 0, [4, -6]],
  ])('chosen by what a run is given: %i, %i', async (p, q, expected) => {
    const g = new GraphDef();
    branches(g);
    const { graph } = await importOf(g, 'y');
    const feeds = new Map([
      ['x', tensorOf('float32', [2], [-2, 3])],
      ['p', tensorOf('bool', [1], [p])],
      ['q', tensorOf('bool', [], [q])],
    ]);
    const session = await Session.create(graph, { backend: 'cpu' });
    const { y } = await session.run(Object.fromEntries(feeds));
    session.dispose();
    expect(Array.from(y?.data ?? [])).toEqual(expected);
  });
});

describe('branches of a constant condition', () => {
  it.each([0, 1])('%i: what the other lacks does not matter', async (p) => {
    const g = new GraphDef();
    const given = g.constant(tensorOf('bool', [], [p]));
    const training = g.node('PlaceholderWithDefault', [given], { dtype: attr.type('DT_BOOL') });
    const parts = g.node('Switch', [g.placeholder('x', [2]), g.node('Identity', [training])]);
    const [less, more] = p === 1 ? ['Mystery', 'Relu'] : ['Neg', 'Mystery'];
    g.node('Merge', [g.node(less, [parts]), g.node(more, [`${parts}:1`])], {}, 'y');
    const { graph } = await importOf(g, 'y');
    const y = runReference(graph, new Map([['x', tensorOf('float32', [2], [-2, 3])]])).get('y');
    expect(Array.from(y?.data ?? [])).toEqual(p === 1 ? [0, 3] : [2, -3]);
  });

  it('of what is fed, both are needed', async () => {
    const g = new GraphDef();
    const parts = g.node('Switch', [g.placeholder('x', [2]), g.placeholder('p', [], 'DT_BOOL')]);
    g.node('Merge', [g.node('Mystery', [parts]), g.node('Relu', [`${parts}:1`])], {}, 'y');
    expect((await refusals(g, 'y')).map(({ op }) => op)).toEqual(['Mystery']);
  });
});

describe('control flow that is refused', () => {
  it('names the operators inside of loops, and nothing of the loops', async () => {
    const g = new GraphDef();
    mapByLists(g, g.placeholder('x', [1, 4, 3]), g.ints([1], []), (image) => g.node('Mystery', [image], {}, 'inner'));
    expect(await refusals(g, 'y')).toEqual([{ node: 'inner/round_0', op: 'Mystery', what: 'operator' }]);
  });

  it('a count of something else than the images that are taken apart', async () => {
    const g = new GraphDef();
    const x = g.placeholder('x', [2, 4, 3]);
    mapByArrays(g, x, g.node('Relu', [x]));
    expect((await refusals(g, 'y')).map(({ what }) => what)).toEqual([
      'a loop that counts something else than the images of its input',
    ]);
  });

  it.each([
    ['computed rounds', (x: string) => x, 'a loop whose number of rounds is computed'],
    ['endless rounds', undefined, 'a loop of more than 256 rounds'],
  ])('%s, and what else is missing', async (_name, limitOf, what) => {
    const g = new GraphDef();
    const x = g.placeholder('x', [1]);
    const limit = limitOf?.(x) ?? g.ints([2_000_000_000], []);
    const [y = ''] = loop(
      g,
      [g.ints([0], [])],
      ([i = '']) => g.node('Less', [i, limit]),
      ([i = '']) => [g.node('AddV2', [i, g.ints([1], [])])],
    );
    g.node('Mystery', [y, x], {}, 'after');
    expect(await refusals(g, 'after')).toEqual([
      { node: 'exit_0', op: 'Exit', what },
      { node: 'after', op: 'Mystery', what: 'operator' },
    ]);
  });

  it('an input of unknown rank takes that of the shape it is given', async () => {
    const g = new GraphDef();
    const unknown = { dtype: attr.type('DT_FLOAT'), shape: { shape: { unknownRank: true } } };
    const [a, b] = ['a', 'b=c'].map((name) => g.node('Placeholder', [], unknown, name));
    g.node('Sub', [a ?? '', b ?? ''], {}, 'y');
    const files = g.files({ outputs: { y: { name: 'y' } } });
    const inputShapes = { a: [2, 3], 'b=c': [] };
    const session = await Session.create(files, { backend: 'cpu', inputShapes });
    expect(session.inputs.map(({ shape }) => shape)).toEqual([['a_dim0', 'a_dim1'], []]);
    expect(session.outputs).toEqual([{ name: 'y', dtype: 'float32', shape: [2, 3] }]);
    const { y } = await session.run({
      a: tensorOf('float32', [1, 2], [5, 6]),
      'b=c': tensorOf('float32', [], [4]),
    });
    expect(y).toEqual(tensorOf('float32', [1, 2], [1, 2]));
    session.dispose();
    await expect(Session.create(files, { backend: 'cpu', inputShapes: () => inputShapes })).rejects.toThrow(
      'unless inputShapes has a shape for "b=c"',
    );
    expect(shapesByName(['a=2x3', 'b=c=scalar'])).toMatchObject(inputShapes);
    expect(shapesByName(['a=x=y.bin:2x3', 'b.bin', '1x2'])).toEqual({ a: [2, 3], 'a=x': [2, 3] });
  });

  it('inputs of unknown rank, with the operators that are missing', async () => {
    const g = new GraphDef();
    const x = g.node('Placeholder', [], { dtype: attr.type('DT_FLOAT'), shape: { shape: { unknownRank: true } } }, 'x');
    g.node('Mystery', [x], {}, 'y');
    expect(await refusals(g, 'y')).toEqual([
      { node: 'x', op: 'Placeholder', what: 'an input of unknown rank, unless inputShapes has a shape for "x"' },
      { node: 'y', op: 'Mystery', what: 'operator' },
    ]);
  });
});
