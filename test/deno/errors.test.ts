/** Typed errors on wgpu, which refuses at other moments and in other words than Dawn. */
import { afterAll, describe, expect, it } from 'vitest';
import { DenoRun, hasDeno } from './deno.ts';

describe.skipIf(!hasDeno)('errors in Deno', () => {
  const run = hasDeno ? new DenoRun('errors.ts', []) : undefined;
  afterAll(() => run?.stop());

  it.each([
    ['a destroyed buffer', 'INPUT_INVALID'],
    ["another device's buffer", 'INPUT_INVALID'],
    ['a value beyond what the device binds', 'PLAN_FAILED'],
    ['refused WGSL', 'SHADER_FAILED'],
    ['a run after all these', '1,4,9,16'],
    ['a lost device', 'DEVICE_LOST'],
  ])('%s: %s', async (name, code) => {
    expect(await run?.of(name)).toEqual({ name, code });
  });
});
