/** The rows as tables, a chart and a report. */
import { milliseconds } from '../../src/cli/output.ts';
import type { BarChart, ChartGroup } from '../lib/chart.ts';
import { markdownTable, type Section } from '../lib/report.ts';
import { ENGINE_NAMES, type EngineName, type Where } from './engines.ts';
import { QUANTISED_TOLERANCE, TOLERANCE, type PeerRow } from './rows.ts';

/** A table: head, rows, right-aligned columns. */
export interface TableText {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly right: readonly string[];
}

/** Everyone is compared with it. */
const OURS: EngineName = 'tilewise-webgpu';

/** Run and cold-start times with their ratios to tilewise's on WebGPU: above 1, tilewise is that many times faster. */
export function timeTable(rows: readonly PeerRow[]): TableText {
  const right = ['run', 'ratio', 'spread', 'fastest', 'runs', 'cold start', 'cold ratio', 'difference'];
  return {
    head: ['network', 'where', 'engine', ...right],
    right,
    rows: rows.map((row) => {
      const ours = oursFor(row, rows);
      return [
        row.model,
        row.where,
        row.engine,
        row.runMs === null ? failure(row) : milliseconds(row.runMs),
        ratio(row.runMs, ours?.runMs),
        time(row.spreadMs),
        time(row.minMs),
        String(row.runs),
        time(row.coldMs),
        ratio(row.agrees ? row.coldMs : null, ours?.coldMs),
        row.maxDiff === null ? '–' : row.maxDiff.toExponential(1),
      ];
    }),
  };
}

const time = (ms: number | null): string => (ms === null ? '–' : milliseconds(ms));

function failure({ agrees, error }: PeerRow): string {
  return error === undefined && agrees ? '–' : 'failed';
}

function oursFor({ model, where }: PeerRow, rows: readonly PeerRow[]): PeerRow | undefined {
  return rows.find((row) => row.engine === OURS && row.model === model && row.where === where);
}

function ratio(theirs: number | null, ours: number | null | undefined): string {
  return theirs === null || ours === null || ours === undefined ? '–' : `${(theirs / ours).toPrecision(3)}×`;
}

/** What ran on what. */
export function versionTable(rows: readonly PeerRow[]): TableText {
  const lines = rows.map((row) => [row.where, row.engine, row.version ?? '–', row.adapter ?? '–', row.note ?? '']);
  const distinct = new Map(lines.map((cells) => [cells.join('\n'), cells]));
  return { head: ['where', 'engine', 'version', 'adapter', 'note'], right: [], rows: [...distinct.values()] };
}

/** One line a row that has no time. */
export function complaints(rows: readonly PeerRow[]): readonly string[] {
  return rows
    .filter((row) => !row.agrees || row.error !== undefined)
    .map(({ model, where, engine, error }) => `${model}, ${where}, ${engine}: ${error ?? 'nothing was measured'}`);
}

/** Medians of the engines side by side, a group a model and place. */
export function timeChart(rows: readonly PeerRow[]): BarChart {
  const series = ENGINE_NAMES.filter((name) => rows.some((row) => row.engine === name));
  const places = [...new Map(rows.map((row) => [`${row.model}, ${row.where}`, row])).entries()];
  const groups = places.map(([label, { model, where }]): ChartGroup => {
    const timeOf = (engine: EngineName): number | undefined =>
      rows.find((row) => row.engine === engine && row.model === model && row.where === where)?.runMs ?? undefined;
    return { label, values: series.map(timeOf) };
  });
  return { title: 'Run time, batch 1, 224×224', series, groups, unit: 'milliseconds a run' };
}

const asMarkdown = ({ head, rows, right }: TableText): string => markdownTable(head, rows, right);

/** The report's sections. */
export function sections(rows: readonly PeerRow[], facts: readonly string[], quantised = false): readonly Section[] {
  const tolerance = quantised ? QUANTISED_TOLERANCE : TOLERANCE;
  const formats = quantised
    ? 'quantised, as ONNX with QuantizeLinear and DequantizeLinear pairs and as TFLite'
    : 'written as ONNX, TensorFlow.js graph model and TFLite';
  const wrong = complaints(rows);
  return [
    {
      heading: 'Times',
      body: [
        `From the same network ${formats}, with the same input. Every engine has a process or browser of its own; they run in turn, round after round. A run goes from the input on the host to the output on the host: median, interquartile range, minimum. The ratios are to ${OURS}. A cold start goes from the model's bytes in memory to the first output, with the device, the WASM instance and every shader; importing the library's code is not in it, nor, in Chromium, starting the browser's GPU process.`,
        `An engine has times only if every output agrees with the CPU reference (the reference itself: with onnxruntime-web's WASM build) within ${tolerance} of the largest element plus ${tolerance} of each${quantised ? '' : ', and names the same class'}.`,
        asMarkdown(timeTable(rows)),
      ].join('\n\n'),
    },
    ...(wrong.length > 0 ? [{ heading: 'Failures', body: wrong.map((line) => `- ${line}`).join('\n') }] : []),
    {
      heading: 'Versions',
      body: [facts.map((fact) => `- ${fact}`).join('\n'), asMarkdown(versionTable(rows))].join('\n\n'),
    },
  ];
}

/** Name of a place, for people. */
export const PLACE: { readonly [W in Where]: string } = { node: 'Node.js', chromium: 'Chromium' };
