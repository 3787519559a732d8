/// <reference types="vite/types/importMeta.d.ts" />
/** `npm test` takes of the longest tests a part in turn; `npm run test:full` (vitest's `--mode full`) takes them whole. */

/** True in the full run: every variant in every setup, every device, more seeds. */
export const FULL = import.meta.env.MODE === 'full';
