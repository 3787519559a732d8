/**
 * The ONNX project's light networks with random weights, up to the logits, on the CPU reference against onnxruntime:
 * real topologies, real arithmetic.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importModel } from '../../src/formats/detect.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { expectClose } from '../helpers/close.ts';
import { FULL } from '../helpers/full.ts';
import { withRandomWeights } from '../helpers/onnx-randomise.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';
import { compileVerified } from '../helpers/passes.ts';

const noFile = (): Promise<Uint8Array> => Promise.reject(new TypeError('no file'));

/** What takes a second or so each, and what takes up to eight: ResNet-50, ZFNet and VGG-19 use the same operators and take longer. */
const QUICK = ['shufflenet', 'squeezenet'];
const SLOW = ['bvlc_alexnet', 'densenet121', 'inception_v1', 'inception_v2'];

describe.skipIf(!hasSharedData)('networks with random weights', () => {
  it.each(FULL ? [...QUICK, ...SLOW] : QUICK)('%s', async (name) => {
    const bytes = withRandomWeights(readFileSync(sharedPath(`onnx/light_${name}.onnx`)), 11);
    const { graph } = await importModel({ main: { name, bytes }, read: noFile });
    const random = randomSource(5);
    const feeds = new Map(graph.inputs.map((i) => [i.name, randomTensor('float32', i.shape.map(Number), random)]));
    const expected = await ortRun(bytes, feeds);
    const actual = runGraph(compileVerified(graph, { level: 'full' }), feeds);
    for (const [output, tensor] of expected) {
      const found = actual.get(output);
      if (!found) throw new TypeError(`no output "${output}"`);
      const spread = Math.max(...tensor.data) - Math.min(...tensor.data);
      // Logits are sums over hundreds of terms: small ones are only as exact as the range of all of them.
      expect(spread).toBeGreaterThan(0.01);
      expectClose(found, tensor, { rtol: 1e-3, atol: 1e-4 * spread }, output);
    }
  });
});
