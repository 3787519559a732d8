/** The files the peers load: written from one network, read back by tilewise and by the peers themselves. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Net } from '../../models/blocks.ts';
import { mobilenetV2 } from '../../models/mobilenet-v2.ts';
import { mobilenetV3 } from '../../models/mobilenet-v3.ts';
import { resnet } from '../../models/resnet.ts';
import { shufflenetV2 } from '../../models/shufflenet-v2.ts';
import { randomWeights } from '../../models/weights.ts';
import { toLayers } from '../../bench/peers/layers.ts';
import { peerModel, writeModel, type PeerModel } from '../../bench/peers/models.ts';
import { nodeVenue } from '../../bench/peers/node-seat.ts';
import { channelsFirst } from '../../bench/peers/onnx-file.ts';
import { paddingName, TFJS_SHARD, toTfjsFiles } from '../../bench/peers/tfjs-file.ts';
import { toTfliteFile } from '../../bench/peers/tflite-file.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { tfliteImporter } from '../../src/formats/tflite/index.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { expectClose } from '../helpers/close.ts';
import { importOnnx } from '../helpers/import-onnx.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { referenceRun } from '../helpers/reference.ts';
import { importerOf, modelFiles, runReference } from '../helpers/tfjs-models.ts';
import { tfjsPredict } from '../helpers/tfjs-oracle.ts';

const small = { classes: 17, weights: randomWeights(5) };

/** Odd extents: SAME and symmetric padding part ways on even ones, and shrink to 1×1 at the end. */
const networks: readonly (readonly [string, () => Graph])[] = [
  ['MobileNet v2 0.35', () => mobilenetV2({ ...small, width: 0.35, resolution: 64 })],
  ['MobileNet v2 0.35, odd', () => mobilenetV2({ ...small, width: 0.35, resolution: 47 })],
  ['ShuffleNet v2 0.5x', () => shufflenetV2({ ...small, width: 0.5, resolution: 64 })],
  ['ShuffleNet v2 1x, odd', () => shufflenetV2({ ...small, resolution: 33 })],
  ['ResNet-18', () => resnet({ ...small, depth: 18, resolution: 32 })],
  ['ShuffleNet v2 0.5x, batch 2', () => shufflenetV2({ ...small, width: 0.5, resolution: 32, batch: 2 })],
];

interface Written {
  readonly model: PeerModel;
  readonly last: ReadonlyMap<string, Tensor>;
  readonly first: ReadonlyMap<string, Tensor>;
  readonly expected: Tensor;
  /** float32 sums in another order, through some fifty layers, relative to the largest logit. */
  readonly tolerance: { readonly rtol: number; readonly atol: number };
}

const feed = (shape: readonly number[], data: Float32Array): ReadonlyMap<string, Tensor> =>
  new Map([['input', { dtype: 'float32', shape, data }]]);

async function write(name: string, graph: Graph): Promise<Written> {
  const model = await writeModel(name, graph);
  const { inputShape, inputLast, inputFirst } = model;
  const last = feed(inputShape, inputLast);
  const expected = only(referenceRun(graph, last));
  const peak = Math.max(...expected.data.map(Math.abs));
  return {
    model,
    last,
    first: feed(channelsFirst({ shape: inputShape }), inputFirst),
    expected,
    tolerance: { rtol: 1e-4, atol: 2e-5 * peak },
  };
}

function only(outputs: ReadonlyMap<string, Tensor>): Tensor {
  const [output] = outputs.values();
  if (!output || outputs.size !== 1) throw new Error(`${outputs.size} outputs`);
  return output;
}

const tfjsFiles = ({ tfjsJson, tfjsWeights }: PeerModel): ModelFiles =>
  modelFiles(new TextDecoder().decode(tfjsJson), { [TFJS_SHARD]: tfjsWeights });

/** What is left for the kernels; how the input is laid out first is the format's business. */
const operators = (graph: Graph): string[] =>
  compile(graph, { level: 'full' })
    .nodes.map((n) => n.op)
    .filter((op) => op !== 'Transpose' && op !== 'Reshape');

describe.each(networks)('%s', (name, build) => {
  let graph: Graph;
  let written: Written;

  beforeAll(async () => {
    graph = build();
    written = await write(name, graph);
  });

  it('is the same network as ONNX', async () => {
    const { model, first, expected, tolerance } = written;
    const imported = await importOnnx(model.onnx);
    expectClose(only(runReference(imported, first)), expected, tolerance, 'the importer');
    expectClose(only(await ortRun(model.onnx, first)), expected, tolerance, 'onnxruntime-web');
  });

  it('compiles from ONNX to the kernels of the graph it was written from', async () => {
    expect(operators(await importOnnx(written.model.onnx))).toEqual(operators(graph));
  });

  it('is the same network as a TensorFlow.js model', async () => {
    const { model, last, expected, tolerance } = written;
    const files = tfjsFiles(model);
    const { graph: imported } = await importerOf(files).load(files);
    const feeds = new Map(imported.inputs.map((input) => [input.name, only(last)]));
    expectClose(only(runReference(imported, feeds)), expected, tolerance, 'the importer');
    expectClose(only(await tfjsPredict(files, feeds, 'wasm')), expected, tolerance, 'TensorFlow.js');
  });

  it('is the same network as a TFLite file', async () => {
    const { model, last, expected, tolerance } = written;
    const { graph: imported } = await tfliteImporter.load({
      main: { name: 'model.tflite', bytes: model.tflite },
      read: (file) => Promise.reject(new Error(`no file ${file}`)),
    });
    const actual = only(runReference(imported, last));
    expectClose({ ...actual, shape: expected.shape }, expected, tolerance, 'the importer');
  });

  it('is the same network as a TFLite file, and LiteRT.js runs it in a process of its own', async () => {
    const { model, expected, tolerance } = written;
    const room = await (await nodeVenue({ sources: true })).room(model, 2);
    onTestFinished(() => room.close());
    const seat = await room.seat({ engine: 'litert-wasm', flavour: 'only', quantised: false });
    onTestFinished(() => seat.close());
    const { output, adapter, version } = await seat.start();
    const actual: Tensor = { dtype: 'float32', shape: expected.shape, data: Float32Array.from(output) };
    expectClose(actual, expected, tolerance, 'LiteRT.js');
    expect(adapter).toBeUndefined();
    expect(version).toMatch(/^LiteRT\.js \d/);
    expect((await seat.run()).output).toEqual(output);
  });
});

it('folds every normalisation and fuses every activation that a peer can', async () => {
  const { layers } = await toLayers(mobilenetV2({ ...small, width: 0.35, resolution: 32 }));
  const kinds = layers.map((layer) => layer.kind);
  expect(kinds.filter((kind) => kind === 'conv')).toHaveLength(52);
  expect(kinds.filter((kind) => kind === 'add')).toHaveLength(10);
  expect(kinds.filter((kind) => kind !== 'conv' && kind !== 'add')).toEqual(['average', 'linear']);
  const activated = layers.filter((layer) => layer.kind === 'conv' && layer.activation === 'relu6');
  expect(activated).toHaveLength(35);
});

const window = (extent: number, kernel: number, stride: number, pads: [number, number, number, number]) => ({
  kind: 'maxPool' as const,
  x: { name: 'x', shape: [1, extent, extent, 4] },
  y: { name: 'y', shape: [] },
  kernel: [kernel, kernel] as const,
  strides: [stride, stride] as const,
  pads,
});

it("names padding by TensorFlow's rule", () => {
  expect(paddingName(window(14, 3, 1, [1, 1, 1, 1]))).toBe('SAME');
  expect(paddingName(window(14, 3, 2, [1, 1, 1, 1]))).toBe('EXPLICIT');
  expect(paddingName(window(14, 3, 2, [0, 0, 1, 1]))).toBe('SAME');
  expect(paddingName(window(15, 3, 2, [1, 1, 1, 1]))).toBe('SAME');
  expect(paddingName(window(14, 1, 2, [0, 0, 0, 0]))).toBe('VALID');
});

describe('refuses', () => {
  it('a network it does not know', async () => {
    await expect(peerModel('alexnet')).rejects.toThrow('there is no model "alexnet"');
  });

  it('operators that not every format has', async () => {
    const layers = toLayers(mobilenetV3({ ...small, resolution: 32 }));
    await expect(layers).rejects.toThrow("the peers' files are not written for");
  });

  it('groups where a format has none', async () => {
    const net = new Net('grouped', { ...small, resolution: 8 });
    const wide = net.conv(net.input, { name: 'stem', out: 8 });
    const grouped = net.conv(wide, { name: 'grouped', out: 8, kernel: 3, group: 2 });
    const layers = await toLayers(net.finish(net.flatten(net.average(grouped)), 'fc'));
    expect(() => toTfjsFiles(layers)).toThrow('TensorFlow.js has no convolution of 2 groups');
    expect(() => toTfliteFile(layers)).toThrow('no convolution of 2 groups');
  });
});
