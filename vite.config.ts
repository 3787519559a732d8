/**
 * Builds the library: for pages, for Node (`--mode node`) and as one file (`--mode all`). Everything a page needs is inside,
 * what only Node needs outside.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { defineConfig, mergeConfig, type BuildEnvironmentOptions, type Plugin } from 'vite';
import { buildKernels } from './packaging/kernels.ts';
import { leanShaders } from './packaging/lean-shaders.ts';

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
 * References that only the CPU backend runs are one file whatever their family, since they share most of what they are made
 * of. Those of other families compute constants too.
 */
const LOOPS = /^ops\/(conv|pool|product|normalise|reduce)\/.*-loop\.ts$/;

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
    async buildStart() {
      await buildKernels();
      for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
        if (!/^(ops|kernels|simd)\b.*\.ts$/.test(name)) continue;
        const path = resolve(source, name);
        for (const [, to = '', row = ''] of readFileSync(path, 'utf8').matchAll(LAZY_ROW)) {
          const target = resolve(dirname(path), to);
          const place = relative(source, target).split(sep);
          const [layer, family = ''] = place;
          // The rest of a table is a file of its own as it is.
          if (family.endsWith('.ts')) continue;
          const id = resolve(source, `${layer}-${LOOPS.test(place.join('/')) ? 'loops' : family}.js`);
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

/**
 * Files of the library for pages, by the sources that they are made of; what those import is in the file too, unless it is
 * in one that is named before. A bundler leaves out whole files, but not what the tables of the engine call: so errors and
 * what works on boxes are apart from it. Of the engine, what every page and every importer needs is one file, and what most
 * models need of an importer another: left alone, each part loaded on demand would split off what it shares with them.
 */
const FILES = {
  errors: 'core/(errors|printable)',
  boxes: 'vision/decode/boxes',
  core: '(core/raw|session/session|ir/builder|formats/(locate|lib/(emitter|translate|channels-first)))',
  trace: 'analysis/trace',
  pixels: 'pictures/to-pixels',
  sharing: 'core/start-thread',
  draw: 'draw/(canvas|svg)',
  guess: 'vision/guess',
  classifier: 'tasks/classifier',
  detector: 'tasks/detector',
  matting: 'tasks/matting',
  segmenter: 'tasks/segmenter',
  upscaler: 'tasks/upscaler',
  text: 'tasks/text-detector',
  poses: 'tasks/pose-estimator',
  hands: 'tasks/hand-detector',
  faces: 'tasks/face-detector',
  wasm: '(session/wasm-backend|runtime/wasm/(executor|modules|values|write-packed)|simd/((?!further|places)[\\w-]+|pool/(pool|global-average-pool)|product/(gemm|packed-weights|pointwise|product-calls)|lib/(activation|constants|further-weights-part|identity|panels|weight-parts|window)|conv/(conv|depthwise|implicit|known-weights|winograd-part)))',
  'simd-further': '(simd/(further|places)|runtime/wasm/further-modules)',
  threads: 'runtime/wasm/(pool|pool-script|shared-memory)',
  onnx: 'formats/onnx/import',
  'tfjs-graph': 'formats/tfjs/graph/import',
};

/** Chunks by `FILES`. */
const codeSplitting = {
  groups: Object.entries(FILES).map(([name, path], at, { length }) => ({
    name,
    test: new RegExp(`/src/${path}\\.ts$`.replaceAll('/', '[\\\\/]')),
    priority: length - at,
  })),
};

/** For pages: small files, and one for what each kind of model needs, so that a page loads little else. */
const page: BuildEnvironmentOptions = {
  lib: { entry: { index: 'src/index.ts', models: 'models/index.ts', ort: 'src/ort/index.ts' }, formats: ['es'] },
  // What is bundled keeps its licence.
  license: { fileName: 'licenses.md' },
  rolldownOptions: { output: { codeSplitting } },
};

/** `tilewise/all`: one file, for where `import()` is refused. */
const all: BuildEnvironmentOptions = {
  lib: { entry: { all: 'src/index.ts' }, formats: ['es'] },
  emptyOutDir: false,
  rolldownOptions: { output: { codeSplitting: false } },
};

/** For Node, which shows the line that an error comes from: nothing is minified. Each file takes it a millisecond to find. */
const node: BuildEnvironmentOptions = {
  lib: {
    entry: {
      index: 'src/index.ts',
      node: 'src/node/index.ts',
      models: 'models/index.ts',
      ort: 'src/node/ort.ts',
      cli: 'src/cli/main.ts',
    },
    formats: ['es'],
  },
  outDir: 'dist/node',
  minify: false,
  rolldownOptions: { output: { minify: false, codeSplitting } },
};

export default defineConfig(({ mode }) => ({
  plugins: [families(), ...(mode === 'node' ? [] : [leanShaders()])],
  build: mergeConfig(
    {
      target: 'es2023',
      outDir: 'dist',
      rolldownOptions: {
        external: (id: string) =>
          id.startsWith('node:') || outside.some((name) => id === name || id.startsWith(`${name}/`)),
        // By itself Vite leaves the white space of a library in.
        output: { minify: true, chunkFileNames: '[name].js' },
      },
    } satisfies BuildEnvironmentOptions,
    { node, all }[mode] ?? page,
    false,
  ),
}));
