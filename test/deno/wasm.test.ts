/** The WASM kernels in Deno, whose engine may have relaxed SIMD where Node's has not: every operator case against the reference. */
import { afterAll, describe, expect, it } from 'vitest';
import { caseTables } from '../helpers/case-tables.ts';
import { DenoRun, hasDeno } from './deno.ts';

const tables = await caseTables();

describe.skipIf(!hasDeno)('operators on WASM in Deno', () => {
  const run = hasDeno ? new DenoRun('wasm.ts', []) : undefined;
  afterAll(() => run?.stop());

  it.each(tables.map(({ name }) => name))('%s', async (name) => {
    const told = await run?.of(name);
    expect(told?.error).toBeUndefined();
  });

  it('run on kernels', async () => {
    const told = await Promise.all(tables.map(({ name }) => run?.of(name)));
    expect(told.reduce((sum, one) => sum + (one?.runs ?? 0), 0)).toBeGreaterThan(1000);
  });
});
