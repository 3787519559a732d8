/** The operator cases of some of the GPU test files, in Deno. */
import { afterAll, describe, expect, it } from 'vitest';
import { caseNames, gpuTables, partOf } from '../helpers/case-tables.ts';
import { DenoRun, hasDeno } from './deno.ts';

/** Defines a test for every case, of which some are validated only; Deno runs them one after another, whatever is asked for first. */
export async function testOperatorsInDeno(...parts: readonly number[]): Promise<void> {
  const tables = (await gpuTables()).filter((table) => parts.includes(partOf(table)));
  const run = hasDeno ? new DenoRun('operators.ts', parts.map(String), { quick: true }) : undefined;
  afterAll(() => run?.stop());

  describe.skipIf(!hasDeno).each(tables)('$name', (table) => {
    it.for(caseNames(table))('%s', async (name, { task }) => {
      const told = await run?.of(name);
      expect(told?.error).toBeUndefined();
      task.meta.runs = told?.runs ?? 0;
    });
  });
}
