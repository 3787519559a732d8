/** The results of the comparison of integers with real numbers, as tables and a chart. */
import { byteText, milliseconds } from '../../src/cli/output.ts';
import type { BarChart } from '../lib/chart.ts';
import { markdownTable, type Section } from '../lib/report.ts';
import { NETWORKS } from './networks.ts';
import {
  isQuantisedMeasured,
  LEAST_SIGNAL_TO_NOISE,
  type QuantisedFailed,
  type QuantisedRow,
  type Twin,
} from './quantised.ts';
import type { TableText } from './tables.ts';

const decibels = (value: number | null): string => (value === null ? 'equal' : `${value.toFixed(1)} dB`);
const bytesOf = ({ plan }: Twin): number => plan.weightBytes + plan.activationBytes;

/** Both twins side by side; ratios are int8 over float. */
export function quantisedTable(rows: readonly QuantisedRow[]): TableText {
  const columns = ['batch', 'int8', 'float', 'ratio', 'spreads', 'runs', 'bytes int8', 'float', 'ratio'];
  const right = [...columns, 'dispatches', 'pipelines', 'signal to noise', 'to the CPU'];
  return {
    head: ['network', ...right],
    right,
    rows: rows.map((row) => {
      const head = [NETWORKS[row.model].title, String(row.batch)];
      if (!isQuantisedMeasured(row)) return [...head, 'failed', ...Array.from({ length: right.length - 2 }, () => '')];
      const { int8, float, signalToNoise } = row;
      const pair = (of: (twin: Twin) => number | string): string => `${of(int8)} / ${of(float)}`;
      return [
        ...head,
        milliseconds(int8.runMs.median),
        milliseconds(float.runMs.median),
        `${row.timeRatio.toPrecision(3)}×`,
        pair(({ runMs }) => milliseconds(runMs.spread)),
        String(int8.runMs.runs),
        byteText(bytesOf(int8)),
        byteText(bytesOf(float)),
        `${row.byteRatio.toPrecision(3)}×`,
        pair(({ plan }) => plan.dispatches),
        pair(({ plan }) => plan.pipelines),
        decibels(signalToNoise.float),
        decibels(signalToNoise.cpu),
      ];
    }),
  };
}

/** One line a row that failed, or whose results are not those of the CPU reference. */
export function quantisedComplaints(rows: readonly QuantisedRow[]): readonly string[] {
  const failed = rows.filter((row): row is QuantisedFailed => !isQuantisedMeasured(row));
  // Written so that NaN is one.
  const apart = rows
    .filter(isQuantisedMeasured)
    .filter((row) => !((row.signalToNoise.cpu ?? Infinity) >= LEAST_SIGNAL_TO_NOISE));
  return [
    ...failed.map(({ model, batch, error }) => `${model}, batch ${batch}: ${error.code}: ${error.message}`),
    ...apart.map(
      ({ model, batch, signalToNoise }) =>
        `${model}, batch ${batch}: ${decibels(signalToNoise.cpu)} from the CPU reference of the same file, less than ${decibels(LEAST_SIGNAL_TO_NOISE)}`,
    ),
  ];
}

/** The report's sections. */
export function quantisedSections(rows: readonly QuantisedRow[]): readonly Section[] {
  const { head, rows: cells, right } = quantisedTable(rows);
  const wrong = quantisedComplaints(rows);
  return [
    {
      heading: 'Integers beside real numbers',
      body: [
        'The same network with seeded weights as two ONNX files: in real numbers, and quantised by `quantize` (int8 weights a scale for each channel, 8-bit activations, calibrated on seeded pictures). Each on a device of its own, in turn run by run, from `run()` to the result on the host: median and interquartile range. Bytes are those of weights and activations on the GPU. Signal to noise is that of the results, against the float twin, and against the CPU reference of the same file, which computes in real numbers between the same roundings.',
        markdownTable(head, cells, right),
      ].join('\n\n'),
    },
    ...(wrong.length > 0 ? [{ heading: 'Failures', body: wrong.map((line) => `- ${line}`).join('\n') }] : []),
  ];
}

/** Median run times, int8 and float side by side. */
export function quantisedChart(rows: readonly QuantisedRow[], adapter: string): BarChart {
  return {
    title: `Run time on ${adapter}`,
    series: ['int8', 'float32'],
    unit: 'milliseconds a run',
    groups: rows.filter(isQuantisedMeasured).map(({ model, batch, int8, float }) => ({
      label: `${NETWORKS[model].title} ×${batch}`,
      values: [int8.runMs.median, float.runMs.median],
    })),
  };
}
