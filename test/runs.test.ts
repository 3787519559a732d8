/**
 * The two runs of `.ci/run`, as vitest itself lists their files: every test file is in one of them, in one project, and what
 * vitest.config.ts names is there. A file with more to do in the full run has its place in that too.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The projects in which a script of package.json runs each file. */
async function filesOf(script: string): Promise<Map<string, string[]>> {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
  const [vitest, run, ...options] = scripts[script]?.split(' ') ?? [];
  // No more words: what makes a failure pass would be one.
  expect([vitest, run]).toEqual(['vitest', 'run']);
  expect(options.filter((option) => !/^(--project=\w+|--mode|full)$/.test(option))).toEqual([]);
  const own = Object.entries(process.env).filter(([name]) => !/^VITEST|^MODE$/.test(name));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'list', '--filesOnly', '--json', ...options],
    { cwd: root, env: Object.fromEntries(own), maxBuffer: 2 ** 24 },
  );
  const listed: readonly { file: string; projectName: string }[] = JSON.parse(stdout);
  const projects = new Map<string, string[]>();
  for (const { file, projectName } of listed) {
    const path = relative(root, file).replaceAll('\\', '/');
    projects.set(path, [...(projects.get(path) ?? []), projectName]);
  }
  return projects;
}

const [short, full] = await Promise.all([filesOf('test'), filesOf('test:full')]);
const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => `test/${path.replaceAll('\\', '/')}`)
  .sort();

/** Whether a file asks test/helpers/full.ts, or imports what does. */
function asksWhichRun(path: string, seen = new Set<string>()): boolean {
  if (path === 'test/helpers/full.ts') return true;
  if (seen.has(path)) return false;
  seen.add(path);
  const imported = [...read(path).matchAll(/(?:from|import) '(\.[^']+\.ts)'/g)].map(([, to = '']) =>
    join(dirname(path), to).replaceAll('\\', '/'),
  );
  return imported.some((to) => to.startsWith('test/') && existsSync(join(root, to)) && asksWhichRun(to, seen));
}

describe('the runs of tests', () => {
  it('have every file, each in one project', () => {
    expect([...new Set([...short.keys(), ...full.keys()])].sort()).toEqual(files);
    for (const path of files) {
      const projects = new Set([short, full].flatMap((run) => run.get(path) ?? []));
      expect([...projects], path).toHaveLength(1);
      for (const run of [short, full]) expect(run.get(path)?.length ?? 1, path).toBe(1);
    }
  });

  it('are both made by .ci/run, which ends with the first that fails', () => {
    expect(read('.ci/run')).toMatch(/^set -euo pipefail$[^]*^npm test$[^]*^npm run test:full$/m);
  });

  it('find all that the configuration names', () => {
    const named = [...read('vitest.config.ts').matchAll(/'(test\/[^'*]+\.test\.ts)'/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((path) => !files.includes(path))).toEqual([]);
  });

  it('take a file twice only where it has more to do in the full run', () => {
    const twice = files.filter((path) => short.has(path) && full.has(path));
    expect(twice.filter((path) => !asksWhichRun(path))).toEqual([]);
    expect(files.filter((path) => asksWhichRun(path) && !full.has(path))).toEqual([]);
  });
});
