/** The ONNX importer as a whole: real models, names, inputs, constants, external data, and what it refuses. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GraphError, ImportError, UnsupportedError } from '../../../src/core/errors.ts';
import { toRaw } from '../../../src/core/raw.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import { onnxImporter } from '../../../src/formats/onnx/index.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { print } from '../../../src/ir/print.ts';
import { encodeModel, type OnnxModel, type OnnxTensor } from '../../helpers/onnx-bytes.ts';
import { hasSharedData, sharedPath } from '../../helpers/shared-data.ts';

const noFiles = (name: string): Promise<Uint8Array> => Promise.reject(new TypeError(`no file ${name}`));

async function load(model: OnnxModel, read = noFiles): Promise<Graph> {
  return (await onnxImporter.load({ main: { name: 'm.onnx', bytes: encodeModel(model) }, read })).graph;
}

async function failure(model: OnnxModel, read = noFiles): Promise<Error> {
  try {
    await load(model, read);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new TypeError('the import did not fail');
}

/** Reads one file only: asking for another fails the test. */
function onlyOk(name: string): Promise<Uint8Array> {
  return name === 'ok.bin'
    ? Promise.resolve(new Uint8Array(8))
    : Promise.reject(new TypeError(`${name} must not be read`));
}

const x = { name: 'x', dtype: 'float32', shape: [1, 2] } as const;
const relu = { op: 'Relu', name: 'r', inputs: ['x'], outputs: ['y'] };

/** A model of these nodes with one input x and one output y. */
function model(nodes: OnnxModel['nodes'], more: Partial<OnnxModel> = {}): OnnxModel {
  return { opset: 13, inputs: [x], outputs: ['y'], nodes, ...more };
}

describe.skipIf(!hasSharedData)('real models', () => {
  const CASES: readonly (readonly [file: string, input: string, outputs: string[], ops: Record<string, number>])[] = [
    ['FastestDet', 'input.1 1x3x352x352', ['758'], { Conv: 70, MaxPool: 1, Concat: 19, Gather: 26, Resize: 1, Pad: 1 }],
    ['version-RFB-320', 'input 1x3x240x320', ['scores', 'boxes'], { Conv: 52, BatchNormalization: 35, Slice: 6 }],
    ['light_bvlc_alexnet', 'data_0 1x3x224x224', ['prob_1'], { Conv: 5, LRN: 2, Gemm: 3, MaxPool: 3 }],
    ['light_densenet121', 'data_0 1x3x224x224', ['fc6_1'], { Conv: 121, BatchNormalization: 121, Concat: 58 }],
    ['light_inception_v1', 'data_0 1x3x224x224', ['prob_1'], { Conv: 57, Concat: 9, LRN: 2, MaxPool: 13 }],
    ['light_inception_v2', 'data_0 1x3x224x224', ['prob_1'], { Conv: 69, Concat: 10, AveragePool: 8 }],
    ['light_resnet50', 'gpu_0/data_0 1x3x224x224', ['gpu_0/softmax_1'], { Conv: 53, Binary: 16, Activation: 49 }],
    ['light_shufflenet', 'gpu_0/data_0 1x3x224x224', ['gpu_0/softmax_1'], { Conv: 49, Reshape: 33, AveragePool: 4 }],
    ['light_squeezenet', 'data_0 1x3x224x224', ['softmaxout_1'], { Conv: 26, Concat: 8, GlobalAveragePool: 1 }],
    ['light_vgg19', 'data_0 1x3x224x224', ['prob_1'], { Conv: 16, MaxPool: 5, Gemm: 3 }],
    ['light_zfnet512', 'gpu_0/data_0 1x3x224x224', ['gpu_0/softmax_1'], { Conv: 5, LRN: 2, Gemm: 3 }],
  ];

  it.each(CASES)('%s', async (file, input, outputs, ops) => {
    const bytes = readFileSync(sharedPath(`onnx/${file}.onnx`));
    expect(onnxImporter.recognise(bytes)).toBe(true);
    const { graph } = await onnxImporter.load({ main: { name: file, bytes }, read: noFiles });
    const text = print(graph);
    expect(text.split('\n').filter((line) => line.startsWith('input '))).toEqual([
      `input ${input.replace(' ', ' float32 ')}`,
    ]);
    expect(graph.outputs).toEqual(outputs);
    const count = (op: string): number => text.split(` = ${op}(`).length - 1;
    expect(Object.fromEntries(Object.keys(ops).map((op) => [op, count(op)]))).toEqual(ops);
  });
});

describe('inputs, names and constants', () => {
  it('keeps symbolic dimensions and makes up the unknown ones', async () => {
    const inputs = [{ name: 'x', dtype: 'float32', shape: ['batch', null, 0, 5] }] as const;
    const graph = await load(model([relu], { inputs }));
    expect(graph.inputs[0]?.shape).toEqual(['batch', 'x_dim1', 'x_dim2', 5]);
  });

  it('does not count initializers among the inputs (IR version 3)', async () => {
    const inputs = [x, { name: 'w', dtype: 'float32', shape: [1, 2] }] as const;
    const nodes = [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }];
    const initializers = [['w', tensorOf('float32', [1, 2], [1, 2])]] as const;
    const graph = await load(model(nodes, { inputs, initializers, irVersion: 3 }));
    expect(graph.inputs.map((i) => i.name)).toEqual(['x']);
  });

  it('names unnamed and duplicate nodes, stably', async () => {
    const nodes = [
      { op: 'Relu', inputs: ['x'], outputs: ['a'] },
      { op: 'Relu', name: 'n', inputs: ['a'], outputs: ['b'] },
      { op: 'Relu', name: 'n', inputs: ['b'], outputs: ['y'] },
    ];
    const graph = await load(model(nodes));
    expect(graph.nodes.map((n) => n.name)).toEqual(['Relu_0', 'n', 'n_1']);
  });

  it('orders nodes topologically and finds constants listed late', async () => {
    const nodes = [
      { op: 'Relu', inputs: ['a'], outputs: ['y'] },
      { op: 'Squeeze', inputs: ['x', 'axes'], outputs: ['a'] },
      { op: 'Constant', inputs: [], outputs: ['axes'], attributes: { value_ints: { ints: [0] } } },
    ];
    const text = [
      'input x float32 1x2',
      'const axes int64 1',
      'a = Squeeze(x) axes=[0]',
      'y = Activation(a) activation=relu',
      'output y',
    ];
    expect(print(await load(model(nodes)))).toBe(text.join('\n'));
  });

  const CONSTANTS: readonly (readonly [string, NonNullable<OnnxModel['nodes'][0]['attributes']>, string, number[]])[] =
    [
      ['value', { value: { t: tensorOf('float32', [2], [1, 2]) } }, 'float32 2', [1, 2]],
      ['value_float', { value_float: { f: 1.5 } }, 'float32 scalar', [1.5]],
      ['value_floats', { value_floats: { floats: [1.5, 2] } }, 'float32 2', [1.5, 2]],
      ['value_int', { value_int: { i: -3 } }, 'int64 scalar', [-3]],
      ['value_ints', { value_ints: { ints: [4, -5] } }, 'int64 2', [4, -5]],
    ];
  it.each(CONSTANTS)('reads Constant %s', async (_, attributes, desc, values) => {
    const graph = await load(model([{ op: 'Constant', inputs: [], outputs: ['c'], attributes }], { outputs: ['c'] }));
    expect(print(graph)).toContain(`const c ${desc}`);
    expect(Array.from(graph.initializers.get('c')?.data ?? [])).toEqual(values);
  });
});

describe('tensor data', () => {
  const TENSORS: readonly (readonly [string, OnnxTensor, string, number[]])[] = [
    ['float_data', { dataType: 1, dims: [2], floats: [1.5, -2] }, 'float32', [1.5, -2]],
    ['int32_data as int32', { dataType: 6, dims: [2], int32s: [-7, 8] }, 'int32', [-7, 8]],
    ['int32_data as int8', { dataType: 3, dims: [2], int32s: [-128, 127] }, 'int8', [-128, 127]],
    ['int32_data as uint8', { dataType: 2, dims: [1], int32s: [255] }, 'uint8', [255]],
    ['int32_data as bool', { dataType: 9, dims: [2], int32s: [1, 0] }, 'bool', [1, 0]],
    ['int32_data as float16', { dataType: 10, dims: [2], int32s: [0x3c00, 0xc000] }, 'float16', [1, -2]],
    ['int64_data', { dataType: 7, dims: [2], int64s: [-9, 10] }, 'int64', [-9, 10]],
    ['uint64_data as uint32', { dataType: 12, dims: [1], uint64s: [4294967295] }, 'uint32', [4294967295]],
    ['double_data', { dataType: 11, dims: [2], doubles: [0.5, -4] }, 'float32', [0.5, -4]],
    ['raw double', { dataType: 11, dims: [1], raw: new Uint8Array(new Float64Array([2.5]).buffer) }, 'float32', [2.5]],
    ['raw float16', { dataType: 10, dims: [1], raw: new Uint8Array([0, 0x3c]) }, 'float16', [1]],
    ['raw int64', { dataType: 7, dims: [1], raw: toRaw(tensorOf('int64', [1], [-3])) }, 'int64', [-3]],
    ['no elements', { dataType: 1, dims: [0] }, 'float32', []],
  ];
  it.each(TENSORS)('reads %s', async (_, value, dtype, elements) => {
    const graph = await load(model([relu], { outputs: ['y', 'w'], initializers: [['w', value]] }));
    const w = graph.initializers.get('w');
    expect(w?.dtype).toBe(dtype);
    expect(Array.from(w?.data ?? [])).toEqual(elements);
  });

  const BAD: readonly (readonly [string, OnnxTensor, RegExp])[] = [
    ['2 GiB declared in a small file', { dataType: 1, dims: [2 ** 29], raw: new Uint8Array(8) }, /2147483648 bytes/],
    ['an absurd extent', { dataType: 1, dims: [2 ** 40, 2 ** 40], floats: [1] }, /takes/],
    ['a negative extent', { dataType: 1, dims: [-1], floats: [1] }, /invalid shape/],
    ['too few elements', { dataType: 6, dims: [3], int32s: [1] }, /takes 3 elements/],
    ['a value outside its type', { dataType: 2, dims: [1], int32s: [256] }, /holds 256/],
  ];
  it.each(BAD)('refuses %s before allocating', async (_, value, message) => {
    const error = await failure(model([relu], { outputs: ['y', 'w'], initializers: [['w', value]] }));
    expect(error).toBeInstanceOf(ImportError);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('m.onnx');
  });

  it('reads external data, once per file', async () => {
    const asked: string[] = [];
    const read = (name: string): Promise<Uint8Array> => {
      asked.push(name);
      return Promise.resolve(new Uint8Array(new Float32Array([9, 1, 2, 3]).buffer));
    };
    const graph = await load(
      model([relu], {
        outputs: ['v', 'w'],
        initializers: [
          ['v', { dataType: 1, dims: [1], external: { location: 'w/a.bin', offset: '0', length: '4' } }],
          ['w', { dataType: 1, dims: [3], external: { location: 'w/a.bin', offset: '4', length: '12' } }],
        ],
      }),
      read,
    );
    expect(asked).toEqual(['w/a.bin']);
    expect(Array.from(graph.initializers.get('w')?.data ?? [])).toEqual([1, 2, 3]);
  });

  it.each([
    ['../secret', '0', '4'],
    ['a/../../b', '0', '4'],
    ['/etc/passwd', '0', '4'],
    ['C:\\x', '0', '4'],
    ['https://example.com/x', '0', '4'],
    ['', '0', '4'],
    ['ok.bin', '8', '4'],
    ['ok.bin', '-4', '4'],
    ['ok.bin', '0', '1e12'],
    ['ok.bin', 'NaN', '4'],
  ])('refuses external data at %j, %s + %s', async (location, offset, length) => {
    const external = { location, offset, length };
    const error = await failure(
      model([relu], { outputs: ['w'], initializers: [['w', { dataType: 1, dims: [1], external }]] }),
      onlyOk,
    );
    expect(error).toBeInstanceOf(ImportError);
  });

  it('accepts int64 extremes as slice bounds and refuses them as numbers', async () => {
    const end: OnnxTensor = { dataType: 7, dims: [1], int64s: [2n ** 63n - 1n] };
    const zero: OnnxTensor = { dataType: 7, dims: [1], int64s: [0] };
    const initializers = [
      ['s', zero],
      ['e', end],
    ] as const;
    const slice = { op: 'Slice', inputs: ['x', 's', 'e'], outputs: ['y'] };
    expect(Array.from((await load(model([slice], { initializers }))).initializers.get('e')?.data ?? [])).toEqual([
      2 ** 31 - 1,
    ]);
    const add = { op: 'Add', name: 'sum', inputs: ['x', 'e'], outputs: ['y'] };
    expect((await failure(model([add], { initializers }))).message).toMatch(/"sum": integers beyond 32 bits/);
  });

  it('refuses int64 extremes that are moved to anything but slice bounds', async () => {
    const initializers = [
      ['e', { dataType: 7, dims: [], int64s: [2n ** 63n - 1n] }],
      ['z', tensorOf('int64', [1], [0])],
    ] as const;
    const moved = { op: 'Unsqueeze', inputs: ['e', 'z'], outputs: ['u'] };
    const add = { op: 'Add', name: 'sum', inputs: ['u', 'z'], outputs: ['y'] };
    expect((await failure(model([moved, add], { initializers }))).message).toMatch(
      /"sum": integers beyond 32 bits in "u"/,
    );
    const given = await failure(model([moved], { initializers, outputs: ['u'] }));
    expect(given.message).toMatch(/output "u": integers beyond 32 bits/);
  });
});

describe('what it refuses', () => {
  it('names three unsupported nodes in one error', async () => {
    const error = await failure(
      model([
        { op: 'StringConcat', name: 'one', inputs: ['x'], outputs: ['a'] },
        { op: 'StringSplit', name: 'two', inputs: ['a'], outputs: ['b'] },
        { op: 'Magic', name: 'three', domain: 'com.example', inputs: ['b'], outputs: ['c'] },
        {
          op: 'Conv',
          name: 'four',
          inputs: ['c', 'x'],
          outputs: ['y'],
          attributes: { kernel_shape: { ints: [1, 1, 1, 1] } },
        },
      ]),
    );
    expect(error).toBeInstanceOf(UnsupportedError);
    for (const name of ['"one"', '"two"', 'com.example.Magic "three"', '"four": 4 spatial dimensions', 'm.onnx']) {
      expect(error.message).toContain(name);
    }
  });

  it('ignores no attribute, input or output in silence', async () => {
    const error = await failure(
      model([
        { op: 'Relu', name: 'attr', inputs: ['x'], outputs: ['a'], attributes: { slope: { f: 1 } } },
        { op: 'Relu', name: 'in', inputs: ['a', 'x'], outputs: ['b'] },
        { op: 'Relu', name: 'out', inputs: ['b'], outputs: ['c', 'indices'] },
        { op: 'Cast', name: 'text', inputs: ['indices'], outputs: ['y'], attributes: { to: { i: 8 } } },
      ]),
    );
    for (const what of ['"attr": attribute slope', '"in": input 1', '"out": output 1', '"text": to = string']) {
      expect(error.message).toContain(what);
    }
  });

  it.each([
    ['a sequence', { name: 'q', dataType: 8, shape: [1] }, 'string'],
    ['no shape', { name: 'q', dtype: 'float32' }, 'no shape'],
  ] as const)('an input with %s', async (_, input, message) => {
    const error = await failure(model([{ ...relu, inputs: ['q'] }], { inputs: [x, input] }));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toContain(message);
  });

  const INVALID: readonly (readonly [string, OnnxModel, RegExp])[] = [
    [
      'a cycle',
      model([
        { op: 'Add', name: 'p', inputs: ['x', 'b'], outputs: ['a'] },
        { op: 'Relu', name: 'q', inputs: ['a'], outputs: ['b'] },
        { op: 'Relu', name: 'r', inputs: ['b'], outputs: ['y'] },
      ]),
      /cycle through "p"/,
    ],
    ['a missing tensor', model([{ op: 'Relu', name: 'r', inputs: ['ghost'], outputs: ['y'] }]), /"r".*"ghost"/],
    ['a duplicate name', model([relu, { ...relu, name: 's' }]), /"y" is defined twice/],
    ['an output nobody makes', model([relu], { outputs: ['z'] }), /"z"/],
    ['no outputs', model([relu], { outputs: [] }), /no outputs/],
    ['a duplicate initializer', model([relu], { outputs: ['w'], initializers: twice() }), /"w" is defined twice/],
  ];
  it.each(INVALID)('%s', async (_, broken, message) => {
    const error = await failure(broken);
    expect(error).toBeInstanceOf(GraphError);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('file m.onnx');
  });

  it('a wrong attribute kind, with the node', async () => {
    const nodes = [{ op: 'Elu', name: 'e', inputs: ['x'], outputs: ['y'], attributes: { alpha: { i: 1 } } }];
    expect((await failure(model(nodes))).message).toMatch(/file m.onnx, node "e" \(Elu\): attribute "alpha"/);
  });
});

function twice(): NonNullable<OnnxModel['initializers']> {
  const w = tensorOf('float32', [1], [1]);
  return [
    ['w', w],
    ['w', w],
  ];
}
