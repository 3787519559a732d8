/** The process of an engine as plain JavaScript: what reads TypeScript would slow down whatever an engine loads. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache');

/** Builds it, below `node_modules`, where it finds the packages. Gives the folder, and the file that Node runs. */
export async function buildChild(): Promise<{ readonly folder: string; readonly script: string }> {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'tilewise-peers-'));
  await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'error',
    define: { 'import.meta.dirname': JSON.stringify(import.meta.dirname) },
    build: {
      outDir: folder,
      ssr: join(import.meta.dirname, 'node-child.ts'),
      rolldownOptions: {
        // Node asks for an attribute where JSON is imported.
        external: (id) => !/^[./\0]|\.json$/.test(id),
        output: { entryFileNames: 'child.mjs', chunkFileNames: '[name].mjs' },
      },
    },
    ssr: { noExternal: true },
  });
  return { folder, script: join(folder, 'child.mjs') };
}
