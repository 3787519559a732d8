/** Builds the library: one ES module per entry point, everything a page needs inside, what only Node needs outside. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const manifest: { dependencies?: Record<string, string>; peerDependencies?: Record<string, string> } = JSON.parse(
  readFileSync(new URL('./package.json', import.meta.url), 'utf8'),
);
const outside = [
  ...Object.keys(manifest.dependencies ?? {}),
  ...Object.keys(manifest.peerDependencies ?? {}),
  'tar-fs',
];

/** A row that is loaded on demand: `lazy(() => import('./move/tile.ts'), 'tile')`. */
const LAZY_ROW = /\bimport\('(\.[^']+)'\),\s*'(\w+)'/g;

/**
 * Makes one file of all that a family of operators loads on demand in one layer: the import in a lazy row becomes that of a
 * module which exports what all such rows of `kernels/move` name. Left to itself, each would be a file of its own, for a page
 * to name and to fetch; with `codeSplitting` groups, each would still be a file, which hands on what the group's has.
 */
function families(): Plugin {
  const source = resolve(import.meta.dirname, 'src');
  const familyOf = new Map<string, string>();
  const exportsOf = new Map<string, Set<string>>();
  return {
    name: 'families',
    buildStart() {
      for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
        if (!/^(ops|kernels)\b.*\.ts$/.test(name)) continue;
        const path = resolve(source, name);
        for (const [, to = '', row = ''] of readFileSync(path, 'utf8').matchAll(LAZY_ROW)) {
          const target = resolve(dirname(path), to);
          const [layer, family] = relative(source, target).split(sep);
          const id = resolve(source, `${layer}-${family}.js`);
          familyOf.set(target, id);
          exportsOf.set(id, (exportsOf.get(id) ?? new Set()).add(`export { ${row} } from ${JSON.stringify(target)};`));
        }
      }
    },
    resolveDynamicImport: (specifier, importer) =>
      typeof specifier === 'string' && importer !== undefined
        ? familyOf.get(resolve(dirname(importer), specifier))
        : undefined,
    load(id) {
      const lines = exportsOf.get(id);
      return lines && [...lines].join('\n');
    },
  };
}

export default defineConfig({
  plugins: [families()],
  build: {
    lib: {
      entry: {
        index: 'src/index.ts',
        node: 'src/node/index.ts',
        models: 'models/index.ts',
        ort: 'src/ort/index.ts',
        'ort-node': 'src/node/ort.ts',
        cli: 'src/cli/main.ts',
      },
      formats: ['es'],
    },
    target: 'es2023',
    // What is bundled keeps its licence.
    license: { fileName: 'licenses.md' },
    outDir: 'dist',
    sourcemap: true,
    rolldownOptions: {
      external: (id) => id.startsWith('node:') || outside.some((name) => id === name || id.startsWith(`${name}/`)),
      output: {
        // By itself Vite leaves the white space of a library in.
        minify: true,
        // What every page and every importer needs is one file: left alone, each part loaded on demand would split off what it
        // shares with it.
        codeSplitting: {
          groups: [
            {
              name: 'core',
              test: /[\\/]src[\\/](session[\\/]session|core[\\/]raw|ir[\\/]builder|formats[\\/](locate|lib[\\/](emitter|translate|channels-first)))\.ts$/,
            },
            // Likewise what most models need of an importer.
            { name: 'onnx', test: /[\\/]src[\\/]formats[\\/]onnx[\\/]import\.ts$/ },
            { name: 'tfjs-graph', test: /[\\/]src[\\/]formats[\\/]tfjs[\\/]graph[\\/]import\.ts$/ },
          ],
        },
        chunkFileNames: '[name].js',
      },
    },
  },
});
