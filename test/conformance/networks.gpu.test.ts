/** Whole networks on the GPU against outputs recorded from other runtimes. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { compileGraph } from '../../src/session/compile-graph.ts';
import { importModel } from '../../src/formats/detect.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import type { ModelSource } from '../../src/session/model-source.ts';
import { Session } from '../../src/session/session.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { expectClose } from '../helpers/close.ts';
import { FULL } from '../helpers/full.ts';
import { TEST_PROFILE } from '../helpers/gpu-run.ts';
import { withRandomWeights } from '../helpers/onnx-randomise.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { hasSharedData, ramp, readTensorProto, readGolden, sharedModel, sharedPath } from '../helpers/shared-data.ts';

/** Exact numbers of dispatches and distinct pipelines: a lost fusion or a new pipeline shows here. */
const LIGHT: readonly (readonly [name: string, dispatches: number, pipelines: number])[] = [
  ['bvlc_alexnet', 19, 12],
  ['densenet121', 395, 15],
  ['inception_v1', 111, 20],
  ['inception_v2', 166, 15],
  ['resnet50', 120, 14],
  ['shufflenet', 60, 17],
  ['squeezenet', 66, 11],
  ['vgg19', 297, 10],
  ['zfnet512', 24, 13],
];

/**
 * The same networks with random weights, against onnxruntime: the recorded outputs follow from constant weights and
 * are all alike. VGG-19 is left out: with 550 MB of weights it takes longer than all others together; those of hundreds
 * of megabytes, and the slowest of the others, are left to the full run.
 */
const RANDOM = LIGHT.map(([name]) => name).filter(
  (name) => !(FULL ? /vgg/ : /vgg|zfnet|alexnet|densenet|resnet50|inception/).test(name),
);

let session: Session | undefined;
afterAll(() => session?.dispose());

async function open(model: ModelSource): Promise<Session> {
  session?.dispose();
  session = await Session.create(model, { gpu: async () => (await openGpu()).adapter });
  return session;
}

describe.skipIf(!hasSharedData)('networks', () => {
  it.each(LIGHT)('light_%s is planned as before', async (name, dispatches, pipelines) => {
    const { graph } = await importModel(sharedModel(`onnx/light_${name}.onnx`));
    // For the default limits: what the device at hand can bind decides how large constants are cut.
    const plan = planGraph(await compileGraph(graph, { level: 'full' }), TEST_PROFILE);
    expect({ dispatches: plan.steps.length, pipelines: plan.pipelines.length }).toEqual({ dispatches, pipelines });
  });

  // The CPU reference gives what is recorded of all of them (light.test.ts); here the one that has no random weights below.
  if (FULL)
    it('light_vgg19', async () => {
      const loaded = await open(sharedModel('onnx/light_vgg19.onnx'));
      const input = loaded.inputs[0];
      if (!input) throw new TypeError('the model has no input');
      const [actual] = Object.values(await loaded.run({ [input.name]: ramp(input.shape.map(Number)) }));
      if (!actual) throw new TypeError('the model has no output');
      // The tolerance the ONNX project states for these models.
      expectClose(actual, readTensorProto('onnx/light_vgg19_output_0.pb'), { rtol: 1e-3, atol: 1e-7 });
    });

  it.each(['FastestDet__street', 'version-RFB-320__faces_1'])('%s', async (name) => {
    const golden = readGolden(name);
    const loaded = await open(sharedModel(`onnx/${golden.model}`));
    const outputs = await loaded.run(Object.fromEntries(golden.inputs.map((i) => [i.name, i.tensor])));
    for (const { name: output, tensor } of golden.outputs) {
      const actual = outputs[output];
      if (!actual) throw new TypeError(`no output "${output}"`);
      expectClose(actual, tensor, { rtol: 1e-3, atol: 1e-4 }, output);
    }
  });

  // What was recorded names no inputs: there is one.
  it.each(['selfie_segmentation__grace_hopper', 'prisma-net_fp16__grace_hopper'])('%s', async (name) => {
    const golden = readGolden(name);
    const loaded = await open(sharedModel(`tflite/${golden.model}`));
    const feeds = loaded.inputs.flatMap((input, i) =>
      golden.inputs.slice(i, i + 1).map((g) => [input.name, g.tensor] as const),
    );
    const [actual] = Object.values(await loaded.run(Object.fromEntries(feeds)));
    const [expected] = golden.outputs;
    if (!actual || !expected) throw new TypeError('the model has no output');
    expectClose(actual, expected.tensor, { rtol: 1e-3, atol: 2e-4 });
  });

  it.each(RANDOM)('light_%s with random weights', async (name) => {
    const bytes = withRandomWeights(readFileSync(sharedPath(`onnx/light_${name}.onnx`)), 11);
    const loaded = await open(bytes);
    const random = randomSource(5);
    const feeds = new Map(loaded.inputs.map((i) => [i.name, randomTensor('float32', i.shape.map(Number), random)]));
    const expected = await ortRun(bytes, feeds);
    const actual = await loaded.run(Object.fromEntries(feeds));
    for (const [output, tensor] of expected) {
      const found = actual[output];
      if (!found) throw new TypeError(`no output "${output}"`);
      const spread = Math.max(...tensor.data) - Math.min(...tensor.data);
      expect(spread).toBeGreaterThan(0.01);
      // Logits are sums over hundreds of terms: small ones are only as exact as the range of all of them.
      expectClose(found, tensor, { rtol: 1e-3, atol: 1e-4 * spread }, output);
    }
  });
});
