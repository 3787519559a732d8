/**
 * Whole networks on the CPU reference against outputs recorded from other runtimes: the ONNX project's light models
 * and two detectors with real weights. Four of the nine light models run here, DenseNet-121 in the full run; VGG-19, for
 * one, takes 40 seconds on the CPU. The GPU test covers all nine.
 *
 * The weights of the light models are constants, so all but DenseNet-121 give the uniform distribution: they prove
 * the import and the shapes. Their arithmetic is checked with random weights in `light-random.test.ts`.
 */
import { describe, expect, it } from 'vitest';
import type { Tolerance } from '../../src/core/compare.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { importModel } from '../../src/formats/detect.ts';
import type { Level } from '../../src/passes/pipeline.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { expectClose } from '../helpers/close.ts';
import { FULL } from '../helpers/full.ts';
import { hasSharedData, ramp, readTensorProto, readGolden, sharedModel } from '../helpers/shared-data.ts';
import { compileVerified } from '../helpers/passes.ts';

const QUICK = ['shufflenet', 'squeezenet'];
const LIGHT = FULL ? [...QUICK, 'bvlc_alexnet', 'densenet121'] : QUICK;

interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

async function check(
  path: string,
  level: Level,
  feeds: ReadonlyMap<string, Tensor> | undefined,
  expected: readonly NamedTensor[],
  tolerance: Tolerance,
): Promise<void> {
  const { graph, format } = await importModel(sharedModel(path));
  expect(format).toBe('onnx');
  const ramps = new Map(graph.inputs.map(({ name, shape }) => [name, ramp(shape.map(Number))]));
  const outputs = runGraph(compileVerified(graph, { level }), feeds ?? ramps);
  for (const { name, tensor } of expected) {
    const actual = outputs.get(name || (graph.outputs[0] ?? ''));
    if (!actual) throw new TypeError(`no output "${name}"`);
    expectClose(actual, tensor, tolerance, name);
  }
}

describe.skipIf(!hasSharedData)('networks on the CPU', () => {
  it.each(LIGHT)('light_%s', async (name) => {
    const expected = [{ name: '', tensor: readTensorProto(`onnx/light_${name}_output_0.pb`) }];
    // The tolerance the ONNX project states for these models.
    await check(`onnx/light_${name}.onnx`, 'reference', undefined, expected, { rtol: 1e-3, atol: 1e-7 });
  });

  describe.each(['reference', 'full'] as const)('compiled at level %s', (level) => {
    it.each(['FastestDet__street', 'version-RFB-320__faces_1'])('%s', async (name) => {
      const golden = readGolden(name);
      const feeds = new Map(golden.inputs.map((i) => [i.name, i.tensor]));
      // The tolerance the recordings are published with.
      await check(`onnx/${golden.model}`, level, feeds, golden.outputs, { rtol: 1e-3, atol: 1e-4 });
    });
  });
});
