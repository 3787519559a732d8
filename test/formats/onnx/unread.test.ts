/** What nobody reads refuses no model; element types that the engine does not hold; outputs that are no tensors. */
import { describe, expect, it } from 'vitest';
import { UnsupportedError, type Unsupported } from '../../../src/core/errors.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import { importModel } from '../../../src/formats/detect.ts';
import { Session } from '../../../src/session/session.ts';
import { encodeModel, type OnnxModel, type OnnxTensor } from '../../helpers/onnx-bytes.ts';
import { agreesWithOrt, floatPort, node, noFile, wave } from '../../helpers/onnx-models.ts';

const x = { name: 'x', dtype: 'float32', shape: [2, 3] } as const;

function model(nodes: OnnxModel['nodes'], more: Partial<OnnxModel> = {}): OnnxModel {
  return { opset: 18, inputs: [x], outputs: [floatPort('y', 2)], nodes, ...more };
}

function load(given: OnnxModel): ReturnType<typeof importModel> {
  return importModel({ main: { name: 'm.onnx', bytes: encodeModel(given) }, read: noFile });
}

async function missing(given: OnnxModel): Promise<readonly Unsupported[]> {
  const error = await load(given).catch((e: unknown) => e);
  if (!(error instanceof UnsupportedError)) throw new Error(`no UnsupportedError: ${String(error)}`);
  return error.items;
}

const relu = node('Relu', 'x', 'y');
const text: OnnxTensor = { dataType: 8, dims: [1] };

describe('what nobody reads', () => {
  const UNREAD: Readonly<Record<string, OnnxModel>> = {
    'a branch of unknown operators': model([
      relu,
      node('Bernoulli', 'x', 'a'),
      { ...node('Own', 'a', 'b'), domain: 'own' },
    ]),
    'a string, of an initializer and of a node': model([relu, node('Constant', '', 'c', { value: { t: text } })], {
      initializers: [['s', text]],
    }),
    'external data': model([relu], {
      initializers: [['w', { dataType: 1, dims: [1], external: { location: 'gone' } }]],
    }),
    'an initializer whose data is cut short': model([relu], {
      initializers: [['w', { dataType: 1, dims: [9], raw: new Uint8Array(1) }]],
    }),
    'an output of a node': model(
      [
        node('MaxPool', 'x3', 'y3 indices', { kernel_shape: { ints: [1] } }),
        node('Squeeze', 'y3', 'y'),
        node('Unsqueeze', 'x one', 'x3'),
      ],
      {
        initializers: [['one', tensorOf('int64', [1], [0])]],
      },
    ),
  };

  it.each(Object.keys(UNREAD))('%s', async (name) => {
    const { warnings } = await load(UNREAD[name] ?? model([]));
    expect(warnings).toEqual([]);
  });

  it('a shape of an input, where the caller has one', async () => {
    const bare = { name: 'x', dtype: 'float32' } as const;
    const columns = node('ReduceSum', 'x axes', 'y');
    const given = model([columns], { inputs: [bare], initializers: [['axes', tensorOf('int64', [1], [-2])]] });
    await agreesWithOrt(given, { x: wave([2, 3]) });
    await agreesWithOrt(given, { x: wave([2, 3, 2]) });
    expect((await missing(given)).map(({ what }) => what)).toEqual(['no shape is declared: inputShapes can give one']);
  });

  it('an input of a type without numbers, which a warning names', async () => {
    const { graph, warnings } = await load(model([relu], { inputs: [x, { name: 'q', dataType: 8, shape: [1] }] }));
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(warnings).toEqual(['input "q" (string) is left out: nothing reads it']);
  });

  it('is read after all where a branch reads it', async () => {
    const branch = { g: { inputs: [], outputs: ['z'], nodes: [node('Bernoulli', 'a', 'z')] } };
    const nodes = [node('Own', 'x', 'a'), node('If', 'c', 'y', { then_branch: branch, else_branch: branch })];
    const inputs = [x, { name: 'c', dataType: 9, shape: [] }];
    expect((await missing(model(nodes, { inputs }))).map(({ op }) => op)).toContain('Own');
  });
});

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const bits16 = (...values: number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);
describe('element types that the engine does not hold', () => {
  const TYPES: Readonly<Record<string, readonly [OnnxTensor, number[]]>> = {
    uint16: [{ dataType: 4, dims: [2], raw: bits16(7, 65535) }, [7, 65535]],
    'uint16 as numbers': [{ dataType: 4, dims: [2], int32s: [7, 65535] }, [7, 65535]],
    int16: [{ dataType: 5, dims: [2], raw: bits16(7, 65535) }, [7, -1]],
    'int16 as numbers': [{ dataType: 5, dims: [2], int32s: [-32768, 5] }, [-32768, 5]],
    uint64: [{ dataType: 13, dims: [2], uint64s: [1, 4294967040] }, [1, 4294967040]],
    'uint64, raw': [{ dataType: 13, dims: [1], raw: bytes(0, 0, 1, 0, 0, 0, 0, 0) }, [65536]],
    bfloat16: [
      { dataType: 16, dims: [4], raw: bits16(0x3f80, 0xc020, 0x7f80, 0x0001) },
      [1, -2.5, Infinity, 2 ** -133],
    ],
    float8e4m3fn: [{ dataType: 17, dims: [4], raw: bytes(0x38, 0xc4, 0x7e, 0x01) }, [1, -3, 448, 2 ** -9]],
    float8e4m3fnuz: [{ dataType: 18, dims: [3], raw: bytes(0x40, 0x7f, 0x80) }, [1, 240, NaN]],
    float8e5m2: [{ dataType: 19, dims: [4], raw: bytes(0x3c, 0xfc, 0x7b, 0x01) }, [1, -Infinity, 57344, 2 ** -16]],
    float8e5m2fnuz: [{ dataType: 20, dims: [3], raw: bytes(0x40, 0x7f, 0x80) }, [1, 57344, NaN]],
    uint4: [{ dataType: 21, dims: [3], raw: bytes(0x2f, 0x01) }, [15, 2, 1]],
    int4: [{ dataType: 22, dims: [3], raw: bytes(0x2f, 0x08) }, [-1, 2, -8]],
    'int4 as numbers': [{ dataType: 22, dims: [3], int32s: [0x2f, 0x08] }, [-1, 2, -8]],
    float4e2m1: [{ dataType: 23, dims: [4], raw: bytes(0x71, 0xba) }, [0.5, 6, -1, -1.5]],
  };
  const cast = node('Cast', 'w', 'y', { to: { i: 1 } });

  it.each(Object.keys(TYPES))('%s behind a Cast', async (name) => {
    const [w, values] = TYPES[name] ?? [text, []];
    const given = encodeModel(model([cast], { inputs: [], outputs: [floatPort('y', 1)], initializers: [['w', w]] }));
    using session = await Session.create(given, { backend: 'cpu' });
    expect(Array.from((await session.run({}))['y']?.data ?? [])).toEqual(values);
    const constant = node('Constant', '', 'w', { value: { t: w } });
    const { graph } = await load(model([constant, cast], { outputs: [floatPort('y', 1)] }));
    expect(graph.initializers.has('w')).toBe(true);
  });

  const w: OnnxTensor = { dataType: 21, dims: [2], raw: bytes(0x17) };
  const REFUSED: Readonly<Record<string, readonly [OnnxModel['nodes'], OnnxTensor, string]>> = {
    'arithmetic, which would wrap elsewhere': [[node('Add', 'w w', 'y')], w, 'uint4 in "w"'],
    'arithmetic on what was moved': [[node('Reshape', 'w s', 'v'), node('Add', 'v v', 'y')], w, 'uint4 in "v"'],
    'an output': [[node('Reshape', 'w s', 'y')], w, 'uint4'],
    'a uint64 beyond 32 bits': [
      [cast],
      { dataType: 13, dims: [1], uint64s: [2 ** 40] },
      'integers beyond 32 bits in "w"',
    ],
    'a string': [[cast], text, 'string'],
    'the type of a CastLike': [[node('CastLike', 'x w', 'y')], w, 'uint4 in "w"'],
  };

  it.each(Object.keys(REFUSED))('refuses %s', async (name) => {
    const [nodes, value, what] = REFUSED[name] ?? [[], w, ''];
    const initializers = [
      ['w', value],
      ['s', tensorOf('int64', [1], [-1])],
    ] as const;
    expect((await missing(model(nodes, { initializers }))).map((item) => item.what)).toEqual([what]);
  });
});

const uint64 = (...values: number[]): OnnxTensor => ({ dataType: 13, dims: [values.length], uint64s: values });

it('uint64 counts as int64 does', async () => {
  const nodes = [
    node('Add', 'a b', 'sum'),
    node('Mul', 'sum b', 'product'),
    node('Max', 'product a', 'most'),
    node('Cast', 'most', 'f', { to: { i: 1 } }),
    node('Mul', 'x f', 'y'),
  ];
  const initializers = [
    ['a', uint64(7, 50, 2)],
    ['b', uint64(1, 0, 3)],
  ] as const;
  await agreesWithOrt(model(nodes, { initializers }), { x: wave([2, 3]) });
});

describe('heads of classifiers', () => {
  const sequence = { name: 'p', sequence: true };
  const zip = {
    ...node('ZipMap', 'y', 'p', { classlabels_strings: { strings: ['cat', 'dog', 'cow'] } }),
    domain: 'ai.onnx.ml',
  };
  const label = { name: 'label', dataType: 8, shape: [null] };
  const encoder = { ...node('LabelEncoder', 'best', 'label'), domain: 'ai.onnx.ml' };
  const best = node('ArgMax', 'y', 'best', { axis: { i: 1 } });

  it('ZipMap gives its scores, a label of text is left out, and warnings say so', async () => {
    const bytes = encodeModel(model([relu, zip, best, encoder], { outputs: [label, sequence] }));
    using session = await Session.create(bytes, { backend: 'cpu' });
    expect(session.report.warnings).toEqual([
      'output "p" maps classes to scores: it comes as the tensor of scores, of the classes cat, dog, cow',
      'output "label" is left out: string tensor',
    ]);
    const given = wave([2, 3]);
    const { p, ...others } = await session.run({ x: given });
    expect(Object.keys(others)).toEqual([]);
    expect(Array.from(p?.data ?? [])).toEqual(Array.from(given.data, (v) => Math.max(0, v)));
  });

  it('a label behind an operator that the engine lacks is left out while there are scores', async () => {
    const outputs = [floatPort('y', 2), { name: 'label', dtype: 'int64' as const, shape: [null] }];
    const { graph, warnings } = await load(model([relu, best, encoder], { outputs }));
    expect(graph.outputs).toEqual(['y']);
    expect(warnings).toEqual(['output "label" is left out: it depends on ai.onnx.ml.LabelEncoder']);
  });

  it('a model that gives nothing else is refused', async () => {
    const items = await missing(model([relu, best, encoder], { outputs: [label] }));
    expect(items.map(({ op }) => op)).toEqual(['ai.onnx.ml.LabelEncoder']);
  });
});

const said = async (op: string): Promise<string> =>
  String(await load(model([node(op, 'x', 'y')])).catch((e: unknown) => e));

const branch = (op: string) => ({ g: { inputs: [], outputs: ['z'], nodes: [node(op, 'x', 'z')] } });

const nodeCount = async (given: OnnxModel): Promise<number> => (await load(given)).graph.nodes.length;

describe('the list of what is missing', () => {
  it('has the operators of branches and bodies, and nothing that follows from another line', async () => {
    const ports = ['i', 'k', 'v'].map((name) => ({ name, dtype: 'float32' as const }));
    const body = { inputs: ports, outputs: ['k', 'z'], nodes: [node('Relu', 'a', 'r'), node('StringSplit', 'r', 'z')] };
    const nodes = [
      node('Bernoulli', 'x', 'a'),
      node('Loop', ' c a', 'b', { body: { g: body } }),
      node('GlobalAveragePool', 'b', 'g'),
      node('InstanceNormalization', 'g s s', 'n'),
      { ...node('Fused', 'n', 'y'), domain: 'com.example' },
    ];
    const initializers = [
      ['s', wave([3])],
      ['c', tensorOf('bool', [], [1])],
    ] as const;
    expect((await missing(model(nodes, { initializers }))).map(({ op, what }) => `${op}: ${what}`)).toEqual([
      'Bernoulli: operator',
      'StringSplit: operator, in the body of Loop "Loop_b"',
      'com.example.Fused: operator',
    ]);
  });

  it('has nothing that is not known because of another line, however far behind it', async () => {
    const nodes = [
      node('Bernoulli', 'x', 'a'),
      node('Shape', 'a', 's'),
      node('Concat', 's s', 'axes', { axis: { i: 0 } }),
      node('ReduceSum', 'x axes', 'sum', { noop_with_empty_axes: { i: 1 } }),
      node('CastLike', 'sum a', 'c'),
      node('Pad', 'c pads  axes', 'y'),
    ];
    const error: unknown = await load(model(nodes, { initializers: [['pads', tensorOf('int64', [2], [1, 1])]] })).catch(
      (e: unknown) => e,
    );
    expect(String(error)).toMatch(/needs 1 unsupported thing: Bernoulli "Bernoulli_a": operator\. Export/);
  });

  it('has what branches lack that may be taken, and says so', async () => {
    const nodes = [
      node('If', 'c', 'a', { then_branch: branch('Bernoulli'), else_branch: branch('Relu') }),
      node('StringSplit', 'a', 'y'),
    ];
    const inputs = [x, { name: 'c', dtype: 'bool', shape: [] }] as const;
    expect((await missing(model(nodes, { inputs }))).map(({ op, what }) => `${op}: ${what}`)).toEqual([
      'StringSplit: operator',
      'Bernoulli: operator, in a branch that may be taken',
    ]);
  });

  it('speaks of simplifying where that may help, and only there', async () => {
    expect(await said('Bernoulli')).not.toContain('onnxsim');
    const inputs = [x, { name: 's', dtype: 'int64', shape: ['r'] }] as const;
    const sum = node('ReduceSum', 'x s', 'y', { noop_with_empty_axes: { i: 1 } });
    await expect(load(model([sum], { inputs }))).rejects.toThrow('onnxsim');
  });

  it('says what to do about each', async () => {
    const nodes = [
      node('Bernoulli', 'x', 'a'),
      node('StringNormalizer', 'a', 'b'),
      { ...node('TreeEnsembleClassifier', 'b', 'c'), domain: 'ai.onnx.ml' },
      { ...node('Own', 'c', 'd'), domain: 'own' },
      { ...node('FusedWhatever', 'd', 'e'), domain: 'com.microsoft' },
      node('Relu', 'e', 'y', { slope: { f: 1 } }),
    ];
    const remedies = (await missing(model(nodes))).map(({ op, remedy }) => `${op}: ${remedy}`);
    expect(remedies).toEqual([
      'Bernoulli: Export the model in evaluation mode, or feed the numbers as an input',
      'StringNormalizer: Do what concerns text outside the model, and feed it the numbers',
      'ai.onnx.ml.TreeEnsembleClassifier: Keep trees, maps and labels outside the model: export the network alone',
      'own.Own: Write this operator of your own as a function of the model, of operators of ONNX',
      "com.microsoft.FusedWhatever: Use the model as it was exported, before onnxruntime's optimiser went over it",
      'Relu: Export the model without this attribute',
    ]);
    expect(await said('Bernoulli')).toContain('Export the model in evaluation mode, or feed the numbers as an input');
    expect(String(await load(model(nodes)).catch((e: unknown) => e))).toContain('tilewise inspect');
  });

  it('takes ranks from what the model says of values, and of what comes out', async () => {
    const pool = node('GlobalAveragePool', 'a', 'y');
    const reshape = node('Reshape', 'x s', 'a');
    const inputs = [x, { name: 's', dtype: 'int64', shape: ['r'] }] as const;
    const unknown = { name: 'y', dtype: 'float32' } as const;
    expect(await nodeCount(model([reshape, pool], { inputs, outputs: [unknown] }))).toBeGreaterThan(4);
    for (const more of [{ outputs: [floatPort('y', 3)] }, { outputs: [unknown], valueInfo: [floatPort('a', 3)] }]) {
      expect(await nodeCount(model([reshape, pool], { inputs, ...more }))).toBe(4);
    }
  });
});
