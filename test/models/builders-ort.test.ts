/**
 * Whole networks with random weights: onnxruntime against the CPU reference, of the graph as built, as compiled for
 * the kernels, and as it comes back from the ONNX importer. What takes the CPU longest is left to the full run.
 */
import { describe, expect, it } from 'vitest';
import { inceptionV3 } from '../../models/inception-v3.ts';
import { mobilenetV1 } from '../../models/mobilenet-v1.ts';
import { mobilenetV2 } from '../../models/mobilenet-v2.ts';
import { mobilenetV3 } from '../../models/mobilenet-v3.ts';
import { resnet } from '../../models/resnet.ts';
import { shufflenetV1 } from '../../models/shufflenet-v1.ts';
import { shufflenetV2 } from '../../models/shufflenet-v2.ts';
import { squeezenet } from '../../models/squeezenet.ts';
import { vgg } from '../../models/vgg.ts';
import { randomWeights } from '../../models/weights.ts';
import { zeros, type Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { expectClose } from '../helpers/close.ts';
import { FULL } from '../helpers/full.ts';
import { importOnnx } from '../helpers/import-onnx.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { referenceRun } from '../helpers/reference.ts';
import { compileVerified } from '../helpers/passes.ts';

const small = { classes: 17, weights: randomWeights(5) };

const quick: readonly (readonly [string, Graph])[] = [
  ['MobileNet v1 0.25', mobilenetV1({ ...small, width: 0.25, resolution: 64 })],
  ['MobileNet v1 0.5, batch 2', mobilenetV1({ ...small, width: 0.5, resolution: 32, batch: 2 })],
  ['MobileNet v2 0.35', mobilenetV2({ ...small, width: 0.35, resolution: 64 })],
  ['MobileNet v3 small', mobilenetV3({ ...small, variant: 'small', resolution: 64 })],
  ['MobileNet v3 large 0.75', mobilenetV3({ ...small, variant: 'large', width: 0.75, resolution: 32 })],
  ...([1, 2, 3, 4, 8] as const).map(
    (groups) =>
      [`ShuffleNet v1 0.5x, ${groups} groups`, shufflenetV1({ ...small, groups, scale: 0.5, resolution: 64 })] as const,
  ),
  ['ShuffleNet v1 0.25x, 4 groups', shufflenetV1({ ...small, groups: 4, scale: 0.25, resolution: 64 })],
  ['ShuffleNet v2 0.5x', shufflenetV2({ ...small, width: 0.5, resolution: 64 })],
  ['SqueezeNet 1.0', squeezenet({ ...small, version: '1.0', resolution: 64 })],
  ['SqueezeNet 1.1, batch 2', squeezenet({ ...small, version: '1.1', resolution: 50, batch: 2 })],
];

const slow: readonly (readonly [string, Graph])[] = [
  ['MobileNet v2 1.4', mobilenetV2({ ...small, width: 1.4, resolution: 32 })],
  ['ShuffleNet v2 1x, odd resolution', shufflenetV2({ ...small, width: 1, resolution: 47 })],
  ['Inception v3 at its smallest', inceptionV3({ ...small, resolution: 75 })],
  ['VGG-11 spread from one pixel, batch 2', vgg({ ...small, depth: 11, resolution: 32, hidden: 64, batch: 2 })],
  ['ResNet-18, batch 2', resnet({ ...small, depth: 18, resolution: 32, batch: 2 })],
  ['ResNet-34, odd resolution', resnet({ ...small, depth: 34, resolution: 47 })],
  ['ResNet-50', resnet({ ...small, depth: 50, resolution: 64 })],
  ['VGG-16', vgg({ ...small, depth: 16, resolution: 33, hidden: 96 })],
  ['Inception v3', inceptionV3({ ...small, resolution: 96 })],
];

/** From this resolution on no map shrinks to 1×1, where Transposes turn into Reshapes that layout does not cancel. */
const KEEPS_EXTENT = 47;

const operators = (graph: Graph): string[] => graph.nodes.map((n) => n.op).filter((op) => op !== 'Transpose');

function logits(graph: Graph, feeds: ReadonlyMap<string, Tensor>): Tensor {
  const out = referenceRun(graph, feeds).get('logits');
  if (!out) throw new Error('no logits');
  return out;
}

describe('onnxruntime agrees with the reference on', () => {
  it.each(FULL ? [...quick, ...slow] : quick)('%s', async (_name, graph) => {
    const [input] = graph.inputs;
    if (!input) throw new Error('no input');
    const shape = input.shape.map(Number);
    const feeds = new Map([[input.name, randomTensor('float32', shape, randomSource(11), -2, 2)]]);
    const expected = (await ortRun(toOnnx(graph), feeds)).get('logits');
    const actual = logits(graph, feeds);
    if (!expected) throw new Error('no logits');
    const peak = Math.max(...expected.data.map(Math.abs));
    // Rounding of onnxruntime's float32 sums, relative to the largest logit, through some fifty layers.
    const tolerance = { rtol: 1e-4, atol: 2e-5 * peak };
    expectClose(actual, expected, tolerance, 'as built');
    const compiled = compileVerified(graph, { level: 'full' });
    expectClose(logits(compiled, feeds), expected, tolerance, 'compiled');
    expect(compiled.nodes.filter((n) => n.op === 'BatchNormalization')).toEqual([]);
    const imported = compileVerified(await importOnnx(toOnnx(graph)), { level: 'full' });
    expectClose(logits(imported, feeds), expected, tolerance, 'imported');
    // However it was written down, it is the same network to the kernels; only the input's layout costs a Transpose.
    if (Number(input.shape[1]) >= KEEPS_EXTENT) expect(operators(imported)).toEqual(operators(compiled));
    // Agreement means something only where the picture shows in the logits, above the tolerance by orders.
    const blank = logits(graph, new Map([[input.name, zeros('float32', shape)]]));
    const effect = Math.max(...actual.data.map((v, i) => Math.abs(v - (blank.data[i] ?? 0))));
    expect(effect / peak).toBeGreaterThan(0.01);
  });
});
