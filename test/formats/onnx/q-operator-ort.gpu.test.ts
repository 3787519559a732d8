/** Random files of one operator on quantised integers: the CPU and the GPU give onnxruntime's integers, and one another's. */
import { describe, expect, it } from 'vitest';
import { FULL } from '../../helpers/full.ts';
import { encodeModel } from '../../helpers/onnx-bytes.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';
import { Q_OPERATORS, randomOperatorModel } from '../../helpers/q-operator-onnx.ts';
import { checkSeeds, sharedSessions } from '../../helpers/random-files.ts';

/** Files of each operator on the CPU; every eighth runs on the GPU too. */
const COUNT = FULL ? 200 : 16;

const sessionsOf = sharedSessions();

/** Operators whose results are a step from onnxruntime's at times: exponentials of another library. */
const STEPS: Partial<Record<(typeof Q_OPERATORS)[number], number>> = { QLinearSoftmax: 1 };

async function check(op: (typeof Q_OPERATORS)[number], seed: number): Promise<void> {
  const { model, feeds } = randomOperatorModel(op, seed);
  const bytes = encodeModel(model);
  const expected = await ortRun(bytes, feeds);
  let first: readonly number[] | undefined;
  await sessionsOf(bytes, seed, feeds, async (session, backend) => {
    const { y } = await session.run(Object.fromEntries(feeds));
    const want = expected.get('y');
    expect(y?.shape, backend).toEqual(want?.shape);
    expect(y?.dtype, backend).toBe(want?.dtype);
    const [actual, theirs] = [Array.from(y?.data ?? []), Array.from(want?.data ?? [])];
    const near = theirs.map((v, i) => (Math.abs(v - (actual[i] ?? NaN)) <= (STEPS[op] ?? 0) ? v : actual[i]));
    expect(near, backend).toEqual(theirs);
    first ??= actual;
    expect(actual, backend).toEqual(first);
  });
}

describe('files of one operator on quantised integers', () => {
  it.each(Q_OPERATORS)('%s', (op) => checkSeeds(COUNT, (seed) => check(op, seed)));
});
