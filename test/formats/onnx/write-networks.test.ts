/**
 * Whole networks of every format written as ONNX: the file gives in onnxruntime what the network gave here, and here again
 * what it gave before. Those of ONNX are compared with their own files in onnxruntime.
 */
import '../../helpers/every-operator.ts';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/catalogue/catalogue.ts';
import { isFloat } from '../../../src/core/dtype.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import { importModel } from '../../../src/formats/detect.ts';
import type { ModelFiles } from '../../../src/formats/importer.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { compile } from '../../../src/passes/pipeline.ts';
import { runGraph } from '../../../src/runtime/cpu/run.ts';
import { convertModel } from '../../../src/tasks/convert.ts';
import { expectClose } from '../../helpers/close.ts';
import { FULL } from '../../helpers/full.ts';
import { catalogueModel } from '../../helpers/catalogue-models.ts';
import { importOnnx } from '../../helpers/import-onnx.ts';
import { npmModelFiles } from '../../helpers/npm-models.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';
import { hasSharedData, sharedModel } from '../../helpers/shared-data.ts';

/** Extents of inputs that a file leaves open, by the model's name. */
const FED: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  'onnx/silero_vad_16k_op15.onnx': { input: [1, 576], state: [2, 1, 128], sr: [] },
};

type Tensors = ReadonlyMap<string, Tensor>;

/** Numbers for every input; what is symbolic is 1. */
function feedsFor(graph: Graph, fed: Readonly<Record<string, readonly number[]>> = {}): Map<string, Tensor> {
  const random = randomSource(3);
  return new Map(
    graph.inputs.map(({ name, dtype, shape }) => {
      const extents = fed[name] ?? shape.map((extent) => (typeof extent === 'number' ? extent : 1));
      return [name, isFloat(dtype) ? randomTensor(dtype, extents, random, 0, 1) : randomTensor(dtype, extents, random)];
    }),
  );
}

function here(graph: Graph, feeds: Tensors): Tensors {
  const inputShapes = Object.fromEntries([...feeds].map(([name, { shape }]) => [name, shape]));
  return runGraph(compile(graph, { level: 'folded', inputShapes }), feeds);
}

/** Sums of thousands of terms in another order, through a hundred layers, relative to the largest element: 2.4e-4 for one of half floats. */
const ELSEWHERE = 5e-4;

/** The same operators on the same weights. */
const HERE_AGAIN = 1e-5;

/** What float32 leaves of a sigmoid far below 0. */
const LEAST = 1e-6;

function expectSame(actual: Tensors, expected: Tensors, what: string, share: number): void {
  expect(expected.size).toBeGreaterThan(0);
  for (const [name, e] of expected) {
    const a = actual.get(name);
    if (!a) throw new Error(`${what} gave no output ${name}`);
    let peak = 0;
    for (const v of e.data) peak = Math.max(peak, Math.abs(v));
    const tolerance = isFloat(e.dtype) ? { rtol: share, atol: LEAST + share * peak } : { rtol: 0, atol: 0 };
    expectClose(a, e, tolerance, `${what}: ${name}`);
  }
}

/** Converts, and runs the file in onnxruntime; here again in the full run. */
async function expectConverted(
  files: ModelFiles,
  fed: Readonly<Record<string, readonly number[]>> = {},
): Promise<void> {
  const { graph, format } = await importModel(files);
  const feeds = feedsFor(graph, fed);
  const { model } = await convertModel(files);
  const before = format === 'onnx' ? await ortRun(files.main.bytes, feeds) : here(graph, feeds);
  expectSame(await ortRun(model, feeds), before, 'onnxruntime', ELSEWHERE);
  if (FULL)
    expectSame(here(await importOnnx(model), feeds), before, 'here', format === 'onnx' ? ELSEWHERE : HERE_AGAIN);
}

/** A quick one of each format; the others are for the full run. */
const SHARED = [
  'onnx/silero_vad_16k_op15.onnx',
  'tflite/resnet8_cifar10_float.tflite',
  'tflite/vww_96_float.tflite',
  'caffe/lenet.prototxt',
  'caffe/mtcnn_det1.prototxt',
];
const SHARED_FULL = [
  'onnx/fsanet-1x1.onnx',
  'onnx/gtcrn_simple.onnx',
  'onnx/FastestDet.onnx',
  'onnx/yunet_n_320_320.onnx',
  'onnx/version-RFB-320.onnx',
  'onnx/yolox_nano.onnx',
  'onnx/light_shufflenet.onnx',
  'onnx/light_inception_v1.onnx',
  'onnx/light_densenet121.onnx',
  'tflite/selfie_segmentation.tflite',
  'tflite/prisma-net_fp16.tflite',
  'caffe/mtcnn_det2.prototxt',
  'caffe/mtcnn_det3.prototxt',
  'caffe/wechat_qr_sr.prototxt',
];

describe.skipIf(!hasSharedData)('a network of the shared data', () => {
  it.each([...SHARED, ...(FULL ? SHARED_FULL : [])])('%s', (path) => expectConverted(sharedModel(path), FED[path]));
});

describe.skipIf(!hasSharedData)('a network on integers', () => {
  it('is refused as it is, with what may help, and written with real numbers a step away', async () => {
    const files = sharedModel('tflite/vww_96_int8.tflite');
    await expect(convertModel(files)).rejects.toThrow(/30 unsupported things.*--dequantized/s);
    const { model, report } = await convertModel(files, { dequantized: true });
    expect(report.warnings).toEqual([expect.stringMatching(/^30 operators on integers/)]);
    const { graph } = await importModel(files);
    const feeds = feedsFor(graph);
    const expected = here(graph, feeds);
    for (const [name, { data }] of await ortRun(model, feeds)) {
      const own = expected.get(name)?.data ?? [];
      expect(Math.max(...Array.from(data, (v, i) => Math.abs(v - (own[i] ?? NaN))))).toBeLessThanOrEqual(1);
    }
  });
});

/** Models of TensorFlow.js in packages that the tests have, both forms among them. */
const PACKAGED = [['@vladmandic/human', 'models/antispoof.json']] as const;
const PACKAGED_FULL = [
  ['@vladmandic/human', 'models/blazeface.json'],
  ['@vladmandic/human', 'models/centernet.json'],
  ['@vladmandic/human', 'models/emotion.json'],
  ['@vladmandic/human', 'models/facemesh.json'],
  ['@vladmandic/human', 'models/faceres.json'],
  ['@vladmandic/human', 'models/handlandmark-lite.json'],
  ['@vladmandic/human', 'models/handtrack.json'],
  ['@vladmandic/human', 'models/iris.json'],
  ['@vladmandic/human', 'models/liveness.json'],
  ['@vladmandic/human', 'models/movenet-lightning.json'],
  ['nsfwjs', 'dist/models/mobilenet_v2/model.min.js'],
] as const;

describe('a network of TensorFlow.js', () => {
  it.each([...PACKAGED, ...(FULL ? PACKAGED_FULL : [])])('%s %s', async (name, path) =>
    expectConverted(await npmModelFiles(name, path)),
  );
});

if (FULL)
  describe('a network of the catalogue', () => {
    it.each(CATALOGUE.filter(({ name, format }) => format === 'tflite' && !/quant|int8/.test(name)))(
      '$name',
      async (entry) => {
        const files = await catalogueModel(entry);
        if (files) await expectConverted(files);
      },
    );
  });
