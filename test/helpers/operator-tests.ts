/** The tests of operators' kernels: every case table on the GPU against the CPU reference, in four files. */
import { afterAll, describe, it } from 'vitest';
import { CaseChecks } from './case-checks.ts';
import { gpuTables, partOf, shortTables } from './case-tables.ts';
import { FULL } from './full.ts';
import { closeGpu } from './gpu-device.ts';

/**
 * Defines a test for every case of the tables of one GPU test file (in the short run, for every second one of some), and closes
 * the GPU after them. They start several at a time, so that what they ask of the GPU goes there together.
 */
export async function testOperators(part: 1 | 2 | 3 | 4): Promise<void> {
  const all = await gpuTables();
  const tables = FULL ? all : shortTables(all);
  const checks = new CaseChecks(tables);
  afterAll(closeGpu);

  describe.concurrent.each(tables.filter((table) => partOf(table) === part))('$op', ({ cases }) => {
    it.for(cases)('$name', async (c, { task }) => {
      task.meta.runs = await checks.check(c);
    });
  });
}
