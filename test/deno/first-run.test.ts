/** Pipelines are compiled while a model loads, also by a driver that would compile them when they are first dispatched. */
import { afterAll, describe, expect, it } from 'vitest';
import { DenoRun, hasDeno } from './deno.ts';

describe.skipIf(!hasDeno)('the first run in Deno', () => {
  const run = hasDeno ? new DenoRun('first-run.ts', [], { cold: true }) : undefined;
  afterAll(() => run?.stop());

  it('compiles nothing', async () => {
    const told = await run?.of('blazeface');
    expect(told?.error).toBeUndefined();
    // A run takes some 30 ms and compiling seconds: a busy machine stretches both.
    expect(told?.firstRunMs).toBeLessThan((told?.loadMs ?? 0) / 4);
  });
});
