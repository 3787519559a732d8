/** What importers call common is what published classifiers have: a page with one of them loads no further rows. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Lazy } from '../../src/core/on-demand.ts';
import { importModel } from '../../src/formats/detect.ts';
import { ONNX_OPERATORS } from '../../src/formats/onnx/operators.ts';
import { decodeModel } from '../../src/formats/onnx/proto.ts';
import { TENSORFLOW_OPERATORS } from '../../src/formats/tfjs/graph/operators.ts';
import { LAYERS } from '../../src/formats/tfjs/layers/layers.ts';
import { readSubgraph, readTflite } from '../../src/formats/tflite/model.ts';
import { TFLITE_OPERATORS } from '../../src/formats/tflite/operators.ts';
import { npmModelFiles } from '../helpers/npm-models.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';

/** How the files of the test data make their weights up. */
const WEIGHTS = 'ConstantOfShape';

describe.skipIf(!hasSharedData)('classifiers in ONNX have common operators alone', () => {
  it.each(['densenet121', 'inception_v2', 'resnet50', 'shufflenet', 'squeezenet', 'vgg19'])('%s', (name) => {
    const { graph } = decodeModel(readFileSync(sharedPath(`onnx/light_${name}.onnx`)), name);
    const ops = new Set(graph?.nodes.map(({ op }) => op));
    expect(ops.size).toBeGreaterThan(5);
    expect([...ops].filter((op) => op !== WEIGHTS && !Object.hasOwn(ONNX_OPERATORS.common, op))).toEqual([]);
  });
});

describe('classifiers of TensorFlow.js load no further rows', () => {
  const CASES: readonly (readonly [npm: string, file: string, further: Lazy<object>])[] = [
    ['nsfwjs', 'dist/models/mobilenet_v2/model.min.js', LAYERS.further],
    ['nsfwjs', 'dist/models/mobilenet_v2_mid/model.min.js', TENSORFLOW_OPERATORS.further],
    ['nsfwjs', 'dist/models/inception_v3/model.min.js', LAYERS.further],
  ];
  it.each(CASES)('%s: %s', async (npm, file, further) => {
    await importModel(await npmModelFiles(npm, file));
    expect(further.peek()).toBeUndefined();
  });
});

describe.skipIf(!hasSharedData)('classifiers of TensorFlow Lite load no further rows', () => {
  it.each(['resnet8_cifar10_float', 'vww_96_float'])('%s', (name) => {
    const model = readTflite(readFileSync(sharedPath(`tflite/${name}.tflite`)), name);
    const ops = new Set(readSubgraph(model, 0).operators.map(({ op }) => op));
    expect(ops.size).toBeGreaterThan(4);
    expect([...ops].filter((op) => !Object.hasOwn(TFLITE_OPERATORS.common, op))).toEqual([]);
  });
});

it('what is common is not looked for elsewhere, and has no second row there', async () => {
  for (const { common, further } of [ONNX_OPERATORS, TENSORFLOW_OPERATORS, LAYERS, TFLITE_OPERATORS]) {
    const rest = await further.load();
    expect(Object.keys(rest).filter((op) => Object.hasOwn(common, op))).toEqual([]);
  }
});
