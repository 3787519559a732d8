/** What importers give beside the graph: declared inputs and outputs, metadata, extensions. */
import { describe, expect, it } from 'vitest';
import { importModel } from '../../src/formats/detect.ts';
import type { FormatName } from '../../src/formats/importer.ts';
import { IMPORTERS, modelExtensions } from '../../src/formats/registry.ts';

const noFile = (name: string): Promise<never> => Promise.reject(new TypeError(`no file ${name}`));

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const dims = (...sizes: number[]): object => ({ dim: sizes.map((size) => ({ size: String(size) })) });

/** A graph model: a Relu of a picture. */
const GRAPH_MODEL = {
  format: 'graph-model',
  generatedBy: '2.8.0',
  convertedBy: 'TensorFlow.js Converter v3.18.0',
  userDefinedMetadata: { author: 'someone', classes: ['cat', 'dog'] },
  signature: {
    inputs: { x: { name: 'x:0', dtype: 'DT_FLOAT', tensorShape: dims(-1, 4) } },
    outputs: { y: { name: 'y:0', dtype: 'DT_FLOAT', tensorShape: dims(-1, 4) } },
  },
  modelTopology: {
    node: [
      { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' } } },
      { name: 'y', op: 'Relu', input: ['x'] },
    ],
  },
};

describe('a model of TensorFlow.js', () => {
  it('says what enters and leaves it, and who made it', async () => {
    const { declared, metadata, format } = await importModel({
      main: { name: 'model.json', bytes: json(GRAPH_MODEL) },
      read: noFile,
    });
    expect(format).toBe('tfjs-graph');
    expect([...declared.values()]).toEqual([
      { name: 'x:0', dtype: 'float32', shape: ['batch', 4] },
      { name: 'y:0', dtype: 'float32', shape: ['', 4] },
    ]);
    expect(Object.fromEntries(metadata)).toEqual({
      format: 'graph-model',
      generatedBy: '2.8.0',
      convertedBy: 'TensorFlow.js Converter v3.18.0',
      author: 'someone',
      classes: '["cat","dog"]',
    });
  });
});

describe('extensions', () => {
  it('are those of every format, in lower case', () => {
    const formats = IMPORTERS.map(({ format }) => format);
    const all = ['tfjs-graph', 'tfjs-layers', 'onnx', 'tflite', 'caffe', 'ncnn', 'safetensors'] satisfies FormatName[];
    expect(formats).toEqual(all);
    expect(modelExtensions()).toEqual([
      '.json',
      '.onnx',
      '.tflite',
      '.prototxt',
      '.param',
      '.param.bin',
      '.safetensors',
    ]);
  });
});
