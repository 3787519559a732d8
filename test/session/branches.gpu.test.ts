/** If, on both backends and against onnxruntime: conditions on shapes, on inputs of the run, on data; and what branches lack. */
import { afterEach, describe, expect, it } from 'vitest';
import { ImportError, ShapeError, UnsupportedError } from '../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { print } from '../../src/ir/print.ts';
import { openGpu } from '../../src/node/adapter.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { Session } from '../../src/session/session.ts';
import { range } from '../../src/util/arrays.ts';
import { importOnnx } from '../helpers/import-onnx.ts';
import { encodeModel, type OnnxGraph, type OnnxModel, type OnnxNode } from '../helpers/onnx-bytes.ts';
import { ortRun } from '../helpers/ort-oracle.ts';

const BACKENDS: readonly SessionOptions[] = [{ backend: 'cpu' }, { gpu: async () => (await openGpu()).adapter }];

let session: Session | undefined;
afterEach(() => session?.dispose());

const node = (op: string, inputs: readonly string[], outputs: readonly string[], attributes = {}): OnnxNode => ({
  op,
  inputs,
  outputs,
  attributes,
});

const branch = (
  outputs: readonly string[],
  nodes: readonly OnnxNode[],
  initializers: OnnxGraph['initializers'] = [],
) => ({
  g: { inputs: [], outputs: outputs.map((name) => ({ name, dtype: 'float32' as const })), nodes, initializers },
});

const ifElse = (condition: string, outputs: readonly string[], then: object, otherwise: object): OnnxNode =>
  node('If', [condition], outputs, { then_branch: then, else_branch: otherwise });

const floats = (shape: number[], from = 1): Tensor => {
  const count = shape.reduce((a, b) => a * b, 1);
  return tensorOf(
    'float32',
    shape,
    range(count).map((i) => i + from),
  );
};
const bool = (value: boolean): Tensor => tensorOf('bool', [], [value ? 1 : 0]);
const int = (value: number): Tensor => tensorOf('int64', [], [value]);

/** Where the first extent is one, without it: what exporters write for a squeeze. */
const squeezed: OnnxModel = {
  opset: 17,
  inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 2, 3] }],
  outputs: [{ name: 'z', dtype: 'float32' }],
  initializers: [
    ['zero', int(0)],
    ['one', int(1)],
    ['axes', tensorOf('int64', [1], [0])],
  ],
  nodes: [
    node('Shape', ['x'], ['shape']),
    node('Gather', ['shape', 'zero'], ['first']),
    node('Equal', ['first', 'one'], ['single']),
    ifElse(
      'single',
      ['y'],
      branch(['y_then'], [node('Squeeze', ['x', 'axes'], ['y_then'])]),
      branch(['y_else'], [node('Identity', ['x'], ['y_else'])]),
    ),
    node('Neg', ['y'], ['z']),
  ],
};

/** Branches that use the same names, values and constants of the graph around, and give two values of other shapes. */
const capturing: OnnxModel = {
  opset: 17,
  inputs: [
    { name: 'x', dtype: 'float32', shape: [2, 3] },
    { name: 'flag', dtype: 'bool', shape: [] },
  ],
  outputs: [
    { name: 'a', dtype: 'float32' },
    { name: 'b', dtype: 'float32' },
  ],
  initializers: [['w', floats([3], 10)]],
  nodes: [
    node('Add', ['x', 'w'], ['sum']),
    ifElse(
      'flag',
      ['a', 'b'],
      branch(
        ['u', 'v'],
        [node('Mul', ['sum', 'c'], ['u']), node('ReduceMax', ['x'], ['v'], { keepdims: { i: 0 } })],
        [['c', floats([3], 2)]],
      ),
      branch(
        ['v', 'u'],
        [node('Sub', ['sum', 'c'], ['u']), node('Transpose', ['x'], ['t']), node('MatMul', ['u', 't'], ['v'])],
        [['c', floats([1], 5)]],
      ),
    ),
  ],
};

/** A rate chooses the weights, and within a branch another input what is done with them. */
const nested: OnnxModel = {
  opset: 17,
  inputs: [
    { name: 'x', dtype: 'float32', shape: [4] },
    { name: 'rate', dtype: 'int64', shape: [] },
    { name: 'double', dtype: 'bool', shape: [1] },
  ],
  outputs: [{ name: 'y', dtype: 'float32' }],
  initializers: [['high', int(16000)]],
  nodes: [
    node('Equal', ['rate', 'high'], ['isHigh']),
    ifElse(
      'isHigh',
      ['y'],
      branch(
        ['chosen'],
        [
          node('Mul', ['x', 'w'], ['scaled']),
          ifElse(
            'double',
            ['chosen'],
            branch(['sum'], [node('Add', ['scaled', 'scaled'], ['sum'])]),
            branch(['same'], [node('Identity', ['scaled'], ['same'])]),
          ),
        ],
        [['w', floats([4], 3)]],
      ),
      branch(['scaled'], [node('Mul', ['x', 'w'], ['scaled'])], [['w', floats([1], 7)]]),
    ),
  ],
};

/** Which branch is taken depends on the largest element. */
const scored = (otherwise: OnnxNode): OnnxModel => ({
  opset: 17,
  inputs: [
    { name: 'x', dtype: 'float32', shape: [2, 3] },
    { name: 'limit', dtype: 'float32', shape: [] },
  ],
  outputs: [{ name: 'z', dtype: 'float32' }],
  nodes: [
    node('ReduceMax', ['x'], ['most'], { keepdims: { i: 0 } }),
    node('Greater', ['most', 'limit'], ['high']),
    ifElse('high', ['y'], branch(['p'], [node('Exp', ['x'], ['p'])]), branch(['q'], [otherwise])),
    node('Neg', ['y'], ['z']),
  ],
});

const models: Readonly<Record<string, readonly [OnnxModel, ...Record<string, Tensor>[]]>> = {
  'a condition on shapes': [squeezed, { x: floats([1, 2, 3]) }, { x: floats([2, 2, 3]) }, { x: floats([1, 2, 3], 5) }],
  'a truth value that is fed': [
    capturing,
    { x: floats([2, 3]), flag: bool(true) },
    { x: floats([2, 3]), flag: bool(false) },
    { x: floats([2, 3], -4), flag: bool(true) },
  ],
  'a number that is fed, and conditions within': [
    nested,
    { x: floats([4]), rate: int(16000), double: tensorOf('bool', [1], [1]) },
    { x: floats([4]), rate: int(16000), double: tensorOf('bool', [1], [0]) },
    { x: floats([4]), rate: int(8000), double: tensorOf('bool', [1], [1]) },
  ],
  'a condition on data': [
    scored(node('Abs', ['x'], ['q'])),
    { x: floats([2, 3], -3), limit: tensorOf('float32', [], [1]) },
    { x: floats([2, 3], -3), limit: tensorOf('float32', [], [2]) },
  ],
};

/** y is of one of two branches, as is fed. */
const model = (then: object, otherwise: object): OnnxModel => ({
  ...capturing,
  outputs: [{ name: 'y', dtype: 'float32' }],
  nodes: [ifElse('flag', ['y'], then, otherwise)],
});

describe.each(BACKENDS)('If, %o', (options) => {
  it.each(Object.entries(models))('takes the right branch: %s', async (_, [model, ...runs]) => {
    const bytes = encodeModel(model);
    session = await Session.create(bytes, { ...options, inputShapes: {} });
    for (const feeds of runs) {
      const expected = await ortRun(bytes, new Map(Object.entries(feeds)));
      const results = await session.run(feeds);
      for (const [name, { shape, data }] of expected) {
        expect(results[name]?.shape).toEqual([...shape]);
        data.forEach((v, i) => expect(results[name]?.data[i]).toBeCloseTo(v, 4));
      }
    }
  });

  it('needs branches of one shape where the condition depends on data', async () => {
    const bytes = encodeModel(scored(node('ReduceMax', ['x'], ['q'])));
    const creating = Session.create(bytes, options);
    await expect(creating).rejects.toThrow(ShapeError);
    await expect(creating).rejects.toThrow(/\(If\): the branches give float32 2x3 and float32 1x1, and which one/);
  });

  it('runs the branches it can, and says what the others lack', async () => {
    const lacking = (name: string) => branch([name], [node('Unheard', ['x'], ['m']), node('Abs', ['m'], [name])]);
    const fine = branch(['p'], [node('Abs', ['x'], ['p'])]);
    session = await Session.create(encodeModel(model(lacking('p'), fine)), options);
    const x = floats([2, 3], -2);
    expect((await session.run({ x, flag: bool(false) }))['y']?.data).toEqual(x.data.map(Math.abs));
    const running = session.run({ x, flag: bool(true) });
    await expect(running).rejects.toThrow(UnsupportedError);
    await expect(running).rejects.toThrow(/needs 1 unsupported thing: Unheard ".*": operator/);
    await expect(Session.create(encodeModel(model(lacking('p'), lacking('q'))), options)).rejects.toThrow(
      /needs 2 unsupported things:\n {2}Unheard ".*\n {2}Unheard "/,
    );
  });
});

describe('If in a file', () => {
  it('is gone where its condition is a constant, whatever the other branch asks for', async () => {
    const graph = await importOnnx(
      encodeModel({
        ...capturing,
        outputs: [{ name: 'y', dtype: 'float32' }],
        initializers: [['always', bool(true)]],
        nodes: [
          ifElse(
            'always',
            ['y'],
            branch(['p'], [node('Abs', ['x'], ['p'])]),
            branch(['p'], [node('Unheard', ['x'], ['p'])]),
          ),
        ],
      }),
    );
    expect(print(graph)).not.toContain('If(');
  });

  it('is printed before its condition is known', async () => {
    const graph = await importOnnx(encodeModel(capturing));
    expect(print(graph)).toMatch(/^a = If\(flag, u, v_1\)/m);
    expect(print(graph)).toMatch(/^b = If\(flag, v, u_1\)/m);
  });

  it.each([
    ['no branch', node('If', ['flag'], ['a'], { then_branch: branch([], []) }), /then_branch gives 0 values/],
    ['one branch', node('If', ['flag'], [], { then_branch: branch([], []) }), /else_branch is missing/],
    ['no attributes', node('If', ['flag'], ['a']), /then_branch and else_branch are missing/],
    [
      'a name that is given twice',
      ifElse('flag', ['a'], branch(['p'], [node('Abs', ['x'], ['p']), node('Abs', ['x'], ['p'])]), branch(['p'], [])),
      /defines "p" twice/,
    ],
  ])('is refused with %s', async (_, bad, message) => {
    const importing = importOnnx(
      encodeModel({ ...capturing, outputs: [{ name: 'a', dtype: 'float32' }], nodes: [bad] }),
    );
    await expect(importing).rejects.toThrow(ImportError);
    await expect(importing).rejects.toThrow(message);
  });
});
