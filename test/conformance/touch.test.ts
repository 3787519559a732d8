/**
 * What it takes to add an operator: the places that CONTRIBUTING.md lists, no others. One is added in a copy of the
 * sources; TypeScript then names what is left out, and the tests that look for operators find it and pass.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHANGES, FIXTURE, type Change } from './touch-fixture.ts';

const root = join(import.meta.dirname, '../..');

/** A row of the table: a path in which `family` and `x` stand for the operator's, and what misses it. */
interface Place {
  readonly path: string;
  readonly missedBy: string;
}

/** The places of CONTRIBUTING.md, with the fixture's names in their paths. */
function placesOfContributing(): Place[] {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const section = /^## Add an operator\n([\s\S]*?)^## /m.exec(text)?.[1] ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \|.*\| (\w+) \|$/gm)].map(([, path = '', missedBy = '']) => ({
    path: path.replace('family', FIXTURE.family).replace(/\bx\.ts$/, `${FIXTURE.name}.ts`),
    missedBy,
  }));
}

const places = placesOfContributing();
const HASHES = 'test/plan/texts/cases.txt';
/** Places whose absence TypeScript sees. */
const typed = places.filter(({ missedBy }) => missedBy === 'types').map(({ path }) => path);

let copy = '';

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'tilewise-touch-'));
  const files = ['package.json', 'tsconfig.json', 'vitest.config.ts'];
  for (const name of ['src', 'shaders', 'models', 'packaging', 'test', ...files]) {
    cpSync(join(root, name), join(copy, name), { recursive: true, filter: (path) => !path.endsWith('artefacts') });
  }
  // A folder of links: what tools keep in node_modules, the durations of tests for one, stays the copy's own.
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules')).filter((name) => !name.startsWith('.'))) {
    symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name));
  }
  for (const change of CHANGES) apply(change);
}, 60_000);

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function apply(change: Change): void {
  writeFileSync(join(copy, change.file), changed(change));
}

function changed(change: Change): string {
  if (!('behind' in change)) return change.text;
  const before = withoutComposite(change);
  expect(before).toMatch(change.behind);
  return before.replace(change.behind, (found) => found + change.text);
}

/** What the file of a change says before it, without the operator as it is read now. */
function withoutComposite({ file, composite }: Extract<Change, { behind: RegExp }>): string {
  const before = readFileSync(join(root, file), 'utf8');
  if (!composite) return before;
  expect(before).toMatch(composite);
  return before.replace(composite, '');
}

/** Takes a change back. */
function revert(change: Change): void {
  if ('behind' in change) writeFileSync(join(copy, change.file), withoutComposite(change));
  else rmSync(join(copy, change.file));
}

/** Does something while the changes at some places are taken back. */
async function without<T>(paths: readonly string[], what: () => T | Promise<T>): Promise<T> {
  const left = CHANGES.filter(({ file }) => paths.includes(file));
  left.forEach(revert);
  try {
    return await what();
  } finally {
    left.forEach(apply);
  }
}

const parsed = new Map<string, ts.SourceFile>();
let checked: ts.SemanticDiagnosticsBuilderProgram | undefined;

/** What `tsc` says of the copy, by file. What no change touches is parsed once, and checked again where a change may tell there. */
function typeErrors(): Map<string, string> {
  const { config } = ts.readConfigFile(join(copy, 'tsconfig.json'), ts.sys.readFile);
  const include = ['src', 'shaders', 'models', 'test/ops/cases', 'test/conformance/random-cases.ts'];
  const { options, fileNames } = ts.parseJsonConfigFileContent({ ...config, include }, ts.sys, copy);
  const host = ts.createIncrementalCompilerHost(options);
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...how) => {
    if (CHANGES.some(({ file }) => join(copy, file) === path)) return parse(path, ...how);
    const source = parsed.get(path) ?? parse(path, ...how);
    if (source) parsed.set(path, source);
    return source;
  };
  const program = ts.createSemanticDiagnosticsBuilderProgram(fileNames, options, host, checked);
  checked = program;
  const errors = new Map<string, string>();
  for (const { file, messageText } of [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...program.getSyntacticDiagnostics(),
    ...program.getSemanticDiagnostics(),
  ]) {
    const path = file ? relative(copy, file.fileName) : '';
    errors.set(path, `${errors.get(path) ?? ''}${ts.flattenDiagnosticMessageText(messageText, '\n')}\n`);
  }
  return errors;
}

describe('the places that CONTRIBUTING.md names', () => {
  it('are all that the fixture changes, and the hashes that a test writes', () => {
    expect(places.map(({ path }) => path)).toEqual([...CHANGES.map(({ file }) => file), HASHES]);
  });

  it('are enough for TypeScript', () => {
    expect(Object.fromEntries(typeErrors())).toEqual({});
  });

  it('are named by TypeScript where they are left out', async () => {
    const isRow = new Set(CHANGES.filter((change) => 'behind' in change).map(({ file }) => file));
    const [vocabulary = '', ...tables] = typed.filter((path) => isRow.has(path));
    const [ops = '', kernels = '', shader = ''] = typed.filter((path) => !isRow.has(path));
    const rows = await without([...tables, shader], typeErrors);
    expect([...rows.keys()].sort()).toEqual([...tables, kernels].sort());
    for (const path of tables) expect(rows.get(path), path).toContain(FIXTURE.op);
    expect(rows.get(kernels)).toContain(shader);
    const files = await without([ops, kernels], typeErrors);
    expect([...files.keys()].sort()).toEqual(['src/kernels/further.ts', 'src/ops/further.ts']);
    // Without its attributes there is no such operator.
    const unknown = await without([vocabulary], typeErrors);
    expect([...unknown.keys()]).toEqual(expect.arrayContaining([ops, kernels, ...tables]));
  });
});

/** Tests that look for operators by themselves, and what those of the fixture are called. */
const TESTS = [
  'test/conformance/operators-ort.test.ts',
  'test/conformance/onnx-round-trip.test.ts',
  'test/ops/case-tables.test.ts',
  'test/plan/texts.test.ts',
];
const NAMED = `[sS]hrink|every operator has cases`;

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Runs those tests in the copy: how many pass in each file, and which fail. */
async function runTests(
  files: readonly string[],
  env = {},
): Promise<{ passed: Map<string, number>; failed: string[] }> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const output = join(copy, 'report.json');
  const options = ['--project=unit', `--testNamePattern=${NAMED}`, '--reporter=json', `--outputFile=${output}`];
  const own = Object.entries(process.env).filter(([name]) => !/^VITEST|^TILEWISE_/.test(name));
  // What lies beside the checkout does not lie beside the copy: tests may miss it there.
  const settings = { cwd: copy, env: { ...Object.fromEntries(own), CI: '', ...env } };
  // It fails where a test does.
  await promisify(execFile)(process.execPath, [vitest, 'run', ...options, ...files], settings).catch(() => {});
  const report: Report = JSON.parse(readFileSync(output, 'utf8'));
  rmSync(output);
  const passed = new Map<string, number>();
  const failed: string[] = [];
  for (const { name, assertionResults } of report.testResults) {
    passed.set(relative(copy, name), assertionResults.filter(({ status }) => status === 'passed').length);
    failed.push(...assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName));
  }
  return { passed, failed };
}

describe('the tests that look for operators', () => {
  it('find it, and pass: onnxruntime agrees, before and after ONNX, and its kernels are planned', async () => {
    const { passed, failed } = await runTests(TESTS, { TILEWISE_WRITE_TEXTS: '1' });
    expect(failed).toEqual([]);
    expect([...passed.keys()].sort()).toEqual([...TESTS].sort());
    for (const [file, count] of passed) expect(count, file).toBeGreaterThan(0);
    const hashes = readFileSync(join(copy, HASHES), 'utf8').split('\n');
    expect(hashes.filter((line) => line.includes(` ${FIXTURE.name}Cases `))).toHaveLength(4);
    // For the next test, which is to miss them.
    cpSync(join(root, HASHES), join(copy, HASHES));
  });

  it('miss what types do not', async () => {
    const tested = places.filter(({ missedBy }) => missedBy === 'tests').map(({ path }) => path);
    const cases = tested.filter((path) => path.startsWith('test/ops/cases'));
    const reading = tested.filter((path) => path.startsWith('src/formats'));
    expect([...reading, ...cases, HASHES]).toEqual(tested);
    const unread = await without(reading, () =>
      runTests(['test/conformance/onnx-round-trip.test.ts', 'test/plan/texts.test.ts']),
    );
    expect(unread.failed).toEqual([
      'a graph means the same after export, import and compilation Shrink',
      expect.stringContaining('elementwise/shrink.ts: shrinkCases'),
    ]);
    const untested = await without(cases, () => runTests(['test/ops/case-tables.test.ts']));
    expect(untested.failed).toEqual(['every operator has cases, but for those that compiling unrolls']);
  });
});
