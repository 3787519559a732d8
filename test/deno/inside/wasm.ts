/** Runs in Deno: every operator case on WASM kernels, a line a table. */
import { loadSimd } from '../../../src/simd/registry.ts';
import { caseTables } from '../../helpers/case-tables.ts';
import { toleranceOfCase } from '../../helpers/case-tolerance.ts';
import { checkOnWasm } from '../../helpers/wasm-case.ts';
import { tell } from './tell.ts';

const tables = await caseTables();
await loadSimd(new Set(tables.flatMap(({ cases }) => cases.map(({ op }) => op))));
for (const { name, cases } of tables) {
  await tell(name, async () => {
    let runs = 0;
    const wrong: string[] = [];
    for (const c of cases.filter(({ folds }) => !folds)) {
      try {
        runs += await checkOnWasm(c, toleranceOfCase(c));
      } catch (error) {
        wrong.push(`${c.name}: ${String(error)}`);
      }
    }
    return { runs, ...(wrong.length > 0 ? { error: wrong.join('\n') } : {}) };
  });
}
