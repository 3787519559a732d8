/** Entry of `npm run docs:operators`: writes OPERATORS.md. */
import { writeFileSync } from 'node:fs';
import { operatorTable } from './table.ts';

writeFileSync(new URL('../../../OPERATORS.md', import.meta.url), await operatorTable());
