/** The model benchmark end to end on its smallest networks. It measures; no time is asserted. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { QuantisedMeasured } from '../../bench/models/quantised.ts';
import type { Measured } from '../../bench/models/measure.ts';
import { runModelBench } from '../../bench/models/bench.ts';
import { FULL } from '../helpers/full.ts';

it('measures a network, compares it with the reference, and writes its report', async () => {
  const out = mkdtempSync(join(tmpdir(), 'tilewise-bench-'));
  onTestFinished(() => rmSync(out, { recursive: true }));
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (written[name] += text) });
  // The shader cache stays on: other tests of this process share its environment.
  const argv = ['--json', '--models', 'shufflenet-v2', '--batch', '1,2', '--runs', '2', '--shader-cache', 'on'];
  const code = await runModelBench([...argv, '--output-dir', out], { stdout: sink('stdout'), stderr: sink('stderr') });
  expect(written.stderr).toContain('[2/2] shufflenet-v2, batch 2');
  expect(code, written.stderr).toBe(0);
  const data: { environment: { adapter: { name: string } }; rows: Measured[] } = JSON.parse(written.stdout);
  expect(data.environment.adapter.name).not.toBe('');
  expect(data.rows.map(({ batch }) => batch)).toEqual([1, 2]);
  for (const row of data.rows) {
    expect(row.inputShape).toEqual([row.batch, 224, 224, 3]);
    expect(row.runMs.runs).toBe(2);
    expect(row.runMs.median).toBeGreaterThan(0);
    expect(Object.keys(row.cold.stages)).toEqual(expect.arrayContaining(['parse', 'device', 'firstRun']));
    expect(row.plan.dispatches).toBeGreaterThan(row.plan.pipelines);
    expect(row.plan.activationBytes).toBeGreaterThanOrEqual(row.plan.lowerBoundBytes);
    expect(row.cold.modelBytes).toBeGreaterThan(4 * row.parameters);
  }
  const [single, double] = data.rows;
  expect(single?.cpu?.ratio).toBeGreaterThan(0);
  expect(double?.cpu).toBeUndefined();
  for (const row of data.rows) {
    // The second batch begins with the image of the first.
    expect(row.check).toMatchObject({ agrees: true, images: 1 });
    expect(row.check?.difference).toBeGreaterThan(0);
  }
  expect(double?.multiplyAdds).toBe(2 * (single?.multiplyAdds ?? NaN));
  expect(readdirSync(out).sort()).toEqual(['models.json', 'models.md', 'models.svg']);
  expect(JSON.parse(readFileSync(join(out, 'models.json'), 'utf8'))).toEqual(data);
  expect(readFileSync(join(out, 'models.md'), 'utf8')).toContain('did not run at batch 2');
});

it.runIf(FULL)('measures a network on integers beside its float twin', async () => {
  const out = mkdtempSync(join(tmpdir(), 'tilewise-bench-'));
  onTestFinished(() => rmSync(out, { recursive: true }));
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (written[name] += text) });
  const argv = ['--json', '--quantized', '--models', 'mobilenet-v2', '--runs', '2', '--shader-cache', 'on'];
  const code = await runModelBench([...argv, '--output-dir', out], { stdout: sink('stdout'), stderr: sink('stderr') });
  expect(code, written.stderr).toBe(0);
  const { rows }: { rows: QuantisedMeasured[] } = JSON.parse(written.stdout);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    model: 'mobilenet-v2',
    batch: 1,
    int8: { runMs: { runs: 2 } },
    float: { runMs: { runs: 2 } },
  });
  expect(rows[0]?.byteRatio).toBeLessThanOrEqual(0.3);
  expect(rows[0]?.signalToNoise.float).toBeGreaterThan(14);
  expect(rows[0]?.signalToNoise.cpu ?? Infinity).toBeGreaterThan(20);
  expect(readdirSync(out).sort()).toEqual(['quantised.json', 'quantised.md', 'quantised.svg']);
});
