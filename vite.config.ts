/** Builds the library: one ES module per entry point, everything a page needs inside, what only Node needs outside. */
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';

const manifest: { dependencies?: Record<string, string>; peerDependencies?: Record<string, string> } = JSON.parse(
  readFileSync(new URL('./package.json', import.meta.url), 'utf8'),
);
const outside = [
  ...Object.keys(manifest.dependencies ?? {}),
  ...Object.keys(manifest.peerDependencies ?? {}),
  'tar-fs',
];

export default defineConfig({
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
              test: /[\\/]src[\\/](session[\\/]session|core[\\/]raw|ir[\\/]builder|formats[\\/](locate|lib[\\/](emitter|translate)))\.ts$/,
            },
          ],
        },
        chunkFileNames: '[name].js',
      },
    },
  },
});
