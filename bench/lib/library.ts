/** Builds the library as it is published, and small applications from it as their authors would. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Rolldown } from 'vite';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The built library: a folder of ES modules with their source maps. */
export interface Library {
  readonly folder: string;
  /** Files by the name an application imports them by: `tilewise`, `tilewise/models`. */
  readonly entries: ReadonlyMap<string, string>;
  /** Files of the repository that went into a file of the library, by its name. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

/** Builds the library into a folder of its own, which the system cleans up. */
export async function buildLibrary(): Promise<Library> {
  const folder = await buildFiles('production');
  const manifest: { exports: Record<string, string | { default: string }> } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  const entries = Object.entries(manifest.exports).flatMap(([name, target]): [string, string][] =>
    typeof target === 'string' ? [] : [[name.replace(/^\./, 'tilewise'), join(folder, basename(target.default))]],
  );
  const maps = readdirSync(folder).filter((name) => name.endsWith('.js.map'));
  const sources = maps.map((name): [string, readonly string[]] => {
    const map: { sources: readonly string[] } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    return [name.replace(/\.map$/, ''), map.sources.map((source) => relative(ROOT, resolve(folder, source)))];
  });
  return { folder, entries: new Map(entries), sources: new Map(sources) };
}

/** Builds the library as Node loads it. Gives the URL of its main module. */
export async function buildNodeLibrary(): Promise<string> {
  return pathToFileURL(join(await buildFiles('node'), 'index.js')).href;
}

async function buildFiles(mode: 'production' | 'node'): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'tilewise-library-'));
  await build({ root: ROOT, mode, logLevel: 'error', build: { outDir, emptyOutDir: true, sourcemap: true } });
  writeFileSync(join(outDir, 'package.json'), JSON.stringify({ type: 'module', sideEffects: false }));
  return outDir;
}

/** A file of a built application. */
export type Chunk = Rolldown.OutputChunk;

/** Builds an application of one module; its files stay in memory. */
export async function buildApplication(
  code: string,
  { folder, entries }: Library,
): Promise<Rolldown.OutputBundle[string][]> {
  const main = join(folder, 'application.js');
  const built = await build({
    configFile: false,
    root: folder,
    logLevel: 'error',
    plugins: [
      {
        name: 'application',
        resolveId: (id) => (id === main ? main : entries.get(id)),
        load: (id) => (id === main ? code : undefined),
      },
    ],
    build: { write: false, modulePreload: { polyfill: false }, rolldownOptions: { input: main } },
  });
  return [built].flat().flatMap((result) => ('output' in result ? result.output : []));
}
