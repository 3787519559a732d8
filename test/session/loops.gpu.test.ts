/** Loops and lists of tensors, on both backends and against onnxruntime. */
import { afterEach, describe, expect, it } from 'vitest';
import { floatTolerance } from '../../src/core/compare.ts';
import { ShapeError, TilewiseError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { openGpu } from '../../src/node/adapter.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { Session } from '../../src/session/session.ts';
import { expectClose } from '../helpers/close.ts';
import { encodeModel, type OnnxModel, type OnnxNode, type OnnxValueInfo } from '../helpers/onnx-bytes.ts';
import { node } from '../helpers/onnx-models.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { body, bool, floats, int, ints, LOOP_MODELS, nested } from './loop-models.ts';

const BACKENDS: readonly SessionOptions[] = [{ backend: 'cpu' }, { gpu: async () => (await openGpu()).adapter }];

let session: Session | undefined;
afterEach(() => session?.dispose());

const twice = body([{ name: 'a', dtype: 'float32', shape: [2] }], ['b'], [node('Add', 'a a', 'b')]);

/** x · 2ⁿ, with a condition that is given, or none. */
const doubled = (condition: string): OnnxModel => ({
  opset: 17,
  inputs: [
    { name: 'x', dtype: 'float32', shape: [2] },
    { name: 'n', dtype: 'int64', shape: [] },
  ],
  outputs: [{ name: 'y', dtype: 'float32' }],
  nodes: [node('Loop', `n ${condition} x`, 'y', { body: twice })],
});

const listPort = (name: string): OnnxValueInfo => ({ name, dtype: 'float32', sequence: true });

/** y: −x of each tensor, and one more at a place that is fed; how many there were; the list as it was. */
const bordered: OnnxModel = {
  opset: 17,
  inputs: [listPort('x'), { name: 'at', dtype: 'int64', shape: [] }],
  outputs: [listPort('y'), { name: 'n', dtype: 'int64' }, listPort('same')],
  initializers: [['more', floats([2, 2])]],
  nodes: [
    node('SequenceMap', 'x', 'negative', {
      body: { g: { inputs: [{ name: 'e', dtype: 'float32' }], outputs: ['f'], nodes: [node('Neg', 'e', 'f')] } },
    }),
    node('SequenceInsert', 'negative more at', 'y'),
    node('SequenceLength', 'x', 'n'),
    node('Identity', 'x', 'same'),
  ],
};

describe.each(BACKENDS)('loops, %o', (options) => {
  it.each(Object.entries(LOOP_MODELS))('%s', async (_, [model, ...runs]) => {
    const bytes = encodeModel(model);
    const [first = {}] = runs;
    const inputShapes = Object.fromEntries(Object.entries(first).map(([name, { shape }]) => [name, shape]));
    session = await Session.create(bytes, { ...options, inputShapes });
    for (const feeds of runs) {
      const expected = await ortRun(bytes, new Map(Object.entries(feeds)));
      const results = await session.run(feeds);
      expect(Object.keys(results)).toEqual([...expected.keys()]);
      for (const [name, want] of expected) {
        const got = results[name];
        if (!got) throw new Error(`no output ${name}`);
        expect(got.shape, name).toEqual([...want.shape]);
        expectClose(got, want, floatTolerance(32), name);
      }
    }
  });

  it.each([5, -1])('a batch of sequences, one of %i slices where there are 4', async (count) => {
    const [model, feeds = {}] = LOOP_MODELS['a batch of sequences of several lengths'] ?? [];
    if (!model) throw new Error('there is no such model');
    session = await Session.create(encodeModel(model), options);
    await expect(session.run({ ...feeds, n: ints(2, count, 1) })).rejects.toThrow(ShapeError);
  });

  it('names of a body are its own', async () => {
    const feeds = { x: floats([2]), n: int(3) };
    const results = [];
    for (const own of ['', '_inner']) {
      using one = await Session.create(encodeModel(nested(own)), options);
      results.push(await one.run(feeds));
    }
    expect(results[0]).toEqual(results[1]);
  });

  it('as many rounds as a run says, again with another number', async () => {
    session = await Session.create(encodeModel(doubled('')), options);
    for (const n of [3, 0, 5, 3]) {
      const { y } = await session.run({ x: floats([2]), n: int(n) });
      const expected = tensorOf(
        'float32',
        [2],
        [...floats([2]).data].map((v) => v * 2 ** n),
      );
      if (y) expectClose(y, expected, floatTolerance(1), `${n} rounds`);
    }
  });

  it('lists that enter and leave are tensors of their names', async () => {
    const inputShapes = { 'x/0': [2], 'x/1': [3], 'x/2': [1], at: [] };
    session = await Session.create(encodeModel(bordered), { ...options, inputShapes });
    expect(session.inputs.map(({ name }) => name)).toEqual(['x/0', 'x/1', 'x/2', 'at']);
    const feeds = { 'x/0': floats([2]), 'x/1': floats([3], 4), 'x/2': floats([1], 8), at: int(1) };
    const results = await session.run(feeds);
    expect(Object.keys(results)).toEqual(['y/0', 'y/1', 'y/2', 'y/3', 'n', 'same/0', 'same/1', 'same/2']);
    expect(session.outputs.map(({ name }) => name)).toEqual(Object.keys(results));
    expect(results['y/0']?.data).toEqual(floats([2]).data.map((v) => -v));
    expect(results['y/1']?.shape).toEqual([2, 2]);
    expect(results['y/3']?.shape).toEqual([1]);
    expect(results['n']?.data[0]).toBe(3);
    expect(results['same/1']?.data).toEqual(feeds['x/1'].data);
    expect(Object.keys(await session.run(feeds, { fetches: ['y/2'] }))).toEqual(['y/2']);
  });

  it('a list without tensors', async () => {
    session = await Session.create(encodeModel(bordered), { ...options, inputShapes: {} });
    const running = session.run({ at: int(0) });
    const results = await running;
    expect(Object.keys(results)).toEqual(['y/0', 'n']);
    expect(results['n']?.data[0]).toBe(0);
  });
});

const said = async (nodes: readonly OnnxNode[], more: Partial<OnnxModel> = {}): Promise<string> => {
  const model: OnnxModel = {
    opset: 17,
    inputs: [
      { name: 'x', dtype: 'float32', shape: [3, 100] },
      { name: 'n', dtype: 'int64', shape: [] },
    ],
    outputs: ['y'],
    initializers: [
      ['yes', bool(true)],
      ['many', ints(2 ** 31 - 1)],
      ['two', int(2)],
      ['nine', int(9)],
      ['row', floats([2])],
      ['pair', ints(1, 2)],
    ],
    nodes,
    ...more,
  };
  try {
    using one = await Session.create(encodeModel(model), { backend: 'cpu' });
    await one.run({ x: floats([3, 100]), n: int(2) });
    return 'no error';
  } catch (error) {
    return error instanceof TilewiseError ? `${error.code}: ${error.message}` : `INTERNAL ${String(error)}`;
  }
};

const carried = (shape: readonly number[] = [2]): OnnxValueInfo => ({ name: 'a', dtype: 'float32', shape });
const loop = (inputs: string, g: object): OnnxNode => node('Loop', inputs, 'y', { body: g as typeof twice });
const scan = (inputs: string, attributes: OnnxNode['attributes']): OnnxNode =>
  node('Scan', inputs, 'y', {
    num_scan_inputs: { i: 1 },
    body: { g: { inputs: [carried()], outputs: ['b'], nodes: [node('Abs', 'a', 'b')] } },
    ...attributes,
  });
const three = node('SequenceConstruct', 'x x x', 'l');

/** A body that goes on while the largest element is below 0. */
const small = (outputs: readonly string[], nodes: readonly OnnxNode[]): typeof twice =>
  body(
    [{ name: 'a', dtype: 'float32', shape: [null, 100] }],
    outputs,
    [...nodes, node('ReduceMax', 'a', 'm', { keepdims: { i: 0 } }), node('Less', 'm nil', 'goOn')],
    [['nil', tensorOf('float32', [], [0])]],
  );

const FAULTS: Readonly<Record<string, readonly [RegExp, readonly OnnxNode[], Partial<OnnxModel>?]>> = {
  'rounds without end': [
    /UNSUPPORTED: .*Loop "Loop_y": more than 50000 nodes in the rounds of all loops/,
    [loop(' yes row', twice)],
  ],
  'rounds of nothing': [/UNSUPPORTED: .*more than 50000 nodes/, [loop('many yes row', body([carried()], ['a'], []))]],
  'loops in loops in loops': [
    /UNSUPPORTED: .*more than 50000 nodes/,
    [
      loop(
        'many yes row',
        body(
          [carried()],
          ['b'],
          [
            node('Loop', 'many yes a', 'b', {
              body: body([{ ...carried(), name: 'c' }], ['d'], [node('Abs', 'c', 'd')], [], '2'),
            }),
          ],
        ),
      ),
    ],
  ],
  'a list that would grow without end': [
    /UNSUPPORTED: .*(more than 4194304 entries|more than 50000 nodes)/,
    [
      node('SequenceEmpty', '', 'none'),
      node('Loop', 'many yes none', 'l', {
        body: body([listPort('a')], ['b'], [node('SequenceInsert', 'a row', 'b')]),
      }),
      node('SequenceLength', 'l', 'y'),
    ],
  ],
  'rounds that depend on data': [
    /UNSUPPORTED: .*Loop "Loop_y": the number of rounds depends on data .* Export/s,
    [
      node('ReduceSum', 'x', 's', { keepdims: { i: 0 } }),
      node('Cast', 's', 'm', { to: { i: 7 } }),
      loop('m yes row', twice),
    ],
  ],
  'a condition that depends on data, which alone ends the loop': [
    /UNSUPPORTED: .*the condition, which alone ends the loop, depends on data/,
    [loop(' yes x', small(['b'], [node('Abs', 'a', 'b')]))],
  ],
  'a number of slices that depends on data': [
    /UNSUPPORTED: .*the number of slices that it gives depends on data/,
    [node('Loop', 'nine yes x', 'last y', { body: small(['b', 'a'], [node('Abs', 'a', 'b')]) })],
  ],
  'a shape that depends on data': [
    /SHAPE_MISMATCH: .*which one is taken depends on the data/,
    [loop('nine yes x', small(['b'], [node('Concat', 'a a', 'b', { axis: { i: 0 } })]))],
  ],
  'several numbers of rounds': [/SHAPE_MISMATCH: .*the number of rounds has 2 elements/, [loop('pair yes row', twice)]],
  'no body': [/IMPORT_FAILED: .*Loop_y.*body is missing/, [node('Loop', 'two yes row', 'y')]],
  'a body of other values': [
    /IMPORT_FAILED: .*the body takes 3 values, where there are 4/,
    [loop('two yes row row', twice)],
  ],
  'more outputs than the body gives': [
    /IMPORT_FAILED: .*the body gives 2 values, where there are 3/,
    [node('Loop', 'two yes row', 'y z', { body: twice })],
  ],
  'a body that gives too little': [
    /IMPORT_FAILED: .*the body gives 1 values, where there are 2/,
    [loop('two yes row', body([carried()], [], []))],
  ],
  'a value of another rank in the next round': [
    /UNSUPPORTED: .*float32 of 1 dimensions in one round and float32 of 2 dimensions in the next/,
    [
      loop(
        'two yes row',
        body(
          [carried()],
          ['b'],
          [node('Unsqueeze', 'a two', 'b2'), node('Unsqueeze', 'a one', 'b')],
          [['one', ints(0)]],
        ),
      ),
    ],
    {},
  ],
  'a value of another type in the next round': [
    /UNSUPPORTED: .*float32 of 1 dimensions in one round and int32/,
    [loop('two yes row', body([carried()], ['b'], [node('Cast', 'a', 'b', { to: { i: 6 } })]))],
  ],
  'results of other shapes': [
    /SHAPE_MISMATCH: /,
    [
      node('Loop', 'two yes row', ' y', {
        body: body(
          [{ name: 'a', dtype: 'float32', shape: [null] }],
          ['b', 'a'],
          [node('Concat', 'a a', 'b', { axis: { i: 0 } })],
        ),
      }),
    ],
  ],
  'an operator that a body lacks': [
    /UNSUPPORTED: .*Unheard "Unheard_b": operator, in the body of Loop "Loop_y"/,
    [loop('two yes row', body([carried()], ['b'], [node('Unheard', 'a', 'b')]))],
  ],
  'slices along no axis': [/SHAPE_MISMATCH: .*axis 5 of 2 dimensions/, [scan('x', { scan_input_axes: { ints: [5] } })]],
  'slices stacked along no axis': [
    /SHAPE_MISMATCH: .*axis -4 of 2 dimensions/,
    [scan('x', { scan_output_axes: { ints: [-4] } })],
  ],
  'a direction that is none': [
    /IMPORT_FAILED: .*scan_input_directions are \[2\]/,
    [scan('x', { scan_input_directions: { ints: [2] } })],
  ],
  'axes of other inputs': [
    /IMPORT_FAILED: .*scan_input_axes for 2 values, where there are 1/,
    [scan('x', { scan_input_axes: { ints: [0, 0] } })],
  ],
  'more slices than inputs': [
    /IMPORT_FAILED: .*num_scan_inputs is 4, of 1/,
    [scan('x', { num_scan_inputs: { i: 4 } })],
  ],
  'slices of inputs of other lengths': [
    /SHAPE_MISMATCH: .*inputs of 3 and 2 slices/,
    [
      node('Scan', 'x row', 'y', {
        num_scan_inputs: { i: 2 },
        body: {
          g: { inputs: [carried(), { name: 'c', dtype: 'float32' }], outputs: ['b'], nodes: [node('Add', 'a c', 'b')] },
        },
      }),
    ],
  ],
  'a position outside': [
    /SHAPE_MISMATCH: .*position 9 in a list of 3 tensors/,
    [three, node('SequenceAt', 'l nine', 'y')],
  ],
  'a place outside': [
    /SHAPE_MISMATCH: .*position 9 in a list of 3 tensors/,
    [three, node('SequenceInsert', 'l x nine', 'm'), node('SequenceLength', 'm', 'y')],
  ],
  'several positions': [/SHAPE_MISMATCH: .*the position has 2 elements/, [three, node('SequenceAt', 'l pair', 'y')]],
  'a position that depends on data': [
    /UNSUPPORTED: .*the position depends on data/,
    [
      three,
      node('ReduceSum', 'x', 's', { keepdims: { i: 0 } }),
      node('Cast', 's', 'm', { to: { i: 7 } }),
      node('SequenceAt', 'l m', 'y'),
    ],
  ],
  'nothing to take away': [
    /SHAPE_MISMATCH: .*the list is empty/,
    [node('SequenceEmpty', '', 'l'), node('SequenceErase', 'l', 'm'), node('SequenceLength', 'm', 'y')],
  ],
  'nothing to join': [
    /SHAPE_MISMATCH: .*the list is empty/,
    [node('SequenceEmpty', '', 'l'), node('ConcatFromSequence', 'l', 'y', { axis: { i: 0 } })],
  ],
  'a tensor for a list': [/SHAPE_MISMATCH: .*"x" is a tensor, not a list/, [node('SequenceLength', 'x', 'y')]],
  'a list for a tensor': [/SHAPE_MISMATCH: .*an input is a list of tensors/, [three, node('Abs', 'l', 'y')]],
  'a list in a list': [
    /SHAPE_MISMATCH: .*cannot be an element/,
    [three, node('SequenceInsert', 'l l', 'm'), node('SequenceLength', 'm', 'y')],
  ],
  'parts of nothing': [
    /SHAPE_MISMATCH: .*parts of 0/,
    [node('SplitToSequence', 'x zero', 'l'), node('SequenceLength', 'l', 'y')],
    { initializers: [['zero', int(0)]] },
  ],
  'parts that are not all': [
    /SHAPE_MISMATCH: /,
    [node('SplitToSequence', 'x pair', 'l', { axis: { i: 1 } }), node('SequenceLength', 'l', 'y')],
  ],
  'a list that data chooses': [
    /UNSUPPORTED: .*a list of tensors that depends on a condition/,
    [
      node('ReduceMax', 'x', 'm', { keepdims: { i: 0 } }),
      node('Cast', 'm', 'c', { to: { i: 9 } }),
      node('If', 'c', 'l', {
        then_branch: { g: { inputs: [], outputs: ['p'], nodes: [node('SequenceConstruct', 'x', 'p')] } },
        else_branch: { g: { inputs: [], outputs: ['q'], nodes: [node('SequenceConstruct', 'x x', 'q')] } },
      }),
      node('SequenceLength', 'l', 'y'),
    ],
  ],
  'a list of no known length': [
    /UNSUPPORTED: .*inputShapes must give/,
    [node('SequenceLength', 'z', 'y')],
    { inputs: [listPort('z')] },
  ],
};

describe('what loops and lists are refused for', () => {
  it.each(Object.keys(FAULTS))('%s', async (name) => {
    const [pattern, nodes, more] = FAULTS[name] ?? [/never/, []];
    expect(await said(nodes, more)).toMatch(pattern);
  });
});
