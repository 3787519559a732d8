/** Random files of one quantised operator: the CPU and the GPU give what onnxruntime gives. */
import { describe, it } from 'vitest';
import type { Tolerance } from '../../../src/core/compare.ts';
import { floatsToHalves, halvesToFloats } from '../../../src/util/half.ts';
import { expectClose } from '../../helpers/close.ts';
import { FULL } from '../../helpers/full.ts';
import { encodeModel } from '../../helpers/onnx-bytes.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';
import { DRAWABLE_MODELS, randomQuantisedModel } from '../../helpers/quantised-onnx.ts';
import { checkSeeds, sharedSessions } from '../../helpers/random-files.ts';

/** Files of each operator on the CPU; every eighth runs on the GPU too. */
const COUNT = FULL ? 200 : 24;

const EXACT: Tolerance = { rtol: 0, atol: 0 };

/** Floats that are made of sums by two products and an addition, which a compiler may join. */
const ROUNDED: Tolerance = { rtol: 2 ** -20, atol: 1e-5 };

const sessionsOf = sharedSessions();

async function check(op: (typeof DRAWABLE_MODELS)[number], seed: number): Promise<void> {
  const { model, feeds } = randomQuantisedModel(op, seed);
  const bytes = encodeModel(model);
  const expected = await ortRun(bytes, feeds);
  const fed = Object.fromEntries(
    Array.from(feeds, ([name, t]) => [name, t.dtype === 'float16' ? { ...t, data: floatsToHalves(t.data) } : t]),
  );
  await sessionsOf(bytes, seed, feeds, async (session, backend) => {
    const actual = await session.run(fed);
    for (const [name, want] of expected) {
      const got = actual[name];
      if (!got) throw new Error(`no output ${name}`);
      // Inside the engine halves have more digits.
      const seen = got.dtype === 'float16' ? { ...got, data: halvesToFloats(floatsToHalves(got.data)) } : got;
      expectClose(
        seen,
        want,
        /Mat.*(Mul|Float)$/.test(op) && want.dtype === 'float32' ? ROUNDED : EXACT,
        `${backend} ${name}`,
      );
    }
  });
}

describe('files of one quantised operator', () => {
  it.each(DRAWABLE_MODELS)('%s', (op) => checkSeeds(COUNT, (seed) => check(op, seed)));
});
