/** `tilewise profile` and `tilewise tune` on the GPU: one JSON object, tables, traces, the cache between calls. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ProfileReport } from '../../src/analysis/profile.ts';
import type { PlanComparison } from '../../src/cli/two-plans.ts';
import { inProcess, tinyClassifier } from '../helpers/command.ts';

let dir = '';
const at = (name: string): string => join(dir, name);

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-profile-'));
  writeFileSync(at('tiny.onnx'), tinyClassifier());
  writeFileSync(at('input.bin'), new Uint8Array(3 * 64 * 4));
  writeFileSync(at('short.bin'), new Uint8Array(100));
  vi.stubEnv('TILEWISE_CACHE', at('cache'));
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

async function json<T>(...argv: string[]): Promise<T> {
  const { code, stdout, stderr } = await inProcess(...argv, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

interface Tuned {
  readonly adapter: string;
  readonly known: number;
  readonly left: number;
  readonly note: string | null;
  readonly total: PlanComparison;
  readonly nodes: readonly {
    readonly node: string;
    readonly winner: string | null;
    readonly candidates: readonly {
      readonly variant: string;
      readonly ms: number | null;
      readonly problem: string | null;
    }[];
  }[];
}

describe('tilewise profile', () => {
  it('prints one object: model, adapter, peaks, steps, totals', async () => {
    const report = await json<ProfileReport>('profile', at('tiny.onnx'), '--runs', '2');
    expect(report).toMatchObject({
      model: at('tiny.onnx'),
      adapter: expect.stringMatching(/./),
      timing: expect.stringMatching(/^(timestamp|wall)$/),
      runs: 2,
      peaks: { gflops: expect.any(Number), gbps: expect.any(Number) },
      totals: { steps: report.steps.length },
    });
    const ops = report.nodes.map(({ op }) => op).filter((op) => op !== 'Transpose');
    expect(ops).toEqual(['Conv', 'GlobalAveragePool', 'Gemm', 'Softmax']);
    for (const step of report.steps) {
      expect(step.ms).toBeGreaterThanOrEqual(0);
      expect(['compute', 'memory', 'overhead']).toContain(step.bound);
    }
    expect('timeline' in report).toBe(false);
  });

  it('prints tables, and writes a trace that loads', async () => {
    const trace = at('trace.json');
    const { code, stdout, stderr } = await inProcess(
      'profile',
      at('tiny.onnx'),
      '--runs',
      '1',
      '--output',
      trace,
      '--wall',
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/│ conv +│ Conv\/\S+ +│ 1×8×8×3 → 1×8×8×5/);
    expect(stdout).toMatch(/each step submitted alone/);
    expect(stdout).toMatch(/peaks: [\d.]+ GFLOP\/s/);
    expect(stdout).toMatch(/\d+ steps: .* ms/);
    const { traceEvents } = JSON.parse(readFileSync(trace, 'utf8')) as { traceEvents: { ph: string; name: string }[] };
    const complete = traceEvents.filter(({ ph }) => ph === 'X').map(({ name }) => name);
    expect(complete).toContain('softmax');
  });

  it('takes data from files', async () => {
    const report = await json<ProfileReport>('profile', at('tiny.onnx'), '--input', at('input.bin'), '--runs', '1');
    expect(report.runs).toBe(1);
  });

  it.each([
    [['profile', 'missing.onnx'], /there is no such file/],
    [['profile', 'tiny.onnx', '--runs', '0'], /must be a positive integer/],
    [['profile', 'tiny.onnx', '--input', 'short.bin'], /short\.bin/],
    [['profile', 'tiny.onnx', '--runs', '1', '--output', 'no/such/folder/t.json'], /the trace cannot be written/],
    [['profile', 'tiny.onnx', '--tune', 'maybe'], /Allowed choices are off, cached, full/],
    [['tune', 'tiny.onnx', '--budget', 'long'], /must be a number of seconds/],
    [['tune', 'missing.onnx'], /there is no such file/],
    [['tune', 'tiny.onnx', '--adapter', 'abacus'], /unknown adapter "abacus"/],
  ])('fails with one message: %j', async (argv, message) => {
    const paths = argv.map((arg) => (/\.(onnx|bin|json)$/.test(arg) ? at(arg) : arg));
    const { code, stdout, stderr } = await inProcess(...paths);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at .+:\d+/m);
  });
});

/** Enough time for all candidates on a machine that has little. */
const PATIENT = ['--budget', '100000'];

describe('tilewise tune', () => {
  it('measures every node with a choice once, and remembers', async () => {
    const first = await json<Tuned>('tune', at('tiny.onnx'), ...PATIENT);
    expect(first).toMatchObject({ adapter: expect.stringMatching(/./), known: 0, left: 0, note: null });
    expect(first.nodes.length).toBeGreaterThan(0);
    for (const { candidates, winner } of first.nodes) {
      expect(candidates.length).toBeGreaterThan(1);
      expect(candidates.find(({ variant }) => variant === winner)?.ms).toBeGreaterThan(0);
    }
    const { verdict, beforeMs, afterMs, gain } = first.total;
    if (verdict === 'same') expect([beforeMs, afterMs, gain]).toEqual([null, null, null]);
    else expect(gain).toBe(verdict === 'even' ? null : (beforeMs ?? NaN) / (afterMs ?? NaN));
    const second = await json<Tuned>('tune', at('tiny.onnx'), ...PATIENT);
    expect([second.nodes.length, second.known]).toEqual([0, first.nodes.length]);
    const again = await json<Tuned>('tune', at('tiny.onnx'), '--again', ...PATIENT);
    expect(again.nodes.map(({ node }) => node)).toEqual(first.nodes.map(({ node }) => node));
    // A session of another command takes what was found.
    const { tuning } = await json<{ tuning: object }>('profile', at('tiny.onnx'), '--runs', '1');
    expect(tuning).toMatchObject({ mode: 'cached', remembered: first.nodes.length, measured: 0 });
  });

  it('claims nothing where a session takes the kernels of the built-in table', async () => {
    vi.stubEnv('TILEWISE_CACHE', at('empty-cache'));
    const { total, nodes } = await json<Tuned>('tune', at('tiny.onnx'), '--budget', '0');
    expect(nodes).toEqual([]);
    expect(total).toEqual({ verdict: 'same', beforeMs: null, afterMs: null, gain: null });
    const { stdout } = await inProcess('tune', at('tiny.onnx'), '--budget', '0');
    expect(stdout).toContain('the same kernels as with the built-in table: nothing to gain');
    expect(stdout).not.toContain('×)');
    vi.stubEnv('TILEWISE_CACHE', at('cache'));
  });

  it('prints candidates, times and winners, and what the budget left out', async () => {
    const { code, stdout } = await inProcess('tune', at('tiny.onnx'), '--again', ...PATIENT);
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ conv +│ Conv +│ 1×8×8×3 → 1×8×8×5 +│ \S+ [\d.]+/);
    expect(stdout).toMatch(/kinds of node measured in/);
    expect(stdout).toMatch(/one run: .* with the built-in table, .* tuned|the same kernels as with the built-in table/);
    const none = await inProcess('tune', at('tiny.onnx'), '--again', '--budget', '0');
    expect(none.code).toBe(0);
    expect(none.stdout).toMatch(/left out for the budget/);
  });
});
