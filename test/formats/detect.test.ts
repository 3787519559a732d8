/** Formats are told by content; what nobody recognises is described. */
import { describe, expect, it } from 'vitest';
import { ImportError, InputError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { checkChoices, detect, importModel } from '../../src/formats/detect.ts';
import { IMPORTERS } from '../../src/formats/registry.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';
import { noFile } from '../helpers/onnx-models.ts';
import { encodeSafetensors } from '../helpers/safetensors-bytes.ts';

const text = (s: string): Uint8Array => new TextEncoder().encode(s);

const FILES = {
  onnx: encodeModel({
    opset: 13,
    inputs: [{ name: 'x', dtype: 'float32', shape: [1] }],
    outputs: ['y'],
    nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
  }),
  safetensors: encodeSafetensors({ a: tensorOf('float32', [1], [1]) }),
  tflite: text('\u001c\0\0\0TFL3\0\0'),
  caffe: text('# a comment\r\n\n  name : "LeNet" layer { name: "data" type: "Input" }'),
  ncnn: text('7767517\n75 83\n'),
  'tfjs-graph': text('{"format": "graph-model", "modelTopology": {"node": []}, "weightsManifest": []}'),
  'tfjs-layers': text('{"format": "layers-model", "modelTopology": {"model_config": {}}, "weightsManifest": []}'),
} as const;

describe('detect', () => {
  it.each(Object.entries(FILES))('%s, whatever the name, and nobody else claims it', async (format, bytes) => {
    expect((await detect({ name: 'wrong.xyz', bytes })).format).toBe(format);
    expect(IMPORTERS.filter((i) => i.recognise(bytes)).map((i) => i.format)).toEqual([format]);
  });

  it.each([
    ['an empty file', new Uint8Array(), 'It is empty'],
    ['an HTML page', text('\n<!DOCTYPE html><html>'), 'an HTML page'],
    ['a Git LFS pointer', text('version https://git-lfs.github.com/spec/v1\noid sha256:ab'), 'Git LFS pointer'],
    ['a zip archive', text('PK\u0003\u0004rest'), 'a zip archive'],
    ['gzip', new Uint8Array([0x1f, 0x8b, 8, 0]), 'gzip-compressed'],
    ['HDF5', new Uint8Array([0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10]), 'an HDF5 file'],
    ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), 'a PNG picture'],
    ['other JSON', text('{"a": 1}'), 'no TensorFlow.js model.json'],
    ['noise', new Uint8Array([1, 2, 3, 250]), '4 bytes and begins with 01 02 03 fa'],
  ])('describes %s', async (_, bytes, hint) => {
    const error: unknown = await detect({ name: 'model.onnx', bytes }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ImportError);
    for (const part of ['onnx', 'file model.onnx', hint]) expect(String(error)).toContain(part);
  });

  it.each([
    ['net.param', text('75 83\nInput data 0 1 data\n'), 'begins with 7767517'],
    ['net.caffemodel', new Uint8Array([10, 5, 76, 101, 78, 101, 116]), 'the weights of a Caffe model'],
    ['solver.prototxt', text('net: "train_val.prototxt"\nbase_lr: 0.1'), 'the text of a solver'],
    ['frozen.PB', new Uint8Array([10, 80, 10, 11]), 'a TensorFlow graph or SavedModel'],
    ['model.keras', text('PK\u0003\u0004rest'), 'a Keras model'],
    ['model.tflite', text('\u001c\0\0\0TFL2'), 'a TensorFlow Lite model'],
    ['model.pt', text('PK\u0003\u0004rest'), 'a PyTorch model'],
    ['model.h5', new Uint8Array([0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10]), 'a Keras model or its weights'],
    ['model.bin', new Uint8Array([1, 2, 3, 250]), 'perhaps the weights'],
    ['model.constructor', new Uint8Array([1, 2, 3, 250]), '4 bytes and begins'],
    // What the bytes say for certain counts.
    ['model.pt', text('<!doctype html>'), 'an HTML page'],
    ['model.param', new Uint8Array(), 'It is empty'],
  ])('describes %s by its name', async (name, bytes, hint) => {
    await expect(detect({ name, bytes })).rejects.toThrow(hint);
  });
});

describe('weights of a file of their own', () => {
  it.each(IMPORTERS)('are refused where the main file says where they are: $format', async (importer) => {
    const checked = checkChoices(importer, { weights: 'net.bin' });
    if (importer.separateWeights) return expect(checked).resolves.toBeUndefined();
    await expect(checked).rejects.toThrow(InputError);
    return expect(checked).rejects.toThrow(`weights are for files of Caffe and ncnn, this is ${importer.format}`);
  });

  it('are refused beside a graph, and in the files of another format', async () => {
    await expect(checkChoices(undefined, { weights: new Uint8Array() })).rejects.toThrow('this is a graph');
    const { onnx: bytes } = FILES;
    const files = { main: { name: 'a.onnx', bytes }, weights: { name: 'b.bin', bytes }, read: noFile };
    await expect(importModel(files)).rejects.toThrow('weights are for files of Caffe and ncnn, this is onnx');
  });
});

describe.each([{ rounding: 'reference' }, { signature: 'train' }] as const)('the choice of %j', (choice) => {
  const [[name, value] = []] = Object.entries(choice);

  it.each(IMPORTERS)('is for TensorFlow Lite alone: $format', async (importer) => {
    const checked = checkChoices(importer, choice);
    if (importer.format === 'tflite') return expect(checked).resolves.toBeUndefined();
    await expect(checked).rejects.toThrow(InputError);
    return expect(checked).rejects.toThrow(
      `${name} "${value}" is for TensorFlow Lite files, this is ${importer.format}`,
    );
  });

  it('is refused beside a graph, and nowhere where none is given', async () => {
    await expect(checkChoices(undefined, choice)).rejects.toThrow('this is a graph');
    await expect(checkChoices(undefined)).resolves.toBeUndefined();
  });
});
