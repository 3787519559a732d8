/** Whole networks on wgpu: every step against the CPU reference, in both precisions, and outputs recorded from another runtime. */
import { afterAll, describe, expect, it } from 'vitest';
import { hasSharedData } from '../helpers/shared-data.ts';
import { DenoRun, hasDeno } from './deno.ts';
import { PACKAGED, SHARED } from './networks.ts';

const networks = [...PACKAGED, ...(hasSharedData ? SHARED : [])];
const tests = networks.flatMap(({ name, golden }) => [
  `${name} in float32`,
  `${name} in float16`,
  ...(golden === undefined ? [] : [`${name} as recorded`]),
]);

describe.skipIf(!hasDeno)('networks in Deno', () => {
  const run = hasDeno
    ? new DenoRun(
        'networks.ts',
        networks.map(({ name }) => name),
        { quick: true },
      )
    : undefined;
  afterAll(() => run?.stop());

  it.each(tests)('%s', async (name) => {
    const told = await run?.of(name);
    expect(told?.error).toBeUndefined();
    expect(told?.runs).toBeGreaterThan(0);
  });
});
