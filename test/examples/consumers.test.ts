/**
 * The library as others get it: built, packed, installed into fresh copies of the examples, and run there — a Vite +
 * TypeScript page, a page without a bundler, a module Worker, Node. Each must find what the CPU reference finds.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { prepare, PUBLIC } from '../../examples/prepare.ts';
import { createDetector, decodeImage, type Detection } from '../../src/node/index.ts';
import { launchChromium } from '../../bench/lib/chromium.ts';
import { answerOf } from '../helpers/page-answer.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'tilewise-consumers-'));
const at = (example: string, ...path: string[]): string => join(work, example, ...path);
const bin = (name: string): string => join(root, 'node_modules/.bin', name);
const installed = (path: string): string => at('script-module', 'node_modules/tilewise', path);

const OTHER_ENTRIES = `
import * as ort from 'tilewise/ort';
import { findModel, type CatalogueEntry } from 'tilewise/models';
export const entry: CatalogueEntry = findModel('centernet');
export async function first(session: ort.InferenceSession): Promise<ort.Tensor.DataType | undefined> {
  const x: ort.Tensor = new ort.Tensor('float32', [1, 2], [2]);
  return (await session.run({ x }))['y']?.data;
}
`;

/** Leaves out what somebody installed or built in the original. */
const isFresh = (path: string): boolean => !/[/\\](node_modules|dist)$/.test(path);

let browser: Browser;
let expected: Detection | undefined;

beforeAll(async () => {
  const launching = launchChromium();
  for (const [example, folder] of Object.entries(PUBLIC)) {
    cpSync(join(root, 'examples', example), at(example), { recursive: true, filter: isFresh });
    mkdirSync(at(example, folder), { recursive: true });
    await prepare(at(example, folder));
  }
  await Promise.all([
    ...Object.keys(PUBLIC).map((example) => install(example, inject('tarball'))),
    reference().then((best) => (expected = best)),
  ]);
  browser = await launching;
});

afterAll(async () => {
  await browser?.close();
  rmSync(work, { recursive: true, force: true });
});

/** Installs the tarball; tools that the repository has already are linked instead of fetched again. */
async function install(example: string, tarball: string): Promise<void> {
  const file = at(example, 'package.json');
  const manifest: Record<string, Record<string, string>> = JSON.parse(readFileSync(file, 'utf8'));
  // A machine without a graphics driver needs the packaged one, which an example does not ask for.
  const driver = { '@sparticuz/chromium': '*' };
  const tools = Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'], ...driver });
  writeFileSync(file, JSON.stringify({ ...manifest, dependencies: { tilewise: tarball }, devDependencies: {} }));
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel', 'error'];
  await run('npm', ['install', ...flags], { cwd: at(example) });
  for (const tool of tools.filter((name) => name !== 'tilewise')) {
    mkdirSync(dirname(at(example, 'node_modules', tool)), { recursive: true });
    symlinkSync(join(root, 'node_modules', tool), at(example, 'node_modules', tool), 'dir');
  }
}

async function reference(): Promise<Detection | undefined> {
  const bytes = readFileSync(at('node', 'picture.png'));
  using detector = await createDetector('centernet', { backend: 'cpu' });
  const [best] = await detector.detect(await decodeImage(bytes, 'picture.png'));
  return best;
}

function expectReference(answer: string): void {
  const [label, score] = answer.trim().split(' ');
  expect(label).toBe(expected?.label);
  // Fifty layers in float32 in another order, four digits printed.
  expect(Math.abs(Number(score) - (expected?.score ?? NaN))).toBeLessThan(1e-3);
}

describe('the packed library', () => {
  it('holds what its exports name, and nothing of Node in what a page loads', () => {
    const manifest: { exports: Record<string, string | Record<string, string>>; bin: Record<string, string> } =
      JSON.parse(readFileSync(installed('package.json'), 'utf8'));
    const targets = Object.values(manifest.exports).flatMap((target) => Object.values({ target }).flat());
    const files = targets.flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target)));
    for (const file of [...files, ...Object.values(manifest.bin)])
      expect(readFileSync(installed(file), 'utf8')).not.toBe('');
    const modules = reachable(['dist/index.js', 'dist/models.js', 'dist/ort.js']);
    expect(modules.size).toBeGreaterThan(50);
    const foreign = [...modules].flatMap(([path, imports]) =>
      imports.filter((name) => !name.startsWith('.')).map((name) => `${path} imports ${name}`),
    );
    expect(foreign).toEqual([]);
    expect(readdirSync(installed('.')).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
  });

  it('works in a page made by Vite and TypeScript', async () => {
    // The types of the other entries of a page, checked as strictly as the example is.
    writeFileSync(at('vite-typescript', 'src/entries.ts'), OTHER_ENTRIES);
    await run(bin('tsc'), ['-p', '.'], { cwd: at('vite-typescript') });
    await run(bin('vite'), ['build', '--logLevel', 'error'], { cwd: at('vite-typescript') });
    expectReference(await answerOf(browser, at('vite-typescript', 'dist')));
  });

  it('works in a page without a bundler', async () => {
    expectReference(await answerOf(browser, at('script-module')));
  });

  it('works in a module Worker', async () => {
    expectReference(await answerOf(browser, at('module-worker')));
  });

  it('works in Node', async () => {
    const { stdout } = await run('node', ['main.js'], { cwd: at('node') });
    expectReference(stdout);
  });
});

/** What each module that the entries load imports, dynamic imports included. */
function reachable(entries: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    const text = readFileSync(installed(path), 'utf8');
    const statics = [...text.matchAll(/(?:^|[;\n}])\s*(?:import|export)\b[^'"();]*?["']([^"']+)["']/g)];
    const dynamics = [...text.matchAll(/\bimport\(\s*["'`]([^"'`]+)["'`]\s*\)/g)];
    const imports = [...statics, ...dynamics].map((match) => match[1] ?? '');
    found.set(path, imports);
    for (const name of imports) if (name.startsWith('.')) visit(join(dirname(path), name));
  };
  for (const entry of entries) visit(entry);
  return found;
}
