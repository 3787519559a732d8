/** Networks of MediaPipe, and others of the catalogue in TensorFlow Lite's format, on a photograph: the GPU against LiteRT. */
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/catalogue/catalogue.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { Session } from '../../src/session/session.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import type { Preprocessing } from '../../src/vision/picture-spec.ts';
import { catalogueModel } from '../helpers/catalogue-models.ts';
import { expectClose } from '../helpers/close.ts';
import { Litert } from '../helpers/litert-oracle.ts';
import { packageFolder } from '../helpers/npm-cache.ts';

/** LiteRT has not the attention mesh's own operators, and gives zeros: test/tasks/attention-mesh.gpu.test.ts looks at it. */
const UNKNOWN = ['face-mesh-attention'];

const floats = CATALOGUE.filter(
  ({ name, format, preprocessing }) =>
    format === 'tflite' && preprocessing?.dtype === 'float32' && !UNKNOWN.includes(name),
);

/** A woman who stands and holds out her arms, in the screenshot that comes with human. */
const PERSON = { left: 0, top: 0, width: 158, height: 158 };

async function photograph(preprocessing: Preprocessing): Promise<Tensor> {
  const root = await packageFolder('@vladmandic/human', '3.3.6');
  const picture = sharp(join(root ?? '', 'assets/samples.jpg'))
    .extract(PERSON)
    .ensureAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return preprocess({ ...info, data }, preprocessing);
}

/**
 * Up to two hundred layers of float32 on either side, in a different order of summation: 1e-3 relative, and absolute 1e-4 of
 * the largest value, since boxes are in pixels, and masks before their sigmoid reach beyond a thousand.
 */
function tolerance(expected: Tensor): { rtol: number; atol: number } {
  const largest = Array.from(expected.data).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return { rtol: 1e-3, atol: 1e-4 * largest };
}

const litert = new Litert();
afterAll(() => litert[Symbol.dispose]());

describe('networks of the catalogue agree with LiteRT (skipped where their files cannot be had)', () => {
  it.for(floats.map((entry) => [entry.name, entry] as const))('%s', async ([, entry], { skip }) => {
    const files = await catalogueModel(entry);
    if (!files || !entry.preprocessing) return skip();
    const input = await photograph(entry.preprocessing);
    const expected = await litert.run(files.main.bytes, [input]);
    const session = await Session.create(files, { gpu: async () => (await openGpu()).adapter });
    try {
      const [port] = session.inputs;
      const outputs = Object.entries(await session.run({ [port?.name ?? '']: input }));
      expect(outputs.length).toBe(expected.length);
      for (const [i, [name, actual]] of outputs.entries()) {
        const wanted = tensorOf('float32', expected[i]?.shape ?? [], Array.from(expected[i]?.data ?? []));
        expectClose(actual, wanted, tolerance(wanted), name);
      }
    } finally {
      session.dispose();
    }
  });
});
