/// <reference types="vite/types/importMeta.d.ts" />
/** `npm test` takes of the longest tests a part in turn; `npm run test:full` (vitest's `--mode full`) takes them whole. */

/** True in the full run: every variant of every case, every device, more seeds. Outside vitest, in Deno, never. */
export const FULL = (import.meta as Partial<ImportMeta>).env?.MODE === 'full';
