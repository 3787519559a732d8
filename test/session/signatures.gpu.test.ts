/** Which signature of a TensorFlow Lite file a session and a task run: by its names for inputs and outputs, on both backends. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { createClassifier, openGpu, Session, type SessionOptions } from '../../src/node/index.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { tinyClassifier } from '../helpers/command.ts';
import { SIGNATURE_RUNS, twoSignatures } from '../helpers/two-signatures.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

const refusal = (source: Uint8Array, options: SessionOptions): Promise<unknown> =>
  Session.create(source, { backend: 'cpu', ...options }).catch((e: unknown) => e);

describe.each(['webgpu', 'cpu'] as const)('%s', (backend) => {
  it.each(['encode', 'decode'] as const)('runs %s', async (signature) => {
    const { feeds, outputs } = SIGNATURE_RUNS[signature];
    using session = await Session.create(twoSignatures(), { backend, signature, gpu: device });
    expect(session.inputs.map(({ name }) => name)).toEqual(Object.keys(feeds));
    const answer = Object.entries(await session.run(feeds)).map(([name, { data }]) => [name, Array.from(data)]);
    expect(Object.fromEntries(answer)).toEqual(outputs);
    expect(session.report.warnings).toEqual([]);
  });
});

it('is that of the first subgraph, unless one is chosen', async () => {
  using session = await Session.create(twoSignatures(), { backend: 'cpu' });
  expect(session.outputs.map(({ name }) => name)).toEqual(['code']);
  expect(session.report.warnings).toEqual([
    '1 of the file\'s 2 subgraphs are not read, of signatures "decode": the option "signature" chooses one',
  ]);
});

it('is an option of tasks, too', async () => {
  const labels = ['a', 'b', 'c', 'd'];
  const options = { backend: 'cpu', labels, signature: 'encoder' } as const;
  await expect(createClassifier(twoSignatures(), options)).rejects.toThrow('no signature "encoder"');
  const decode = createClassifier(twoSignatures(), { ...options, signature: 'decode' });
  await expect(decode).rejects.toThrow('its inputs are "code" 1x4, "offset" 1x4');
});

it('is refused where there is none of its name, and by other formats', async () => {
  const unknown = await refusal(twoSignatures(), { signature: 'decoder' });
  expect(unknown).toBeInstanceOf(InputError);
  expect(String(unknown)).toMatch(/no signature "decoder": did you mean "decode"\?.*are "encode", "decode"$/);
  const other = await refusal(tinyClassifier(), { signature: 'decode' });
  expect(other).toBeInstanceOf(InputError);
  expect(String(other)).toContain('signature "decode" is for TensorFlow Lite files, this is onnx');
});
