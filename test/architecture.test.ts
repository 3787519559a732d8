/** The import matrix of ARCHITECTURE.md, no cycles (types included), file sizes and headers, and shader contracts. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Layer → layers it may import, itself aside. Layers that are not listed here sit on top and may import anything below. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  util: [],
  core: ['util'],
  ir: ['util', 'core'],
  formats: ['util', 'core', 'ir'],
  ops: ['util', 'core', 'ir'],
  shaders: ['util', 'core', 'ir'],
  passes: ['util', 'core', 'ir', 'ops'],
  kernels: ['util', 'core', 'ir', 'shaders'],
  plan: ['util', 'core', 'ir', 'ops', 'kernels', 'shaders'],
  // The CPU walker and the step check evaluate nodes; nothing else in runtime sees the graph.
  runtime: ['util', 'core', 'plan', 'ir', 'ops', 'shaders'],
  vision: ['util', 'core'],
  analysis: ['util', 'core', 'ir', 'ops', 'plan'],
  models: ['util', 'core', 'ir', 'formats', 'vision'],
  // The preprocessing kernel is no part of a plan: it stands before one, and knows pictures.
  pictures: ['util', 'core', 'vision', 'shaders', 'runtime'],
  // A profile sets what was measured against what the analysis counts.
  session: ['util', 'core', 'ir', 'formats', 'passes', 'plan', 'runtime', 'analysis', 'vision', 'pictures'],
  tasks: ['util', 'core', 'ir', 'formats', 'vision', 'pictures', 'session', 'models'],
};

/** Files of `runtime` that may look at the graph and the references. */
const GRAPH_READERS = ['src/runtime/cpu/run.ts', 'src/runtime/webgpu/check.ts'];

/** Files of `runtime` with kernels of their own, which no network runs: what peaks are measured with. */
const SHADER_READERS = ['src/runtime/webgpu/peaks.ts'];

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && e.name.endsWith('.ts') && !e.name.endsWith('.d.ts'))
    .map((e) => relative(root, join(e.parentPath, e.name)))
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

function layerOf(path: string): string {
  const parts = path.split('/');
  if (parts[0] !== 'src') return parts[0] ?? '';
  // The public surface re-exports what is above sessions, too.
  if (path === 'src/index.ts') return 'index';
  return parts.length > 2 ? (parts[1] ?? '') : 'session';
}

/** The text without its comments. */
const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

describe('architecture', () => {
  it('imports only along the matrix', () => {
    const bad: string[] = [];
    for (const { path, imports } of sources) {
      const from = layerOf(path);
      const allowed = ALLOWED[from];
      if (!allowed) continue;
      for (const target of imports) {
        const to = layerOf(target);
        const reader = from === 'runtime' && (to === 'ir' || to === 'ops') && !GRAPH_READERS.includes(path);
        const drawer = from === 'runtime' && to === 'shaders' && !SHADER_READERS.includes(path);
        if ((to !== from && !allowed.includes(to)) || reader || drawer) bad.push(`${path} imports ${target}`);
      }
    }
    expect(bad).toEqual([]);
  });

  it('has no import cycles, type imports included', () => {
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (state.get(path) === 'done') return;
      if (state.get(path) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
        return;
      }
      state.set(path, 'open');
      for (const next of byPath.get(path)?.imports ?? []) visit(next, [...trail, path]);
      state.set(path, 'done');
    };
    for (const { path } of sources) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it('imports only files that exist', () => {
    const missing = sources.flatMap((s) => s.imports.filter((i) => !byPath.has(i)).map((i) => `${s.path}: ${i}`));
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
    const layers = ['ir', 'ops', 'passes', 'plan', 'kernels', 'runtime', 'shaders'];
    // Comments may say whose meaning an operator follows; code may not depend on it.
    const leaks = sources.filter(
      (s) => layers.includes(layerOf(s.path)) && /onnx|tflite|tfjs|caffe/i.test(code(s.text)),
    );
    expect(leaks.map((s) => s.path)).toEqual([]);
  });

  it('keeps the GPU out of kernels and plans', () => {
    const leaks = sources.filter(
      (s) => ['kernels', 'plan'].includes(layerOf(s.path)) && /\bGPU[A-Z]\w+/.test(code(s.text)),
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
