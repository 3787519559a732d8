/** Reports on disk, the environment they state, and the model benchmark's tables. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { environment, environmentRows } from '../../bench/lib/environment.ts';
import { markdown, markdownTable, writeReport, type Report } from '../../bench/lib/report.ts';
import { largestDifference, measure, stagesOf, type Measured, type Row } from '../../bench/models/measure.ts';
import { coldTable, complaints, planTable, sections, timeChart, timeTable } from '../../bench/models/tables.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';

const report: Report = {
  name: 'some',
  title: 'Some numbers',
  environment: environment(),
  sections: [{ heading: 'One', body: 'text' }],
  chart: { title: 'a chart', series: ['a'], unit: 'ms', groups: [{ label: 'g', values: [1] }] },
  data: { rows: [1, 2] },
};

describe('a report', () => {
  it('is written as Markdown, JSON and SVG', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tilewise-bench-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const paths = writeReport(report, join(folder, 'made'));
    expect(paths.map((path) => path.slice(folder.length))).toEqual([
      '/made/some.md',
      '/made/some.json',
      '/made/some.svg',
    ]);
    const [text = '', json = '', svg = ''] = paths.map((path) => readFileSync(path, 'utf8'));
    expect(text).toBe(markdown(report));
    expect(JSON.parse(json)).toEqual({ rows: [1, 2] });
    expect(svg).toMatch(/^<svg /);
  });

  it('states machine and versions, then its chart and sections', () => {
    const text = markdown(report);
    expect(text).toMatch(/^# Some numbers\n\n- date: \d{4}-/);
    expect(text).toContain(`- Node.js: ${process.version}`);
    expect(text).toContain('![a chart](some.svg)\n\n## One\n\ntext\n');
  });
});

it('the environment names the version and the commit of the checkout', () => {
  const env = environment();
  expect(env.tilewise).toMatch(/^\d+\.\d+\.\d+/);
  expect(env.commit ?? '000000000000').toMatch(/^[0-9a-f]{12,}\+?$/);
  expect(env.cpuCount).toBeGreaterThan(0);
  expect(environmentRows(env).find(([what]) => what === 'adapter')).toEqual(['adapter', 'none']);
});

it('a Markdown table keeps its cells apart', () => {
  const text = markdownTable(['a', 'b'], [['x|y', 'two\n  lines']], ['b']);
  expect(text).toBe('| a | b |\n| --- | ---: |\n| x\\|y | two lines |');
});

const summary = { runs: 5, median: 12.3456, p90: 14, min: 12, spread: 0.5 };
const measured: Measured = {
  model: 'resnet-18',
  batch: 8,
  inputShape: [8, 224, 224, 3],
  parameters: 11_689_512,
  multiplyAdds: 14_512_586_752,
  cold: { totalMs: 100, stages: { parse: 10, upload: 20, firstRun: 70 }, modelBytes: 46_000_000 },
  plan: { dispatches: 21, pipelines: 9, weightBytes: 2 ** 25, activationBytes: 1500, lowerBoundBytes: 1000 },
  runMs: summary,
  gflops: 2351,
  cpu: { runMs: { ...summary, median: 1234.56 }, ratio: 100 },
  check: { difference: 2e-7, agrees: true, images: 8 },
};
const failed: Row = { model: 'vgg-16', batch: 8, error: { code: 'NO_DEVICE', message: 'out of memory' } };
const apart: Row = {
  ...measured,
  model: 'vgg-16',
  check: { difference: 0.25, agrees: false, images: 1 },
};

describe('the model benchmark’s tables', () => {
  it('hold a cell for every column', () => {
    for (const { head, rows, right } of [
      timeTable([measured, failed, apart]),
      planTable([measured]),
      coldTable([measured]),
    ]) {
      for (const cells of rows) expect(cells.length).toBe(head.length);
      expect(head).toEqual(expect.arrayContaining([...right]));
    }
  });

  it('show times, ratios and differences', () => {
    expect(timeTable([measured]).rows[0]).toEqual([
      'ResNet-18',
      '8',
      '14.51 G',
      '12.3 ms',
      '0.5 ms',
      '14 ms',
      '12 ms',
      '5',
      '2351.00',
      '1235 ms',
      '100×',
      '2.0e-7',
    ]);
    expect(timeTable([apart]).rows[0]?.at(-1)).toBe('2.5e-1 (!)');
    expect(timeTable([failed]).rows[0]?.slice(0, 4)).toEqual(['VGG-16', '8', '', 'failed']);
    expect(planTable([measured]).rows[0]?.at(-1)).toBe('1.50×');
    expect(coldTable([measured]).head.slice(4)).toEqual(['parse', 'upload', 'firstRun']);
  });

  it('tell failures and disagreement, and draw only what was measured', () => {
    expect(complaints([measured])).toEqual([]);
    expect(complaints([failed, apart])).toEqual([
      'vgg-16, batch 8: NO_DEVICE: out of memory',
      'vgg-16, batch 8: differs from the reference by 0.25 of the largest output, more than 0.001',
    ]);
    const parts = sections([measured, failed], { cpuSkipped: 'no CPU at 8', shaderCache: 'off' });
    expect(parts.map(({ heading }) => heading)).toEqual([
      'Run time',
      'Failures',
      'Dispatches and memory',
      'Cold start',
    ]);
    expect(parts[0]?.body).toContain('no CPU at 8');
    expect(timeChart([measured, failed], 'x').groups).toEqual([{ label: 'ResNet-18 ×8', values: [12.3456, 1234.56] }]);
  });
});

const of = (...values: number[]): Record<string, Tensor> => ({ y: tensorOf('float32', [values.length], values) });

describe('the largest difference', () => {
  it('is relative to the largest expected value', () => {
    expect(largestDifference(of(1, -8), of(0, -8))).toBe(1 / 8);
    expect(largestDifference(of(3), of(3))).toBe(0);
    expect(largestDifference(of(0.5), of(0))).toBe(0.5);
  });

  it('is not a number where an output is missing, misshapen or not finite', () => {
    for (const actual of [{}, of(1, 2), of(NaN), of(Infinity)]) expect(largestDifference(actual, of(1))).toBeNaN();
  });
});

it('the stages of a load are its times but for their sum', () => {
  expect(stagesOf({ format: 'onnx', parseMs: 1, uploadMs: 2, totalMs: 3, passes: 4 })).toEqual({ parse: 1, upload: 2 });
});

it('a network that cannot be measured is a row that says why', async () => {
  const task = { batch: 1, runs: 1, seconds: 1, cpu: false, adapter: '/no/such/driver.json' };
  const row = await measure({ ...task, model: 'shufflenet-v2' }, new Map());
  expect(row).toEqual({
    model: 'shufflenet-v2',
    batch: 1,
    error: { code: 'INPUT_INVALID', message: expect.stringContaining('no such Vulkan driver manifest') },
  });
});
