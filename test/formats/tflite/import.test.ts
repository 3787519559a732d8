/** What files say beside their operators: names, signatures, several subgraphs, types at the border, metadata; and what is refused. */
import { describe, expect, it } from 'vitest';
import { ImportError, InputError, UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import { encodeTflite } from '../../../src/formats/tflite/write/encode.ts';
import type {
  WrittenModel,
  WrittenOperator,
  WrittenSubgraph,
  WrittenTensor,
} from '../../../src/formats/tflite/write/file.ts';
import { encodeMetadata, withArchive } from '../../helpers/tflite-metadata.ts';
import { tinyQuantised } from '../../helpers/tiny-tflite.ts';
import { importTflite, runTflite } from '../../helpers/tflite-models.ts';
import { TWO_SIGNATURES, twoSignatures } from '../../helpers/two-signatures.ts';

const float = (name: string, shape: readonly number[] = [2]): WrittenTensor => ({ name, type: 'float32', shape });
const relu = (from: number, to: number): WrittenOperator => ({ op: 'RELU', inputs: [from], outputs: [to] });

const importModelOf = (model: WrittenModel) => importTflite(encodeTflite(model));
const importGraphOf = (subgraph: WrittenSubgraph) => importModelOf({ subgraphs: [subgraph] });

/** x → RELU → y */
const PLAIN: WrittenSubgraph = {
  tensors: [float('x'), float('y')],
  operators: [relu(0, 1)],
  inputs: [0],
  outputs: [1],
};

async function refusal(model: WrittenModel): Promise<string[]> {
  const error: unknown = await importModelOf(model).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(UnsupportedError);
  expect(String(error)).toContain('model.tflite');
  return (error as UnsupportedError).items.map(({ op, node, what }) => `${op} "${node}": ${what}`);
}

async function refusedSignature(signature: string, model = TWO_SIGNATURES): Promise<string> {
  const error: unknown = await importTflite(encodeTflite(model), { signature }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(InputError);
  return String(error);
}

describe('names', () => {
  it('are those of the file, made unique', async () => {
    const tensors = [float('x'), float('a'), float('a'), float(''), float('y')];
    const operators = [relu(0, 1), relu(1, 2), relu(2, 3), relu(3, 4)];
    const { graph } = await importGraphOf({ tensors, operators, inputs: [0], outputs: [4] });
    expect(graph.nodes.map(({ name }) => name)).toEqual(['a', 'a_1', 'tensor_3', 'y']);
    expect([graph.inputs.map(({ name }) => name), graph.outputs]).toEqual([['x'], ['y']]);
  });

  it('are those of a signature, where there is one', async () => {
    const signatures = [{ key: 'serving_default', subgraph: 0, inputs: { image: 0 }, outputs: { scores: 1 } }];
    const { graph, declared } = await importModelOf({ subgraphs: [PLAIN], signatures });
    expect([graph.inputs.map(({ name }) => name), graph.outputs]).toEqual([['image'], ['scores']]);
    expect([...declared.keys()]).toEqual(['image', 'scores']);
  });

  it('differ for an output that is another one too; one that is an input has its name', async () => {
    const model = await importGraphOf({ ...PLAIN, outputs: [1, 0, 1] });
    expect(model.graph.outputs).toEqual(['y', 'x', 'y_1']);
    const outputs = runTflite(model, [tensorOf('float32', [2], [-1, 2])]);
    expect(outputs.map(({ data }) => [...data])).toEqual([
      [0, 2],
      [-1, 2],
      [0, 2],
    ]);
  });
});

describe('signatures', () => {
  it('may call one tensor by two names', async () => {
    const signatures = [{ key: 'serving_default', subgraph: 0, inputs: { x: 0 }, outputs: { a: 1, b: 1 } }];
    const { graph } = await importModelOf({ subgraphs: [{ ...PLAIN, outputs: [1, 1] }], signatures });
    expect(graph.outputs).toEqual(['a', 'b']);
  });

  it('of other tensors are damage', async () => {
    const signatures = [{ key: 'serving_default', subgraph: 0, inputs: { x: 9 }, outputs: { y: 1 } }];
    await expect(importModelOf({ subgraphs: [PLAIN], signatures })).rejects.toThrow('calls tensor 9 of 2 "x"');
    const elsewhere = [{ key: 'serving_default', subgraph: 3, inputs: {}, outputs: {} }];
    await expect(importModelOf({ subgraphs: [PLAIN], signatures: elsewhere })).rejects.toThrow('names subgraph 3 of 1');
  });
});

describe('a signature that was asked for', () => {
  it('is read by its own names, and no other is missed', async () => {
    const decode = await importTflite(twoSignatures(), { signature: 'decode' });
    expect(decode).toMatchObject({ signature: 'decode', signatures: ['encode', 'decode'] });
    expect(decode.graph.inputs.map(({ name }) => name)).toEqual(['code', 'offset']);
    expect([decode.graph.outputs, decode.warnings]).toEqual([['picture'], undefined]);
  });

  it('comes before the serving one, and before another of the same subgraph', async () => {
    const signatures = [
      { key: 'serving_default', subgraph: 0, inputs: { a: 0 }, outputs: { b: 1 } },
      { key: 'again', subgraph: 0, inputs: { c: 0 }, outputs: { d: 1 } },
    ];
    const file = encodeTflite({ subgraphs: [PLAIN], signatures });
    expect((await importTflite(file)).graph.outputs).toEqual(['b']);
    expect((await importTflite(file, { signature: 'again' })).graph.outputs).toEqual(['d']);
  });

  it('must be there', async () => {
    expect(await refusedSignature('encoder')).toBe(
      'InputError: file model.tflite: the file has no signature "encoder": did you mean "encode"?. ' +
        'Its signatures are "encode", "decode"',
    );
    expect(await refusedSignature('zzz')).toMatch(/no signature "zzz"\. Its signatures are "encode", "decode"$/);
    expect(await refusedSignature('')).toContain('no signature ""');
    expect(await refusedSignature('encode', { subgraphs: [PLAIN] })).toMatch(
      /has no signatures, and "encode" was asked for\. Leave/,
    );
  });
});

describe('subgraphs', () => {
  const other: WrittenSubgraph = { ...PLAIN, tensors: [float('u'), float('v')] };

  it('are the first, unless the serving signature names another', async () => {
    const first = await importModelOf({ subgraphs: [PLAIN, other] });
    expect([first.graph.outputs, first.warnings]).toEqual([['y'], ["1 of the file's 2 subgraphs are not read"]]);
    const signatures = [
      { key: 'train', subgraph: 0, inputs: { x: 0 }, outputs: { y: 1 } },
      { key: 'serving_default', subgraph: 1, inputs: { u: 0 }, outputs: { v: 1 } },
    ];
    const second = await importModelOf({ subgraphs: [PLAIN, other], signatures });
    expect(second.graph.outputs).toEqual(['v']);
    expect(second.warnings?.[0]).toContain('"train"');
  });
});

describe('extents', () => {
  it('that are not known are symbols', async () => {
    const tensors = [
      { ...float('x', [1, 3]), signature: [-1, 3] },
      { ...float('y', [1, 3]), signature: [-1, 3] },
    ];
    const model = await importGraphOf({ ...PLAIN, tensors });
    expect(model.graph.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['batch', 3] }]);
    expect(model.declared.get('y')).toEqual({ name: 'y', dtype: 'float32', shape: ['', 3] });
    expect(runTflite(model, [tensorOf('float32', [2, 3], [1, -1, 2, -2, 3, -3])])[0]?.shape).toEqual([2, 3]);
  });
});

describe('types', () => {
  it.each(['int32', 'uint8', 'int8', 'int64', 'bool', 'uint16', 'uint32', 'uint64', 'float16'] as const)(
    '%s passes the border',
    async (type) => {
      const tensors: WrittenTensor[] = [
        { name: 'x', type, shape: [2, 1] },
        { name: 's', type: 'int32', shape: [1], data: Uint8Array.of(2, 0, 0, 0) },
        { name: 'y', type, shape: [2] },
      ];
      const operators = [{ op: 'RESHAPE', inputs: [0, 1], outputs: [2] }];
      const { declared } = await importGraphOf({ tensors, operators, inputs: [0], outputs: [2] });
      expect([...declared.values()].map(({ dtype }) => dtype)).toEqual([type, type]);
    },
  );

  it('float64 is narrowed', async () => {
    const tensors: WrittenTensor[] = [
      { ...float('x'), type: 'float64' },
      { ...float('y'), type: 'float64' },
    ];
    expect((await importGraphOf({ ...PLAIN, tensors })).declared.get('x')?.dtype).toBe('float32');
  });

  it.each(['string', 'complex64'] as const)('%s is refused', async (type) => {
    const tensors: WrittenTensor[] = [{ ...float('x'), type }, float('y')];
    expect(await refusal({ subgraphs: [{ ...PLAIN, tensors }] })).toEqual([
      `input "x": ${type} elements`,
      `RELU "y": ${type} tensor "x"`,
    ]);
  });
});

describe('what is refused', () => {
  it('is named all at once', async () => {
    const operators: WrittenOperator[] = [
      { op: 'WHILE', inputs: [0], outputs: [1] },
      { op: 'custom Detection', inputs: [1], outputs: [2] },
      { op: 250, inputs: [2], outputs: [3] },
      relu(3, 4),
    ];
    const tensors = ['x', 'a', 'b', 'c', 'y'].map((name) => float(name));
    expect(await refusal({ subgraphs: [{ tensors, operators, inputs: [0], outputs: [4] }] })).toEqual([
      'WHILE "a": operator',
      'custom Detection "b": operator',
      'operator 250 "c": operator',
    ]);
  });

  it('a custom operator is none of the schema, whatever its name', async () => {
    const operators = [{ op: 'custom RELU', inputs: [0], outputs: [1] }];
    expect(await refusal({ subgraphs: [{ ...PLAIN, operators }] })).toEqual(['custom RELU "y": operator']);
  });

  it('variables', async () => {
    const tensors = [float('x'), float('y'), { ...float('v'), isVariable: true }];
    const operators: WrittenOperator[] = [{ op: 'ADD', inputs: [0, 2], outputs: [1] }];
    const [item] = await refusal({ subgraphs: [{ ...PLAIN, tensors, operators }] });
    expect(item).toContain('tensor "v": a variable');
  });

  it('fused activations that no kernel has', async () => {
    const operators: WrittenOperator[] = [
      { op: 'ADD', inputs: [0, 0], outputs: [1], options: ['Add', { activation: 5 }] },
    ];
    expect(await refusal({ subgraphs: [{ ...PLAIN, operators }] })).toEqual(['ADD "y": fused activation SIGN_BIT']);
  });
});

describe('what is wrong', () => {
  const tensors = [float('x'), float('y'), float('z')];
  it.each<[string, Partial<WrittenSubgraph>, string]>([
    ['a tensor that nothing computes', { operators: [relu(2, 1)] }, 'tensor "z" is read by RELU, but nothing'],
    ['operators out of order', { operators: [relu(2, 1), relu(0, 2)] }, 'tensor "z" is read by RELU, but nothing'],
    ['an operator that reads itself', { operators: [relu(1, 1)] }, 'tensor "y" is read by RELU, but nothing'],
    ['a tensor computed twice', { operators: [relu(0, 1), relu(0, 1)] }, 'tensor "y" is computed by RELU'],
    ['an input that is computed', { operators: [relu(0, 0), relu(0, 1)] }, 'tensor "x" is computed by RELU'],
    ['an operator without inputs', { operators: [{ op: 'RELU', inputs: [], outputs: [1] }] }, 'input 0 is missing'],
    ['a tensor that is not there', { operators: [relu(7, 1)] }, 'names tensor 7 of 3'],
    ['an output that is not there', { outputs: [-1] }, 'names tensor -1 of 3'],
    [
      'other options',
      { operators: [{ ...relu(0, 1), op: 'ADD', inputs: [0, 0], options: ['Conv2D', { strideH: 1 }] }] },
      'node "y" (ADD): has options of kind 1 instead of 11',
    ],
    [
      'a stride of 0',
      { operators: [{ ...relu(0, 1), op: 'MAX_POOL_2D', options: ['Pool2D', { filterH: 1, filterW: 1 }] }] },
      'node "y" (MAX_POOL_2D): has a stride or dilation of 0',
    ],
  ])('%s', async (_, part, message) => {
    const error: unknown = await importGraphOf({ ...PLAIN, tensors, ...part }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ImportError);
    expect(String(error)).toContain(message);
    expect(String(error)).toContain('model.tflite');
  });

  it('a constant that does not fit its shape', async () => {
    const constant = { ...float('k', [3]), data: new Uint8Array(8) };
    const subgraph = {
      ...PLAIN,
      tensors: [float('x'), float('y'), constant],
      operators: [{ op: 'ADD', inputs: [0, 2], outputs: [1] }],
    };
    await expect(importGraphOf(subgraph)).rejects.toThrow('tensor "k" (float32 [3]) takes 12 bytes, the file holds 8');
  });
});

describe('metadata', () => {
  const utf8 = new TextEncoder();
  const described = (labels: string, mean = [127.5], std = [128, 64, 32]): Uint8Array =>
    encodeTflite({
      description: 'a network',
      subgraphs: [PLAIN],
      metadata: {
        min_runtime_version: utf8.encode('1.14.0\0\0\0'),
        picture: Uint8Array.of(1, 2, 3),
        TFLITE_METADATA: encodeMetadata({ name: 'Net', mean, std, labels }),
      },
    });

  it('are texts, and what inputs are normalised by', async () => {
    const { metadata, graph } = await importTflite(described('labels.txt'));
    expect(graph.inputs[0]?.normalisation).toEqual({ mean: [127.5], std: [128, 64, 32] });
    expect(Object.fromEntries(metadata)).toEqual({
      description: 'a network',
      min_runtime_version: '1.14.0',
      name: 'Net',
      'mean of x': '127.5',
      'std of x': '128, 64, 32',
    });
  });

  it.each([false, true])('name the classes of the archive behind (deflated: %s)', async (deflate) => {
    const file = withArchive(described('labels.txt'), 'labels.txt', 'cat\r\nträger\n\n', deflate);
    const { labels, warnings, graph } = await importTflite(file);
    expect([labels, warnings]).toEqual([['cat', 'träger'], undefined]);
    expect(graph.labels).toEqual(labels);
  });

  it('a list of classes that is not there is a warning', async () => {
    const { labels, warnings } = await importTflite(withArchive(described('labels.txt'), 'others.txt', 'cat'));
    expect([labels, warnings]).toEqual([undefined, [expect.stringContaining('"labels.txt"')]]);
  });

  it.each([
    [0, '\n'],
    [1, 'cat'],
  ])('%i classes, which the output has not, are a warning', async (count, lines) => {
    const { labels, warnings } = await importTflite(withArchive(described('labels.txt'), 'labels.txt', lines));
    expect([labels, warnings]).toEqual([undefined, [`"labels.txt" names ${count} classes, and its output is 2`]]);
  });

  it('the batch is no class', async () => {
    const bytes = tinyQuantised('int8');
    const archive = Buffer.from(bytes).indexOf('PK\x03\x04');
    const { labels, warnings } = await importTflite(withArchive(bytes.subarray(0, archive), 'labels.txt', 'cat'));
    expect([labels, warnings]).toEqual([undefined, ['"labels.txt" names 1 classes, and its output is 1x4']]);
  });

  it.each([
    [[0], [0]],
    [[0, 1], [1]],
    [[NaN], [1]],
    [[], [1]],
  ])('nothing is normalised by mean %j and std %j, with a warning', async (mean, std) => {
    const file = withArchive(described('labels.txt', mean, std), 'labels.txt', 'cat\ndog');
    const { graph, warnings } = await importTflite(file);
    expect(graph.inputs[0]).not.toHaveProperty('normalisation');
    expect(warnings).toEqual([expect.stringContaining('cannot be normalised as it says of input "x"')]);
  });

  it('damaged ones are a warning', async () => {
    const metadata = { TFLITE_METADATA: Uint8Array.of(255, 0, 0, 0, 77) };
    const { warnings } = await importModelOf({ subgraphs: [PLAIN], metadata });
    expect(warnings).toEqual(['its metadata is damaged, and not read']);
  });
});
