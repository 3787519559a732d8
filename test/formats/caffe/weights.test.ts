/** .caffemodel files in all the forms there are, and what does not fit a network's text. */
import { describe, expect, it } from 'vitest';
import { ImportError, LoadError, TilewiseError, UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import { caffeImporter } from '../../../src/formats/caffe/index.ts';
import type { ImportedModel } from '../../../src/formats/importer.ts';
import { ProtoWriter } from '../../../src/formats/lib/protobuf-writer.ts';
import { caffeFiles, encodeCaffemodel, type CaffeBlobs } from '../../helpers/caffe-models.ts';
import { referenceRun } from '../../helpers/reference.ts';

const INPUT = 'input: "x" input_dim: 1 input_dim: 2 input_dim: 1 input_dim: 1';

function product(name: string, more = ''): string {
  return `layer { name: "${name}" type: "InnerProduct" bottom: "x" top: "${name}" inner_product_param { num_output: 2 ${more} } }`;
}

const weights = tensorOf('float32', [2, 2], [1, 2, 3, 4]);
const bias = tensorOf('float32', [2], [10, 20]);
const text = `${INPUT} ${product('p')}`;

/** What a network makes of [1, 1], output by output. */
function outputs({ graph }: ImportedModel): number[][] {
  const results = referenceRun(graph, new Map([['x', tensorOf('float32', [1, 2, 1, 1], [1, 1])]]));
  return Array.from(results.values(), ({ data }) => [...data]);
}

async function run(source: string, blobs: CaffeBlobs | Uint8Array): Promise<number[][]> {
  return outputs(await caffeImporter.load(caffeFiles(source, blobs)));
}

async function errorOf(source: string, blobs?: CaffeBlobs | Uint8Array): Promise<TilewiseError> {
  const error: unknown = await caffeImporter.load(caffeFiles(source, blobs)).catch((e: unknown) => e);
  if (!(error instanceof TilewiseError)) throw error;
  return error;
}

describe('forms', () => {
  it.each([
    { layers: 'new', blobs: 'packed' },
    { layers: 'new', blobs: 'four' },
    { layers: 'new', blobs: 'unpacked' },
    { layers: 'new', blobs: 'double' },
    { layers: 'old', blobs: 'four' },
    { layers: 'old', blobs: 'packed' },
  ] as const)('%j', async (form) => {
    expect(await run(text, encodeCaffemodel({ p: [weights, bias] }, form))).toEqual([[13, 27]]);
  });

  it('with layers of training that the text lacks', async () => {
    expect(await run(text, { data: [], p: [weights, bias], loss: [] })).toEqual([[13, 27]]);
  });

  it('given beside the model, whatever the name', async () => {
    const files = caffeFiles(text);
    const given = { name: 'iter_10000', bytes: encodeCaffemodel({ p: [weights, bias] }) };
    expect(outputs(await caffeImporter.load({ ...files, weights: given }))).toEqual([[13, 27]]);
  });

  it('are not needed by a network without any', async () => {
    const { graph } = await caffeImporter.load(
      caffeFiles(`${INPUT} layer { name: "r" type: "ReLU" bottom: "x" top: "y" }`),
    );
    expect(graph.outputs).toEqual(['y']);
  });
});

/** A product whose blobs have names. */
const shared = (name: string): string =>
  product(name).replace(
    'inner_product_param',
    'param { name: "w" lr_mult: 1 } param { name: "b" } inner_product_param',
  );

describe('sharing', () => {
  const both = `${INPUT} ${shared('p')} ${shared('q')}`;

  it('gives all the blobs that one has', async () => {
    expect(await run(both, { p: [weights, bias] })).toEqual([
      [13, 27],
      [13, 27],
    ]);
  });

  it('gives all those of the last that has any, as Caffe copies them', async () => {
    expect(await run(both, { p: [weights, bias], q: [weights, tensorOf('float32', [2], [0, 0])] })).toEqual([
      [3, 7],
      [3, 7],
    ]);
  });
});

describe('what does not fit', () => {
  it.each<[string, string, CaffeBlobs | Uint8Array, RegExp]>([
    [
      'other outputs',
      text,
      { p: [tensorOf('float32', [3, 2], [1, 2, 3, 4, 5, 6]), bias] },
      /node "p" \(InnerProduct\): blob 0 is \[3, 2\], the layer needs \[2, \?\]/,
    ],
    [
      'as many numbers in another shape',
      text,
      { p: [tensorOf('float32', [4, 1], [1, 2, 3, 4]), bias] },
      /blob 0 is \[4, 1\]/,
    ],
    [
      'no such layer',
      text,
      { q: [weights, bias] },
      /node "p" \(InnerProduct\): blob 0, which the layer needs, is not in/,
    ],
    ['a bias that is missing', text, { p: [weights] }, /blob 1, which the layer needs, is not in/],
    [
      'a bias too many',
      `${INPUT} ${product('p', 'bias_term: false')}`,
      { p: [weights, bias] },
      /node "p" .*the file has 2 blobs for the layer, which needs 1/,
    ],
    [
      'two layers of one name',
      `${INPUT} ${product('p')} ${product('p').replace('top: "p"', 'top: "q"')}`,
      { p: [weights, bias] },
      /a layer before it is called "p" as well/,
    ],
    ['a text', text, new TextEncoder().encode(text), /a text that describes a network/],
    ['nothing', text, new Uint8Array(), /an empty file/],
    ['noise', text, new Uint8Array(64).fill(0xff), /truncated or corrupt/],
    ['a message without layers', text, Uint8Array.of(10, 1, 65), /no .caffemodel/],
  ])('%s', async (_, source, blobs, message) => {
    const error = await errorOf(source, blobs);
    expect(error).toBeInstanceOf(ImportError);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^file net\.(caffemodel|prototxt)/);
  });

  it('no file at all', async () => {
    const error = await errorOf(text);
    expect(error).toBeInstanceOf(LoadError);
    expect(error.message).toMatch(
      /^file net.prototxt: its weights "net.caffemodel" cannot be read.*Give the .caffemodel/,
    );
  });

  it('fewer numbers than the shape says', async () => {
    const net = new ProtoWriter();
    net.message(100, (layer) => {
      layer.string(1, 'p');
      layer.message(7, (blob) => {
        blob.message(7, (shape) => shape.packedInts(1, [2, 2]));
        blob.bytes(5, new Uint8Array(12));
      });
    });
    expect((await errorOf(text, net.finish())).message).toMatch(
      /blob 0 of layer "p" has 3 numbers, its shape \[2, 2\] needs 4/,
    );
  });

  it('extents without end, declared only', async () => {
    const net = new ProtoWriter();
    net.message(100, (layer) => {
      layer.string(1, 'p');
      layer.message(7, (blob) => blob.message(7, (shape) => shape.packedInts(1, [2 ** 40, 2 ** 40])));
    });
    expect(await errorOf(text, net.finish())).toBeInstanceOf(ImportError);
  });

  it('a file that is cut anywhere', async () => {
    const whole = encodeCaffemodel({ p: [weights, bias] });
    for (let length = 0; length < whole.length; length++) {
      expect(await errorOf(text, whole.subarray(0, length))).toBeInstanceOf(ImportError);
    }
  });
});

describe('forms that are refused', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['HDF5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10), /HDF5 \(\.caffemodel\.h5\).*BINARYPROTO/],
    ['layers within layers', within(), /form of 2013 \(V0\).*upgrade_net_proto_binary/],
    ['half floats', half(), /half floats in blob 0 of layer "p"/],
  ])('%s', async (_, blobs, message) => {
    const error = await errorOf(text, blobs);
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message.replaceAll('\n', ' ')).toMatch(message);
  });
});

function within(): Uint8Array {
  const net = new ProtoWriter();
  net.message(2, (layers) => layers.message(1, (layer) => layer.string(1, 'p')));
  return net.finish();
}

function half(): Uint8Array {
  const net = new ProtoWriter();
  net.message(100, (layer) => {
    layer.string(1, 'p');
    layer.message(7, (blob) => {
      blob.message(7, (shape) => shape.packedInts(1, [2, 2]));
      blob.int(10, 2);
      blob.bytes(12, new Uint8Array(8));
    });
  });
  return net.finish();
}
