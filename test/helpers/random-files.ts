/** Random files of one operator, checked one after the other on the CPU, and some of them on a GPU that they share. */
import { afterAll, beforeAll, expect } from 'vitest';
import type { Tensor } from '../../src/core/tensor.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { range } from '../../src/util/arrays.ts';

/** The first seed. */
const FIRST = Number(process.env['TILEWISE_SEED'] ?? 1);

/** Sessions of a file, one after the other, by the name of the backend. */
export type SessionsOf = (
  bytes: Uint8Array,
  seed: number,
  feeds: ReadonlyMap<string, Tensor>,
  work: (session: Session, backend: string) => Promise<void>,
) => Promise<void>;

/** To be called in a test file, once: the sessions of a file are on the CPU, and of every eighth on the GPU too. */
export function sharedSessions(): SessionsOf {
  let device: GPUDevice;
  beforeAll(async () => {
    device = await requestDevice((await openGpu()).adapter);
  });
  afterAll(() => device.destroy());
  return async (bytes, seed, feeds, work) => {
    const inputShapes = Object.fromEntries(Array.from(feeds, ([name, { shape }]) => [name, shape]));
    for (const backend of (seed - FIRST) % 8 === 0 ? (['cpu', 'webgpu'] as const) : (['cpu'] as const)) {
      using session = await Session.create(bytes, {
        backend,
        inputShapes,
        ...(backend === 'cpu' ? {} : { gpu: device }),
      });
      await work(session, backend);
    }
  };
}

/** Checks the files of so many seeds; fails with all that differ. */
export async function checkSeeds(count: number, check: (seed: number) => Promise<void>): Promise<void> {
  const failures: string[] = [];
  for (const seed of range(count).map((i) => FIRST + i)) {
    try {
      await check(seed);
    } catch (error) {
      failures.push(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failures.length > 0) expect.fail(`${failures.length} of ${count} files differ:\n${failures.join('\n')}`);
}
