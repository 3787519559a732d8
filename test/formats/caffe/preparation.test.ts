/** How pictures become the inputs of Caffe's networks: what transform_param and mean files say. */
import { describe, expect, it } from 'vitest';
import { ImportError, LoadError } from '../../../src/core/errors.ts';
import { toRaw } from '../../../src/core/raw.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { caffeImporter } from '../../../src/formats/caffe/index.ts';
import type { ImportedModel } from '../../../src/formats/importer.ts';
import { ProtoWriter } from '../../../src/formats/lib/protobuf-writer.ts';
import { range } from '../../../src/util/arrays.ts';
import { guessPreprocessing, type PictureInput } from '../../../src/vision/guess.ts';
import { runLayers } from '../../helpers/layer-graphs.ts';

/** A BlobProto of the old form, as Caffe writes means. */
function binaryproto({ shape, data }: Tensor): Uint8Array {
  const blob = new ProtoWriter();
  shape.forEach((extent, i) => blob.int(i + 1, extent));
  blob.bytes(5, toRaw(tensorOf('float32', shape, data)));
  return blob.finish();
}

const relu = (bottom = 'data'): string => `layer { name: "r" type: "ReLU" bottom: "${bottom}" top: "y" }`;
const input = (...dims: readonly number[]): string =>
  `layer { name: "in" type: "Input" top: "data" input_param { shape { ${dims.map((d) => `dim: ${d}`).join(' ')} } } }`;
const data = (transform: string, type = 'Data', more = ''): string =>
  `layer { name: "in" type: "${type}" top: "data" top: "label" transform_param { ${transform} } ${more} }`;

function load(text: string, files: Readonly<Record<string, Uint8Array>> = {}): Promise<ImportedModel> {
  return caffeImporter.load({
    main: { name: 'net.prototxt', bytes: new TextEncoder().encode(text) },
    read: (file) => {
      const bytes = files[file];
      return bytes ? Promise.resolve(bytes) : Promise.reject(new LoadError('there is no such file', { file }));
    },
  });
}

const guessed = ({ graph }: ImportedModel) => guessPreprocessing(graph.inputs[0] as PictureInput);

/** A mean of three channels, each pixel another. */
const uneven = (height: number, width: number): Tensor =>
  tensorOf(
    'float32',
    [1, 3, height, width],
    range(3 * height * width).map((i) => i / 4),
  );

describe('pictures of a Caffe network', () => {
  it('are BGR, 0 to 255, stretched to the input, where nothing is said', async () => {
    const model = await load(input(1, 3, 6, 8) + relu());
    const expected = { width: 8, height: 6, fit: 'stretch', channelOrder: 'bgr', mean: [0, 0, 0], std: [1, 1, 1] };
    expect(guessed(model)).toMatchObject(expected);
    expect(model.warnings).toBeUndefined();
  });

  it('are grey where there is one channel', async () => {
    expect(guessed(await load(input(1, 1, 6, 8) + relu()))).toMatchObject({ channelOrder: 'grey', std: [1, 1, 1] });
  });

  it('have means of channels and a scale', async () => {
    const means = 'mean_value: 104 mean_value: 117 mean_value: 123 scale: 0.25 crop_size: 6 mirror: true';
    const expected = { channelOrder: 'bgr', mean: [104, 117, 123], std: [4, 4, 4], fit: 'cover', width: 6, height: 6 };
    expect(guessed(await load(data(means) + relu()))).toMatchObject(expected);
    const one = 'mean_value: 127 crop_size: 6 force_color: true';
    expect(guessed(await load(data(one) + relu()))).toMatchObject({ mean: [127, 127, 127], std: [1, 1, 1] });
  });

  it('are scaled where files of the first years say it', async () => {
    const old =
      'layers { name: "in" type: DATA top: "data" data_param { scale: 0.00390625 crop_size: 6 mean_file: "m" } }';
    const flat = tensorOf(
      'float32',
      [1, 1, 6, 6],
      range(36).map(() => 8),
    );
    const model = await load(`${old} layers { name: "r" type: RELU bottom: "data" top: "y" }`, {
      m: binaryproto(flat),
    });
    // The mean has one channel, but nothing says that of the data.
    expect(model.graph.inputs[0]?.shape).toEqual([1, 'data_channels', 6, 6]);
  });

  it('are cut from the size that training had', async () => {
    const sizes = 'image_data_param { new_height: 9 new_width: 9 }';
    const expected = { fit: 'cover', shorterSide: 9, width: 6, height: 6 };
    expect(guessed(await load(data('crop_size: 6', 'ImageData', sizes) + relu()))).toMatchObject(expected);
  });

  it('have the numbers of a mean file whose channels are even', async () => {
    const flat = tensorOf(
      'float32',
      [1, 3, 8, 8],
      range(192).map((i) => [10, 20, 30][Math.floor(i / 64)] ?? 0),
    );
    const text = data('mean_file: "some/where/mean.binaryproto" crop_size: 6 force_color: true scale: 0.5') + relu();
    for (const name of ['some/where/mean.binaryproto', 'mean.binaryproto']) {
      const model = await load(text, { [name]: binaryproto(flat) });
      const expected = { mean: [10, 20, 30], std: [2, 2, 2], fit: 'cover', shorterSide: 8 };
      expect(guessed(model)).toMatchObject(expected);
      expect(model.warnings).toBeUndefined();
    }
  });

  it('less an uneven mean, the middle of it, pixel by pixel', async () => {
    const mean = uneven(9, 8);
    const text = data('mean_file: "m.binaryproto" crop_size: 4 force_color: true scale: 0.5') + relu();
    const model = await load(text, { 'm.binaryproto': binaryproto(mean) });
    expect(guessed(model)).toMatchObject({ mean: [0, 0, 0], std: [1, 1, 1], channelOrder: 'bgr' });
    expect(model.warnings?.join()).toMatch(/"m.binaryproto" is subtracted within the graph, and the scale 0.5/);
    const picture = tensorOf(
      'float32',
      [2, 3, 4, 4],
      range(96).map((i) => 200 - i),
    );
    const [y] = await runLayers(model.graph, { data: picture });
    const expected = range(96).map((i) => {
      const [c, row, column] = [Math.floor(i / 16) % 3, Math.floor(i / 4) % 4, i % 4];
      return Math.max(0, (200 - i - (mean.data[(c * 9 + row + 2) * 8 + column + 2] ?? NaN)) / 2);
    });
    expect(Array.from(y?.data ?? [])).toEqual(expected);
  });
});

/** A network whose pictures are cropped to 6 × 6. */
const cropped = (transform: string): string => data(`${transform} crop_size: 6 force_color: true`) + relu();

describe('are refused', () => {
  it.each([
    ['a mean of other channels', tensorOf('float32', [1, 1, 6, 6], range(36)), /no picture of 3 channels/],
    ['a mean smaller than the input', uneven(5, 8), /8 × 5 pixels, smaller/],
  ])('%s', async (_, mean, reason) => {
    const files = { m: binaryproto(mean) };
    await expect(load(cropped('mean_file: "m"'), files)).rejects.toThrow(reason);
    await expect(load(cropped('mean_file: "m"'), files)).rejects.toBeInstanceOf(ImportError);
  });

  it('a mean file that is not there, by its name', async () => {
    await expect(load(cropped('mean_file: "a/m.binaryproto"'))).rejects.toThrow(
      /mean file "a\/m.binaryproto" cannot be read/,
    );
    await expect(load(cropped('mean_file: "a/m.binaryproto"'))).rejects.toBeInstanceOf(LoadError);
  });

  it('a path that leads out of the folder: the file is looked for beside the network', async () => {
    const files = { '../m': binaryproto(uneven(6, 6)), '/etc/m': binaryproto(uneven(6, 6)) };
    for (const path of Object.keys(files))
      await expect(load(cropped(`mean_file: "${path}"`), files)).rejects.toThrow(LoadError);
    const found = await load(cropped('mean_file: "/etc/m"'), { m: binaryproto(uneven(6, 6)) });
    expect(found.warnings).toHaveLength(1);
  });

  it.each([
    ['two kinds of means', 'mean_file: "m" mean_value: 3', /both given/],
    ['two means of three channels', 'mean_value: 1 mean_value: 3', /2 mean values for 3 channels/],
    ['a scale of 0', 'scale: 0', /scale is 0/],
  ])('%s', async (_, transform, reason) => {
    await expect(load(cropped(transform), { m: binaryproto(uneven(6, 6)) })).rejects.toThrow(reason);
  });

  it('a damaged mean file', async () => {
    const bytes = binaryproto(uneven(6, 6));
    for (const file of [bytes.subarray(0, bytes.length - 3), Uint8Array.of(0xff, 1, 2), new Uint8Array(0)]) {
      await expect(load(cropped('mean_file: "m"'), { m: file })).rejects.toBeInstanceOf(ImportError);
    }
  });
});
