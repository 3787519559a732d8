/** Every case table of test/ops/cases, found by looking: a new table is covered by being there. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OpCase } from './op-case.ts';

/** One exported table. */
export interface CaseTable {
  /** `conv.ts: convCases`. */
  readonly name: string;
  readonly cases: readonly OpCase[];
}

/** All tables, in the order of their files. */
export async function caseTables(): Promise<readonly CaseTable[]> {
  const folder = join(import.meta.dirname, '../ops/cases');
  const tables: CaseTable[] = [];
  for (const file of readdirSync(folder).sort()) {
    const exported: Record<string, unknown> = await import(pathToFileURL(join(folder, file)).href);
    for (const [name, value] of Object.entries(exported)) {
      if (isTable(value)) tables.push({ name: `${file}: ${name}`, cases: value });
    }
  }
  return tables;
}

function isTable(value: unknown): value is readonly OpCase[] {
  return Array.isArray(value) && value.length > 0 && value.every((c) => typeof c === 'object' && c && 'op' in c);
}
