/** Runs in Deno: the operator cases of one GPU test file each, as vitest runs them on Dawn. Arguments: which files. */
import process from 'node:process';
import { CaseChecks } from '../../helpers/case-checks.ts';
import { caseNames, gpuTables, partOf } from '../../helpers/case-tables.ts';
import { closeGpu } from '../../helpers/gpu-device.ts';
import { tell } from './tell.ts';

/** Cases at a time, as in vitest: what they ask of the GPU goes there together. */
const AT_ONCE = 16;

const parts = process.argv.slice(2).map(Number);
const tables = await gpuTables();
const checks = new CaseChecks(tables);
for (const table of tables.filter((one) => parts.includes(partOf(one)))) {
  const names = caseNames(table);
  for (let from = 0; from < table.cases.length; from += AT_ONCE) {
    const some = table.cases.slice(from, from + AT_ONCE);
    await Promise.all(some.map((c, i) => tell(names[from + i] ?? '', async () => ({ runs: await checks.check(c) }))));
  }
}
await closeGpu();
