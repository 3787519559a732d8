/** Libraries by name; each is imported only where it is asked for. */
import type { RuntimeName } from '../engines.ts';
import type { ImportRuntime } from './runtime.ts';

/** The importer of every library. */
export const RUNTIMES: { readonly [N in RuntimeName]: () => Promise<ImportRuntime> } = {
  tilewise: async () => (await import('./tilewise.ts')).importTilewise,
  ort: async () => (await import('./ort.ts')).importOrt,
  tfjs: async () => (await import('./tfjs.ts')).importTfjs,
  litert: async () => (await import('./litert.ts')).importLitert,
};
