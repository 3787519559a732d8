/** Random files of one operator on quantised integers: the CPU and the GPU give onnxruntime's integers, and one another's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGpu } from '../../../src/node/adapter.ts';
import { requestDevice } from '../../../src/runtime/webgpu/device.ts';
import { Session } from '../../../src/session/session.ts';
import { range } from '../../../src/util/arrays.ts';
import { FULL } from '../../helpers/full.ts';
import { encodeModel } from '../../helpers/onnx-bytes.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';
import { Q_OPERATORS, randomOperatorModel } from '../../helpers/q-operator-onnx.ts';
import { compileQuickly } from '../../helpers/quick-driver.ts';

/** Files of each operator on the CPU; every eighth runs on the GPU too. */
const COUNT = FULL ? 200 : 16;
const FIRST = Number(process.env['TILEWISE_SEED'] ?? 1);

compileQuickly();

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

/** Operators whose results are a step from onnxruntime's at times: exponentials of another library. */
const STEPS: Partial<Record<(typeof Q_OPERATORS)[number], number>> = { QLinearSoftmax: 1 };

async function check(op: (typeof Q_OPERATORS)[number], seed: number): Promise<void> {
  const { model, feeds } = randomOperatorModel(op, seed);
  const bytes = encodeModel(model);
  const expected = await ortRun(bytes, feeds);
  const inputShapes = Object.fromEntries(Array.from(feeds, ([name, { shape }]) => [name, shape]));
  let first: readonly number[] | undefined;
  for (const backend of (seed - FIRST) % 8 === 0 ? (['cpu', 'webgpu'] as const) : (['cpu'] as const)) {
    using session = await Session.create(bytes, {
      backend,
      inputShapes,
      ...(backend === 'cpu' ? {} : { gpu: device }),
    });
    const { y } = await session.run(Object.fromEntries(feeds));
    const want = expected.get('y');
    expect(y?.shape, backend).toEqual(want?.shape);
    expect(y?.dtype, backend).toBe(want?.dtype);
    const [actual, theirs] = [Array.from(y?.data ?? []), Array.from(want?.data ?? [])];
    const near = theirs.map((v, i) => (Math.abs(v - (actual[i] ?? NaN)) <= (STEPS[op] ?? 0) ? v : actual[i]));
    expect(near, backend).toEqual(theirs);
    first ??= actual;
    expect(actual, backend).toEqual(first);
  }
}

describe('files of one operator on quantised integers', () => {
  it.each(Q_OPERATORS)('%s', async (op) => {
    const failures: string[] = [];
    for (const seed of range(COUNT).map((i) => FIRST + i)) {
      try {
        await check(op, seed);
      } catch (error) {
        failures.push(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (failures.length > 0) expect.fail(`${failures.length} of ${COUNT} files differ:\n${failures.join('\n')}`);
  });
});
