/** The results of the kernel benchmark as tables and a chart. */
import { countText } from '../../src/cli/output.ts';
import { shapeText } from '../../src/core/tensor.ts';
import type { BarChart } from '../lib/chart.ts';
import { markdownTable, type Section } from '../lib/report.ts';
import { NETWORKS, type NetworkName } from '../models/networks.ts';
import { NOISE, type CandidateRow, type LayerRow } from './measure.ts';

/** A table: head, rows, right-aligned columns. */
export interface TableText {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly right: readonly string[];
}

/** Bars drawn; the report's tables have all layers. */
const CHARTED = 40;

/** One line a layer: the winner, the heuristic's choice, and the others by how much slower they are. */
export function layerTable(rows: readonly LayerRow[]): TableText {
  const right = ['multiply-adds', 'ms', 'GFLOP/s', 'GB/s', '% of roofline', 'loss'];
  const head = [
    'layer',
    'input → output',
    'multiply-adds',
    'bound',
    'winner',
    ...right.slice(1),
    'heuristic',
    'others',
  ];
  return { head, right, rows: rows.map(cellsOf) };
}

function cellsOf(row: LayerRow): string[] {
  const winner = candidate(row, row.winner);
  const others = row.candidates.filter(({ variant }) => variant !== row.winner);
  const ratio = (ms: number): string => `${(ms / (winner?.ms ?? NaN)).toFixed(2)}×`;
  return [
    `${row.op} ${row.title}`.replace(/^(\w+) \1$/, '$1'),
    `${shapeText(row.inputs[0] ?? [])} → ${row.outputs.map(shapeText).join(', ')}`,
    countText(row.multiplyAdds),
    row.bound,
    winner?.variant ?? 'none',
    number(winner?.ms, 3),
    number(winner?.gflops, 1),
    number(winner?.gbps, 2),
    number(winner?.percentOfRoofline, 0),
    row.loss === undefined ? '' : `${row.loss.toFixed(2)}×`,
    row.chosen === row.winner
      ? 'right'
      : (row.loss ?? Infinity) <= NOISE
        ? `${row.chosen} (within noise)`
        : (row.chosen ?? ''),
    others
      .map(({ variant, ms, problem }) => (ms === undefined ? `${variant}: ${problem}` : `${variant} ${ratio(ms)}`))
      .join(', '),
  ];
}

function candidate({ candidates }: LayerRow, name: string | undefined): CandidateRow | undefined {
  return candidates.find(({ variant }) => variant === name);
}

function number(value: number | undefined, digits: number): string {
  return value === undefined ? '' : value.toFixed(digits);
}

/** What a network's convolutions and products take together: as chosen, and if every layer ran its winner. */
export function networkTable(rows: readonly LayerRow[]): TableText {
  const right = ['layers', 'as chosen, ms', 'winners, ms', 'gain', 'GFLOP/s of winners'];
  const names = [...new Set(rows.flatMap(({ models }) => Object.keys(models)))].filter(isNetwork);
  return {
    head: ['network', ...right],
    right,
    rows: names.map((name) => {
      const own = rows.filter(({ models }) => models[name] !== undefined);
      const sum = (of: (row: LayerRow) => number): number =>
        own.reduce((total, row) => total + (row.models[name] ?? 0) * of(row), 0);
      const chosen = sum((row) => candidate(row, row.chosen)?.ms ?? 0);
      const winners = sum((row) => candidate(row, row.winner)?.ms ?? 0);
      const gflops = (2 * sum((row) => row.multiplyAdds)) / winners / 1e6;
      return [
        NETWORKS[name].title,
        String(own.length),
        chosen.toFixed(2),
        winners.toFixed(2),
        `${(chosen / winners).toFixed(2)}×`,
        gflops.toFixed(1),
      ];
    }),
  };
}

function isNetwork(name: string): name is NetworkName {
  return name in NETWORKS;
}

/** One line for the whole: how often the heuristic is right. */
export function verdict(rows: readonly LayerRow[]): string {
  const measured = rows.filter(({ winner }) => winner !== undefined);
  const contested = measured.filter(({ candidates }) => candidates.filter(({ ms }) => ms !== undefined).length > 1);
  const right = contested.filter(({ loss }) => (loss ?? Infinity) <= NOISE);
  const failed = rows.flatMap(({ candidates }) => candidates.filter(({ problem }) => problem !== undefined));
  return (
    `The heuristic takes the fastest candidate, or one within ${Math.round((NOISE - 1) * 100)} % of it, for ` +
    `${right.length} of ${contested.length} layers with a choice.` +
    (failed.length > 0 ? ` ${failed.length} candidates failed.` : '')
  );
}

/** The report's sections. `left` tells what was not measured. */
export function sections(rows: readonly LayerRow[], peaks: string, left: string | undefined): readonly Section[] {
  const note = [peaks, ...(left === undefined ? [] : [left])].join('\n\n');
  return [
    { heading: 'Peaks', body: note },
    { heading: 'Networks', body: `${verdict(rows)}\n\n${asMarkdown(networkTable(rows))}` },
    {
      heading: 'Layers',
      body:
        'Every layer alone, on random activations, all candidates in turn, the fastest of several rounds. `loss` is the time of ' +
        `the heuristic's choice over the winner's.\n\n${asMarkdown(layerTable(rows))}`,
    },
  ];
}

/** GFLOP/s of the heuristic's choice and of the winner, for the layers with most work. */
export function layerChart(rows: readonly LayerRow[], adapter: string): BarChart {
  const largest = [...rows].sort((a, b) => b.multiplyAdds - a.multiplyAdds).slice(0, CHARTED);
  return {
    title: `Convolutions and products on ${adapter}`,
    series: ['winner', "heuristic's choice"],
    unit: 'GFLOP/s',
    scale: 'linear',
    groups: largest.map((row) => ({
      label: `${row.title} ${shapeText(row.inputs[0] ?? [])} → ${row.outputs[0]?.at(-1) ?? ''}`,
      values: [candidate(row, row.winner)?.gflops, candidate(row, row.chosen)?.gflops],
    })),
  };
}

function asMarkdown({ head, rows, right }: TableText): string {
  return markdownTable(head, rows, right);
}
