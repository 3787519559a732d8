/** The kernel and peak benchmarks: what they refuse, and that a short run measures what it says. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runKernelBench } from '../../bench/kernels/bench.ts';
import type { LayerRow } from '../../bench/kernels/measure.ts';
import { runPeakBench } from '../../bench/peaks/bench.ts';
import { isPeaks } from '../../src/measure/adapter-peaks.ts';
import type { Streams } from '../../src/cli/output.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tilewise-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Bench = (argv: readonly string[], streams: Streams) => Promise<number>;

async function run(bench: Bench, ...argv: string[]): Promise<Finished> {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (written[name] += text) });
  const code = await bench(argv, { stdout: sink('stdout'), stderr: sink('stderr') });
  return { code, ...written };
}

describe('bench:kernels', () => {
  it.each([
    [['--models', 'alexnet'], 'There is no "alexnet"'],
    [['--operators', 'fft'], 'There is no "fft"; known: '],
    [['--layers', '0'], 'positive integer'],
    [['--budget', 'long'], 'positive number'],
    [['--precision', 'int8'], 'Allowed choices are float32, float16'],
    [['--adapter', 'abacus'], 'unknown adapter "abacus"'],
  ])('refuses %j', async (argv, message) => {
    const { code, stdout, stderr } = await run(runKernelBench, ...argv);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
  });

  it('measures every candidate of the largest layers, and writes a report', async () => {
    const argv = ['--models', 'shufflenet-v2', '--layers', '2', '--output-dir', folder, '--json'];
    const { code, stdout, stderr } = await run(runKernelBench, ...argv);
    expect(code, stderr).toBe(0);
    const { rows, left, peaks } = JSON.parse(stdout) as { rows: LayerRow[]; left: number; peaks: unknown };
    expect(isPeaks(peaks)).toBe(true);
    expect([rows.length, left]).toEqual([2, 0]);
    for (const { candidates, winner, chosen, loss, models, multiplyAdds } of rows) {
      expect(models['shufflenet-v2']).toBeGreaterThan(0);
      expect(candidates.map(({ variant }) => variant)).toContain(winner);
      expect(chosen).toBe(candidates.find(({ problem }) => problem === undefined)?.variant);
      const best = Math.min(...candidates.map(({ ms }) => ms ?? Infinity));
      const won = candidates.find(({ variant }) => variant === winner);
      expect(won?.ms).toBe(best);
      expect(won?.gflops).toBeCloseTo((2 * multiplyAdds) / best / 1e6, 6);
      expect(loss).toBeGreaterThanOrEqual(1);
    }
    for (const name of ['kernels.md', 'kernels.json', 'kernels.svg']) expect(existsSync(join(folder, name))).toBe(true);
    expect(readFileSync(join(folder, 'kernels.md'), 'utf8')).toMatch(/The heuristic takes the fastest candidate/);
  });

  it('leaves out what its budget does not reach, and fails when that is everything', async () => {
    const argv = ['--models', 'shufflenet-v2', '--layers', '2', '--budget', '0.001', '--output-dir', folder];
    const { code, stdout } = await run(runKernelBench, ...argv);
    expect(code).toBe(1);
    expect(stdout).toMatch(/2 layers were left out/);
  });
});

describe('bench:peaks', () => {
  it('prints and writes the peaks', async () => {
    const { code, stdout } = await run(runPeakBench, '--seconds', '0.2', '--output-dir', folder, '--json');
    expect(code).toBe(0);
    expect(isPeaks((JSON.parse(stdout) as { peaks: unknown }).peaks)).toBe(true);
    expect(readFileSync(join(folder, 'peaks.md'), 'utf8')).toMatch(/GFLOP\/s/);
  });

  it('refuses what is no time', async () => {
    expect((await run(runPeakBench, '--seconds', '-1')).stderr).toMatch(/positive number/);
  });
});
