/** The results of the model benchmark as tables and a chart. */
import { byteText, countText, milliseconds } from '../../src/cli/output.ts';
import type { BarChart } from '../lib/chart.ts';
import { markdownTable, type Section } from '../lib/report.ts';
import { NETWORKS } from './networks.ts';
import { AGREEMENT, type Failed, type Measured, type Row } from './measure.ts';

/** A table: head, rows, right-aligned columns. */
export interface TableText {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly right: readonly string[];
}

/** True for a row that was measured. */
export function isMeasured(row: Row): row is Measured {
  return !('error' in row);
}

/** Run times: what most people look for. */
export function timeTable(rows: readonly Row[]): TableText {
  const right = [
    'batch',
    'multiply-adds',
    'WebGPU',
    'spread',
    'p90',
    'min',
    'runs',
    'GFLOP/s',
    'CPU',
    'ratio',
    'difference',
  ];
  return {
    head: ['network', ...right],
    right,
    rows: rows.map((row) => {
      const head = [NETWORKS[row.model].title, String(row.batch)];
      if (!isMeasured(row)) return [...head, '', 'failed', ...Array.from({ length: right.length - 3 }, () => '')];
      const { runMs, cpu, check } = row;
      return [
        ...head,
        countText(row.multiplyAdds),
        milliseconds(runMs.median),
        milliseconds(runMs.spread),
        milliseconds(runMs.p90),
        milliseconds(runMs.min),
        String(runMs.runs),
        row.gflops.toFixed(2),
        cpu ? milliseconds(cpu.runMs.median) : '–',
        cpu ? `${cpu.ratio.toPrecision(3)}×` : '–',
        check ? `${check.difference.toExponential(1)}${check.agrees ? '' : ' (!)'}` : '–',
      ];
    }),
  };
}

/** Dispatches and memory. */
export function planTable(rows: readonly Measured[]): TableText {
  const right = ['batch', 'dispatches', 'pipelines', 'weights', 'activations', 'lower bound', 'over it'];
  return {
    head: ['network', ...right],
    right,
    rows: rows.map(({ model, batch, plan }) => [
      NETWORKS[model].title,
      String(batch),
      String(plan.dispatches),
      String(plan.pipelines),
      byteText(plan.weightBytes),
      byteText(plan.activationBytes),
      byteText(plan.lowerBoundBytes),
      `${(plan.activationBytes / plan.lowerBoundBytes).toFixed(2)}×`,
    ]),
  };
}

/** From bytes to the first result, stage by stage. */
export function coldTable(rows: readonly Measured[]): TableText {
  const stages = [...new Set(rows.flatMap(({ cold }) => Object.keys(cold.stages)))];
  const right = ['batch', 'model', 'total', ...stages];
  return {
    head: ['network', ...right],
    right,
    rows: rows.map(({ model, batch, cold }) => [
      NETWORKS[model].title,
      String(batch),
      byteText(cold.modelBytes),
      milliseconds(cold.totalMs),
      ...stages.map((stage) => milliseconds(cold.stages[stage] ?? 0)),
    ]),
  };
}

/** One line a failed or disagreeing row. */
export function complaints(rows: readonly Row[]): readonly string[] {
  const failed = rows.filter((row): row is Failed => !isMeasured(row));
  const apart = rows.filter(isMeasured).filter(({ check }) => check && !check.agrees);
  return [
    ...failed.map(({ model, batch, error }) => `${model}, batch ${batch}: ${error.code}: ${error.message}`),
    ...apart.map(
      ({ model, batch, check }) =>
        `${model}, batch ${batch}: differs from the reference by ${check?.difference ?? NaN} of the largest output, more than ${AGREEMENT}`,
    ),
  ];
}

/** What a report says besides its tables. */
export interface Notes {
  /** Of the rows without a CPU time; undefined where there are none. */
  readonly cpuSkipped: string | undefined;
  readonly shaderCache: 'on' | 'off';
}

/** The report's sections. */
export function sections(rows: readonly Row[], { cpuSkipped, shaderCache }: Notes): readonly Section[] {
  const good = rows.filter(isMeasured);
  const wrong = complaints(rows);
  const cache =
    shaderCache === 'off'
      ? "The driver's cache of compiled shaders was off where the driver allows that."
      : "The driver's cache of compiled shaders was on: shaders of earlier runs were not compiled again.";
  const parts: readonly (Section | undefined)[] = [
    {
      heading: 'Run time',
      body: [
        'From `run()` to the result on the host, after the cold start and one warm-up run: median, interquartile range, 90th percentile, minimum. The CPU reference ran between the two halves of the GPU runs, on the same input. The difference is the largest one, relative to the largest output, of the images that the reference saw: every batch begins with the same ones.',
        ...(cpuSkipped === undefined ? [] : [cpuSkipped]),
        asMarkdown(timeTable(rows)),
      ].join('\n\n'),
    },
    wrong.length > 0 ? { heading: 'Failures', body: wrong.map((line) => `- ${line}`).join('\n') } : undefined,
    {
      heading: 'Dispatches and memory',
      body: `Activations are all buffers of a plan but the weights; the lower bound is the largest sum of simultaneously live tensors.\n\n${asMarkdown(planTable(good))}`,
    },
    {
      heading: 'Cold start',
      body: `From the bytes of an ONNX file in memory to the first result, on a device of its own; finding the adapter is not in it. ${cache}\n\n${asMarkdown(coldTable(good))}`,
    },
  ];
  return parts.filter((part) => part !== undefined);
}

/** Median run times, GPU and CPU side by side. */
export function timeChart(rows: readonly Row[], adapter: string): BarChart {
  return {
    title: `Run time on ${adapter}`,
    series: ['WebGPU', 'CPU reference'],
    unit: 'milliseconds a run',
    groups: rows.filter(isMeasured).map(({ model, batch, runMs, cpu }) => ({
      label: `${NETWORKS[model].title} ×${batch}`,
      values: [runMs.median, cpu?.runMs.median],
    })),
  };
}

function asMarkdown({ head, rows, right }: TableText): string {
  return markdownTable(head, rows, right);
}
