/** Whether something that is done again and again leaves nothing behind: neither threads nor memory. */
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import { PATIENCE_MS } from './patience.ts';

const TASKS = '/proc/self/task';
const WARM_UP = 5;
/** Memory is looked at after each of so many windows of so many rounds: what leaks grows in all of them, a driver's arenas do not. */
const WINDOWS = 8;
const ROUNDS = 10;

/** True where the system tells of threads. */
export const hasTasks = existsSync(TASKS);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Threads, once no more than `most` are left, or enough time for that has passed. */
async function threads(most: number): Promise<number> {
  const end = performance.now() + PATIENCE_MS;
  while (readdirSync(TASKS).length > most && performance.now() < end) await pause(20);
  return readdirSync(TASKS).length;
}

/** Bytes the process holds once garbage is collected: what wrappers that are no longer reachable keep alive is no leak. */
async function held(): Promise<number> {
  collect();
  await pause(20); // What finalizers free, they free in turns of their own.
  return process.memoryUsage().rss;
}

/**
 * Does the same again and again; the process must have no more threads behind it than after a few, but for `spare`, and must
 * stop growing by `growth` bytes in so many rounds.
 */
export async function staysFlat(round: () => Promise<void>, limits: { spare: number; growth: number }): Promise<void> {
  const { spare, growth } = limits;
  for (let i = 0; i < WARM_UP; i++) await round();
  const before = readdirSync(TASKS).length;
  let bytes = await held();
  const grown: number[] = [];
  for (let i = 0; i < WINDOWS && !grown.some((g) => g < growth); i++) {
    for (let j = 0; j < ROUNDS; j++) await round();
    const now = await held();
    grown.push(now - bytes);
    bytes = now;
  }
  expect(Math.min(...grown), `grew by ${grown.join(', ')} bytes`).toBeLessThan(growth);
  expect(await threads(before + spare)).toBeLessThanOrEqual(before + spare);
}
