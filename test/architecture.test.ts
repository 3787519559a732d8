/** The import matrix of ARCHITECTURE.md, no cycles (types included), file sizes and headers, and shader contracts. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Layer → layers it may import, itself aside. A layer is a folder of `src`, or a top-level folder; `index` is the public
 * surface of pages.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  util: [],
  core: ['util'],
  ir: ['util', 'core'],
  formats: ['util', 'core', 'ir'],
  ops: ['util', 'core', 'ir'],
  shaders: ['util', 'core', 'ir'],
  passes: ['util', 'core', 'ir', 'ops'],
  // Graph → graph, as passes are, but for what is kept of it in a file; whoever calls hands it a way to run graphs.
  compress: ['util', 'core', 'ir', 'ops', 'passes'],
  kernels: ['util', 'core', 'ir', 'shaders'],
  plan: ['util', 'core', 'ir', 'ops', 'kernels', 'shaders'],
  // What `kernels` and `plan` are to a GPU, for WASM.
  simd: ['util', 'core', 'ir'],
  // The CPU walker and the step check evaluate nodes; nothing else in runtime sees the graph.
  runtime: ['util', 'core', 'plan', 'simd', 'ir', 'ops'],
  // Peaks are measured with shaders that no network runs. What is remembered counts while an operator has the same variants.
  measure: ['util', 'core', 'ir', 'kernels', 'plan', 'runtime', 'shaders'],
  vision: ['util', 'core'],
  // A profile sets what was measured against what the graph says.
  analysis: ['util', 'core', 'ir', 'ops', 'plan', 'measure'],
  // The preprocessing kernel is no part of a plan: it stands before one, and knows pictures.
  pictures: ['util', 'core', 'vision', 'shaders', 'runtime'],
  catalogue: ['util', 'core', 'vision'],
  // Draws whatever has boxes, points or masks: it knows pictures, and no task.
  draw: ['util', 'core', 'vision', 'pictures'],
  session: [
    'util',
    'core',
    'ir',
    'formats',
    'ops',
    'passes',
    'kernels',
    'plan',
    'simd',
    'runtime',
    'measure',
    'analysis',
    'vision',
    'pictures',
  ],
  // What outputs mean, as nodes: graph builders end in them, too.
  heads: ['util', 'core', 'ir', 'vision'],
  // How far a network sees says how much of a picture's parts is seen twice.
  tasks: [
    'util',
    'core',
    'ir',
    'formats',
    'compress',
    'vision',
    'analysis',
    'heads',
    'pictures',
    'session',
    'catalogue',
  ],
  index: [
    'util',
    'core',
    'ir',
    'formats',
    'compress',
    'vision',
    'pictures',
    'session',
    'measure',
    'analysis',
    'plan',
    'runtime',
    'tasks',
    'draw',
  ],
  models: ['util', 'core', 'ir', 'heads', 'formats', 'catalogue'],
  ort: ['util', 'core', 'ir', 'formats', 'vision', 'pictures', 'runtime', 'session', 'measure', 'analysis'],
  // The entry point of Node has all that the one for pages has.
  node: [
    'util',
    'core',
    'formats',
    'vision',
    'pictures',
    'session',
    'measure',
    'tasks',
    'catalogue',
    'draw',
    'index',
    'ort',
  ],
  cli: [
    'util',
    'core',
    'ir',
    'formats',
    'vision',
    // Their names, for the help.
    'heads',
    'plan',
    'runtime',
    'session',
    'measure',
    'analysis',
    'tasks',
    'catalogue',
    'draw',
    'node',
  ],
};

/**
 * What the demo may import: public entry points, the catalogue of models and sample pictures, and the statistics of the
 * benches, whose rows its own are to equal.
 */
const FOR_THE_DEMO = ['src/index.ts', 'models/index.ts', 'src/catalogue/', 'bench/lib/statistics.ts', 'demo/'];

/** Beside these, what builds the page may import the entry point of Node. */
const FOR_ITS_BUILD = [...FOR_THE_DEMO, 'src/node/index.ts'];

/** Files of `runtime` that may look at the graph and the references. */
const GRAPH_READERS = [
  'src/runtime/cpu/run.ts',
  'src/runtime/webgpu/check.ts',
  'src/runtime/wasm/executor.ts',
  'src/runtime/wasm/reference.ts',
];

/** Written by `packaging/kernels.ts`: no sources. */
const GENERATED = 'src/runtime/wasm/generated/';

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && /\.tsx?$/.test(e.name) && !e.name.endsWith('.d.ts'))
    .map((e) => relative(root, join(e.parentPath, e.name)))
    .filter((path) => !/node_modules|src\/runtime\/wasm\/(assembly|generated)\//.test(path))
    .sort();
}

function read(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((m) => m[1] ?? '');
  const imports = specifiers.map((s) => relative(root, resolve(root, dirname(path), s)));
  return { path, text, imports };
}

const sources = ['src', 'shaders', 'models'].flatMap(filesUnder).map(read);
const byPath = new Map(sources.map((s) => [s.path, s]));
const everything = [...sources, ...['demo', 'bench', 'examples'].flatMap(filesUnder).map(read)];

function layerOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  if (top !== 'src') return top;
  return path === 'src/index.ts' ? 'index' : second;
}

/**
 * The children of a folder, files and folders alike, and which of them import which. A folder is one thing here,
 * whatever is in it.
 */
function siblingsOf(folder: string): Map<string, Set<string>> {
  const childOf = (path: string): string | undefined =>
    path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split('/')[0] : undefined;
  const edges = new Map<string, Set<string>>();
  for (const { path, imports } of everything) {
    const from = childOf(path);
    if (from === undefined) continue;
    const targets = imports.map(childOf).filter((to) => to !== undefined && to !== from);
    edges.set(from, new Set([...(edges.get(from) ?? []), ...(targets as string[])]));
  }
  return edges;
}

function cyclesOf(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (node: string, trail: readonly string[]): void => {
    if (state.get(node) === 'done') return;
    if (state.get(node) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(node)), node].join(' → '));
      return;
    }
    state.set(node, 'open');
    for (const next of edges.get(node) ?? []) visit(next, [...trail, node]);
    state.set(node, 'done');
  };
  for (const node of edges.keys()) visit(node, []);
  return cycles;
}

/** The folders a file lies in, outermost first. */
function ancestorsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** The text without its comments. */
const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

describe('architecture', () => {
  it('imports only along the matrix', () => {
    const bad: string[] = [];
    for (const { path, imports } of sources) {
      const from = layerOf(path);
      const allowed = ALLOWED[from] ?? [];
      for (const target of imports) {
        const to = layerOf(target);
        const reader = from === 'runtime' && (to === 'ir' || to === 'ops') && !GRAPH_READERS.includes(path);
        if ((to !== from && !allowed.includes(to)) || reader) bad.push(`${path} imports ${target}`);
      }
    }
    expect(bad).toEqual([]);
  });

  it('gives the demo what every page has, no more', () => {
    const bad = everything
      .filter(({ path }) => path.startsWith('demo/'))
      .flatMap(({ path, imports }) => {
        const allowed = path.startsWith('demo/build/') ? FOR_ITS_BUILD : FOR_THE_DEMO;
        const others = imports.filter((target) => !allowed.some((start) => target.startsWith(start)));
        return others.map((target) => `${path} imports ${target}`);
      });
    expect(bad).toEqual([]);
  });

  it('takes nothing from above: no program from the tests, no engine from the models built with it', () => {
    const FORBIDDEN: readonly (readonly [from: string, to: string])[] = [
      ['bench', 'test'],
      ['demo', 'test'],
      ['examples', 'test'],
      ['src', 'models'],
    ];
    const bad = everything.flatMap(({ path, imports }) =>
      imports
        .filter((to) => FORBIDDEN.some(([from, top]) => path.startsWith(`${from}/`) && to.startsWith(`${top}/`)))
        .map((to) => `${path} imports ${to}`),
    );
    expect(bad).toEqual([]);
  });

  it('has a place in the matrix for every folder, and no other files beside them', () => {
    const layers = new Set(sources.map(({ path }) => layerOf(path)));
    expect([...layers].sort()).toEqual(Object.keys(ALLOWED).sort());
    expect(sources.filter(({ path }) => /^src\/[^/]+$/.test(path)).map(({ path }) => path)).toEqual(['src/index.ts']);
  });

  it('has no import cycles, type imports included', () => {
    expect(cyclesOf(new Map(everything.map(({ path, imports }) => [path, new Set(imports)])))).toEqual([]);
  });

  it('has no cycles of folders: in every folder, what lies beside each other is in order', () => {
    const folders = new Set(everything.flatMap(({ path }) => ancestorsOf(path)));
    const cycles = [...folders].flatMap((folder) => cyclesOf(siblingsOf(folder)).map((cycle) => `${folder}: ${cycle}`));
    expect(cycles).toEqual([]);
  });

  it('imports only files that exist', () => {
    const missing = sources.flatMap((s) =>
      s.imports.filter((i) => !byPath.has(i) && !i.startsWith(GENERATED)).map((i) => `${s.path}: ${i}`),
    );
    expect(missing).toEqual([]);
  });

  it('keeps files short and headed by their role', () => {
    const long = sources.filter((s) => s.text.split('\n').length > 301).map((s) => s.path);
    const headless = sources.filter((s) => !/^(#!.*\n)?\/\*\*/.test(s.text)).map((s) => s.path);
    expect({ long, headless }).toEqual({ long: [], headless: [] });
  });

  it('throws typed errors only', () => {
    expect(sources.filter((s) => /throw new Error\(/.test(s.text)).map((s) => s.path)).toEqual([]);
  });

  it('keeps format names out of the layers below the importers', () => {
    const layers = ['ir', 'ops', 'passes', 'plan', 'simd', 'kernels', 'runtime', 'shaders'];
    // Comments may say whose meaning an operator follows; code may not depend on it.
    const leaks = sources.filter(
      (s) => layers.includes(layerOf(s.path)) && /onnx|tflite|tfjs|caffe/i.test(code(s.text)),
    );
    expect(leaks.map((s) => s.path)).toEqual([]);
  });

  it('keeps the GPU out of kernels and plans', () => {
    const leaks = sources.filter(
      (s) => ['kernels', 'plan', 'simd'].includes(layerOf(s.path)) && /\bGPU[A-Z]\w+/.test(code(s.text)),
    );
    expect(leaks.map((s) => s.path)).toEqual([]);
  });

  it('uses explicit bind-group layouts', () => {
    expect(sources.filter((s) => /layout:\s*'auto'/.test(s.text)).map((s) => s.path)).toEqual([]);
  });

  it('keeps Node out of what runs in a page', () => {
    const inPage = sources.filter((s) => !/^src\/(node|cli)\//.test(s.path));
    const leaks = inPage.filter((s) => /from '(node:|fs'|path')|\bBuffer\.|\bprocess\./.test(s.text));
    expect(leaks.map((s) => s.path)).toEqual([]);
  });

  it('gives every shader a contract block', () => {
    const headings = ['Layout:', 'Bindings:', 'Workgroup:', 'Dispatch:', 'Spec:', 'Limits:'];
    const shaders = sources.filter((s) => s.path.startsWith('shaders/') && !s.path.startsWith('shaders/lib/'));
    const incomplete = shaders.flatMap(({ path, text }) => {
      const lacking = headings.filter((h) => !text.includes(h));
      return lacking.length > 0 ? [`${path} lacks ${lacking.join(' ')}`] : [];
    });
    expect(shaders.length).toBeGreaterThan(0);
    expect(incomplete).toEqual([]);
  });
});
