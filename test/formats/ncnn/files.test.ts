/** Files of ncnn: both kinds of param file, how weights lie, what inputs are, where files are looked for, and what is no such file. */
import { describe, expect, it } from 'vitest';
import { ImportError, LoadError, UnsupportedError } from '../../../src/core/errors.ts';
import { ncnnImporter } from '../../../src/formats/ncnn/index.ts';
import type { ImportOptions, ModelFiles } from '../../../src/formats/importer.ts';
import { print } from '../../../src/ir/print.ts';
import { floatsToHalves } from '../../../src/util/half.ts';
import { ncnnBin, ncnnFiles, ncnnText, runNcnn } from '../../helpers/ncnn-net.ts';
import { ncnnParamBin, wordBytes } from '../../helpers/ncnn-param-bin.ts';

/** Layers and blobs are called as those of a binary file are. */
const NET = [
  'Input Input_0 0 1 blob_0 0=6 1=5 2=2',
  'Convolution Convolution_1 1 1 blob_0 blob_1 0=3 1=1 5=1 6=6 9=2 -23310=1,0.25',
  'Split Split_2 1 2 blob_1 blob_2 blob_3',
  'BinaryOp BinaryOp_3 1 1 blob_2 blob_4 0=2 1=1 2=1.5',
  'Crop Crop_4 1 1 blob_3 blob_5 9=1, 10=3, 11=0,',
];
const WEIGHTS = [0.5, -1, 2, 0.25, -0.75, 1] as const;
const BLOBS = [{ flagged: WEIGHTS }, { plain: [1, 2, 3] }];

const text = (lines: string): Uint8Array => new TextEncoder().encode(lines);
const none = (name: string): Promise<Uint8Array> => Promise.reject(new LoadError(`there is no ${name}`));

function filesOf(main: Uint8Array, bin: Uint8Array = ncnnBin(BLOBS), name = 'net.param'): ModelFiles {
  return {
    main: { name, bytes: main },
    read: (wanted) => (wanted === 'net.bin' ? Promise.resolve(bin) : none(wanted)),
  };
}

const load = (files: ModelFiles, options?: ImportOptions) => ncnnImporter.load(files, options);
const failure = (files: ModelFiles): Promise<unknown> => load(files).catch((error: unknown) => error);

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const head = (lines: readonly string[], layers = lines.length, blobs = 9): string =>
  ['7767517', `${layers} ${blobs}`, ...lines].join('\n');

/** The shape of the input of a network, and whether it is a suggestion. */
const shapeOf = async (line: string, rest: readonly string[] = [], options?: ImportOptions) => {
  const lines = [line, ...rest, 'Noop end 1 1 x y'];
  const { graph } = await load(ncnnFiles(lines, []), options);
  const [input] = graph.inputs;
  return [input?.shape, input?.suggested];
};

describe('a param file', () => {
  it('gives the same graph as text and in binary', async () => {
    const [asText, asBinary] = [
      filesOf(text(ncnnText(NET))),
      filesOf(ncnnParamBin(NET), ncnnBin(BLOBS), 'net.param.bin'),
    ];
    expect([asText, asBinary].map(({ main }) => ncnnImporter.recognise(main.bytes))).toEqual([true, true]);
    const [first, second] = [await load(asText), await load(asBinary)];
    expect(print({ ...second.graph, name: first.graph.name })).toBe(print(first.graph));
    expect(first.graph.outputs).toEqual(['blob_4', 'blob_5']);
  });

  it('may have more lines than it declares, which ncnn does not read', async () => {
    const { graph, warnings } = await load(filesOf(text(`${ncnnText(NET)}\nNoop Noop_5 2 1 blob_4 blob_5 blob_6\n`)));
    expect(graph.outputs).toEqual(['blob_4', 'blob_5']);
    expect(warnings).toEqual(['what follows the 5 layers that the file declares is not read']);
  });

  it('may call two layers alike', async () => {
    const lines = ['Input in 0 1 x 0=2', 'ReLU same 1 1 x a', 'Sigmoid same 1 1 a y'];
    const { graph } = await load(ncnnFiles(lines, []));
    expect(graph.nodes.map(({ name }) => name)).toEqual(['same', 'same_1']);
  });

  it('has a sketch without weights', async () => {
    const sketch = await ncnnImporter.sketch?.({ name: 'net.param', bytes: text(ncnnText(NET)) });
    const { graph } = await load(filesOf(text(ncnnText(NET))));
    expect(sketch?.nodes).toEqual(graph.nodes);
    expect(sketch?.inputs).toEqual(graph.inputs);
  });
});

describe('weights', () => {
  const halves = new Uint8Array(16);
  new DataView(halves.buffer).setUint32(0, 0x01306b47, true);
  halves.set(new Uint8Array(floatsToHalves(Float32Array.from(WEIGHTS)).buffer), 4);
  const table = Array.from({ length: 256 }, (_, i) => ({ float: i < 6 ? (WEIGHTS[i] ?? 0) : 9 }));
  const indices = new Uint8Array([0, 1, 2, 3, 4, 5, 77, 77]);
  const bias = new Uint8Array(Float32Array.from([1, 2, 3]).buffer);

  it.each([
    ['half floats', joined(halves, bias)],
    ['floats with a flag', joined(wordBytes([0x0002c056, ...WEIGHTS.map((float) => ({ float }))]), bias)],
    ['a table', joined(wordBytes([1, ...table]), indices, bias)],
  ])('may lie as %s', async (_, bin) => {
    const [own, plain] = await Promise.all([
      load(filesOf(text(ncnnText(NET)), bin)),
      load(filesOf(text(ncnnText(NET)))),
    ]);
    expect([...own.graph.initializers]).toEqual([...plain.graph.initializers]);
  });

  it('are in a file that the caller names', async () => {
    const weights = { name: 'other.bin', bytes: ncnnBin(BLOBS) };
    const files: ModelFiles = { main: { name: 'a.ncnn.param', bytes: text(ncnnText(NET)) }, read: none, weights };
    await expect(load(files)).resolves.toMatchObject({ graph: { name: 'a.ncnn.param' } });
  });

  it.each([
    ['a.ncnn.param', 'a.ncnn.bin'],
    ['a.param.bin', 'a.bin'],
    ['a.PARAM', 'a.bin'],
    ['network', 'network.bin'],
  ])('of %s are looked for in %s', async (name, wanted) => {
    const error = await failure({ ...filesOf(text(ncnnText(NET)), undefined, name), read: none });
    expect(error).toBeInstanceOf(LoadError);
    expect(String(error)).toContain(`file ${wanted}`);
    expect(String(error)).toContain('--weights');
  });

  it.each([
    [
      'are cut short',
      ncnnBin(BLOBS).slice(0, -2),
      'ends within the bias of Convolution "Convolution_1": 12 bytes, and 10 are left',
    ],
    ['are empty', new Uint8Array(), 'ends within the weights of Convolution "Convolution_1"'],
    ['are of another network', joined(ncnnBin(BLOBS), new Uint8Array(4)), 'has 4 bytes behind the last weights'],
    [
      'are integers without scales',
      ncnnBin([{ int8: [1, 2, 3, 4, 5, 6] }, { plain: [1, 2, 3] }]),
      '8-bit integers, without scales',
    ],
  ])('%s: an ImportError', async (_, bin, message) => {
    const error = await failure(filesOf(text(ncnnText(NET)), bin));
    expect(error).toBeInstanceOf(ImportError);
    expect(String(error)).toContain(message);
  });

  it('are not asked for where no layer has any', async () => {
    const { graph } = await load({
      main: { name: 'a.param', bytes: text(ncnnText(['Input in 0 1 x 0=2', 'ReLU r 1 1 x y'])) },
      read: none,
    });
    expect(graph.nodes).toHaveLength(1);
  });
});

describe('inputs', () => {
  it.each([
    ['Input in 0 1 x 0=8 1=6 2=3', [1, 3, 6, 8], true],
    ['Input in 0 1 x 0=8 1=6', [1, 6, 8], true],
    ['Input in 0 1 x 0=8', [1, 8], true],
    ['Input in 0 1 x 0=8 1=6 11=4 2=3', [1, 3, 4, 6, 8], true],
    ['Input in 0 1 x 2=3', [1, 3, 'height', 'width'], true],
    ['Input in 0 1 x -23330=4,3,8,6,3', [1, 3, 6, 8], true],
    ['Input in 0 1 x -23330=4,1,8,1,1', [1, 8], true],
    ['Input in 0 1 x', ['batch', 'channels', 'height', 'width'], undefined],
    ['Input in 0 1 x 0=0 1=0 2=0', ['batch', 'channels', 'height', 'width'], undefined],
  ])('%s', async (line, shape, suggested) => {
    expect(await shapeOf(line)).toEqual([shape, suggested]);
  });

  it('take their rank from inputShapes, or their channels from a convolution', async () => {
    expect(await shapeOf('Input in 0 1 x', [], { inputShapes: { x: [2, 7] } })).toEqual([
      ['batch', 'width'],
      undefined,
    ]);
    expect(await shapeOf('Input in 0 1 x', [], { inputShapes: { x: [1, 5, 7] } })).toEqual([
      ['batch', 'height', 'width'],
      undefined,
    ]);
    const convolution = ['Split s 1 2 x a b', 'Convolution c 1 1 a z 0=8 1=3 6=360'];
    const { graph } = await load(ncnnFiles(['Input in 0 1 x', ...convolution], [{ flagged: Array(360).fill(1) }]));
    expect(graph.inputs[0]?.shape).toEqual(['batch', 5, 'height', 'width']);
  });

  it('may be several, of any batch', async () => {
    const lines = ['Input a 0 1 a 0=2', 'Input b 0 1 b 0=2', 'BinaryOp sum 2 1 a b y'];
    const x = { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } as const;
    const { y } = await runNcnn(ncnnFiles(lines, []), { a: x, b: x });
    expect(y?.data).toEqual(Float32Array.of(2, 4, 6, 8));
  });
});

describe('what is no network', () => {
  const input = 'Input in 0 1 x 0=2';

  it.each([
    ['no counts', '7767517', 'the file ends before the number of layers'],
    ['a count that is none', '7767517\n-1 2\n', 'line 2: "-1" is no number of layers'],
    ['a count beyond all files', '7767517\n99999999 1\n', 'line 2: 99999999 layers are too many'],
    ['fewer layers than declared', head([input], 3), 'line 3: declares 3 layers, but ends after 1'],
    ['more blobs than declared', head([input, 'ReLU r 1 1 x y'], 2, 1), 'declares 1 blobs, but its layers make 2'],
    ['a line that breaks off', head([input, 'ReLU r 1 1 x']), 'line 4: the file ends before a blob that "r" makes'],
    ['blobs that are no number', head([input, 'ReLU r x 1 x y']), 'line 4: "x" is no number of blobs to read'],
    ['a list of another length', head([input, 'Slice s 1 1 x y -23300=3,1,2']), 'line 4: a list of 3 has 2 elements'],
    ['a value that is no number', head([input, 'ReLU r 1 1 x y 0=1..5']), 'line 4: "1..5" is no number'],
    ['an integer beyond 32 bits', head([input, 'ReLU r 1 1 x y 0=3000000000']), '3000000000 does not fit 32 bits'],
    ['a parameter beyond all', head([input, 'ReLU r 1 1 x y 99=1']), 'parameter 99 of "r" is none'],
    ['a blob that nobody makes', head([input, 'ReLU r 1 1 z y']), 'reads blob "z", which no layer makes'],
    ['a cycle', head([input, 'BinaryOp b 2 1 x z y', 'ReLU r 1 1 y z']), 'which only it or a later layer makes'],
    ['a blob made twice', head([input, 'ReLU r 1 1 x x']), 'makes blob "x", which a layer before it does'],
    ['no input', head(['MemoryData m 0 1 x 0=2']), 'has no Input layer'],
    ['an integer with a point', head([input, 'Softmax s 1 1 x y 0=0.5']), 'parameter 0 is 0.5, which is no integer'],
    ['an axis beyond the dimensions', head([input, 'Softmax s 1 1 x y 0=1 1=1']), 'axis 1 of a blob of 1 dimensions'],
    ['weights that do not fit', head([input, 'InnerProduct p 1 1 x y 0=3 2=7']), '7 weights do not fit 3 outputs'],
    ['no kernel', head(['Input in 0 1 x 2=3', 'Convolution c 1 1 x y 0=3 6=9']), 'parameter 1 is 0'],
    [
      'channels that do not fit',
      head(['Input in 0 1 x 2=3', 'Convolution c 1 1 x y 0=3 1=1 6=6']),
      'takes 2 channels, but blob "x" has 3',
    ],
    ['weights beyond all', head([input, 'InnerProduct p 1 1 x y 0=2147483647 2=2147483647']), 'has weights of shape'],
    ['fewer blobs than a layer reads', head([input, 'BinaryOp b 1 1 x y']), 'reads 1 blobs, and needs 2'],
  ])('%s', async (_, lines, message) => {
    const error = await failure(filesOf(text(lines)));
    expect(error).toBeInstanceOf(ImportError);
    expect(String(error)).toContain('file net.param');
    expect(String(error)).toContain(message);
  });

  it.each([
    ['no counts', [7767517], 'the file ends within the number of layers, at byte 4'],
    ['many layers', [7767517, 1000, 9], 'declares 1000 layers, which its bytes do not hold'],
    ['a layer that breaks off', [7767517, 1, 1, 16, 0, 1], 'ends within the number of a blob'],
    ['words behind it', [7767517, 1, 1, 16, 0, 1, 0, -233, 5], 'has 1 words behind the 1 layers'],
    ['a parameter beyond all', [7767517, 1, 1, 16, 0, 1, 0, 77, 1, -233], 'parameter 77 of layer 0 is none'],
    ['a long list', [7767517, 1, 1, 16, 0, 1, 0, -23300, 2 ** 30], 'the file is damaged at byte 32'],
  ])('%s, in binary', async (_, words, message) => {
    const error = await failure(filesOf(wordBytes(words)));
    expect(error).toBeInstanceOf(ImportError);
    expect(String(error)).toContain(message);
  });

  it('whatever is not supported is told at once, with the layers that none of it concerns', async () => {
    const lines = [
      input,
      'Mystery a 1 1 x y',
      'ReLU r 1 1 y z',
      'Unheard b 1 1 z w',
      'UnaryOp u 1 1 x v 0=99',
      'ReLU k 1 1 x q 5=1',
    ];
    const error = await failure(filesOf(text(ncnnText(lines))));
    expect(error).toBeInstanceOf(UnsupportedError);
    const items = error instanceof UnsupportedError ? error.items : [];
    expect(items.map(({ node, op, what }) => `${op} ${node}: ${what}`)).toEqual([
      'Mystery a: layer',
      'Unheard b: layer',
      'UnaryOp u: operation 99',
      'ReLU k: parameter 5 = 1',
    ]);
  });

  it('types of a binary file that are not in the list are told by number', async () => {
    const error = await failure(filesOf(wordBytes([7767517, 2, 2, 16, 0, 1, 0, -233, 0x102, 1, 1, 0, 1, -233])));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(String(error)).toContain('custom layer 2');
    expect(String(error)).toContain('give the .param as text');
  });

  it.each([
    ['Reshape r 1 1 x y 0=-1 6="0w*2"', 'extents by an expression "0w*2"'],
    ['Softmax s 1 1 x y 0=-1', 'an axis as older files have it'],
    ['Reduction r 1 1 x y 1=0 -23303=1,0', 'axes as older files have them'],
    ['Convolution c 1 1 x y 0=1 1=1 6=1 19=1', 'weights that are computed'],
  ])('%s is refused by name', async (line, message) => {
    const error = await failure(filesOf(text(ncnnText([input, line]))));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(String(error)).toContain(message);
  });
});
