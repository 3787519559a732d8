/** Whole networks on the GPU against outputs recorded from other runtimes. */
import { afterAll, describe, expect, it } from 'vitest';
import { Session } from '../../src/session.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { expectClose } from '../helpers/close.ts';
import { hasSharedData, ramp, readFloatProto, readGolden, sharedModel } from '../helpers/shared-data.ts';

/** Upper bounds on dispatches and distinct pipelines: a pass or kernel that loses a fusion shows here. */
const LIGHT: readonly (readonly [name: string, dispatches: number, pipelines: number])[] = [
  ['bvlc_alexnet', 0, 0],
  ['densenet121', 0, 0],
  ['inception_v1', 0, 0],
  ['inception_v2', 0, 0],
  ['resnet50', 0, 0],
  ['shufflenet', 0, 0],
  ['squeezenet', 0, 0],
  ['vgg19', 0, 0],
  ['zfnet512', 0, 0],
];

let session: Session | undefined;
afterAll(() => session?.dispose());

async function open(path: string): Promise<Session> {
  session?.dispose();
  session = await Session.create(sharedModel(path), { gpu: async () => (await openGpu()).adapter });
  return session;
}

describe.skipIf(!hasSharedData)('networks', () => {
  it.each(LIGHT)('light_%s', async (name, dispatches, pipelines) => {
    const loaded = await open(`onnx/light_${name}.onnx`);
    const input = loaded.inputs[0];
    if (!input) throw new TypeError('the model has no input');
    const outputs = Object.values(await loaded.run({ [input.name]: ramp(input.shape.map(Number)) }));
    const expected = readFloatProto(`onnx/light_${name}_output_0.pb`);
    const actual = outputs[0];
    if (!actual) throw new TypeError('the model has no output');
    // The tolerance the ONNX project states for these models.
    expectClose(actual, expected, { rtol: 1e-3, atol: 1e-7 });
    const plan = await loaded.plan();
    expect({ dispatches: plan?.steps.length, pipelines: plan?.pipelines.length }).toEqual({ dispatches, pipelines });
  });

  it.each(['FastestDet__street', 'version-RFB-320__faces_1'])('%s', async (name) => {
    const golden = readGolden(name);
    const loaded = await open(`onnx/${golden.model}`);
    const outputs = await loaded.run(Object.fromEntries(golden.inputs.map((i) => [i.name, i.tensor])));
    for (const { name: output, tensor } of golden.outputs) {
      const actual = outputs[output];
      if (!actual) throw new TypeError(`no output "${output}"`);
      expectClose(actual, tensor, { rtol: 1e-3, atol: 1e-4 }, output);
    }
  });
});
