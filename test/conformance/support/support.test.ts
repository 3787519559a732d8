/** OPERATORS.md says what the engine does. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { operatorTable } from './table.ts';

it('says of each operator what runs', async () => {
  const written = readFileSync(new URL('../../../OPERATORS.md', import.meta.url), 'utf8');
  expect(await operatorTable(), 'npm run docs:operators').toBe(written);
});
