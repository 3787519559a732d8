/** A benchmark's report on disk: Markdown for people, JSON for programs, an SVG chart for both. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { barChart, type BarChart } from './chart.ts';
import { environmentRows, type Environment } from './environment.ts';

/** A part of the report under a heading of its own: paragraphs, tables. */
export interface Section {
  readonly heading: string;
  /** Markdown. */
  readonly body: string;
}

/** A whole report. */
export interface Report {
  /** File name without extension. */
  readonly name: string;
  readonly title: string;
  readonly environment: Environment;
  readonly sections: readonly Section[];
  readonly chart: BarChart;
  /** What the JSON file holds. */
  readonly data: object;
}

/** Where reports go unless told otherwise: git ignores it. */
export const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));

/** Writes `NAME.md`, `NAME.json` and `NAME.svg`, replacing earlier ones, and gives their paths. */
export function writeReport(report: Report, folder = RESULTS): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const files = [
    ['md', markdown(report)],
    ['json', `${JSON.stringify(report.data, undefined, 2)}\n`],
    ['svg', barChart(report.chart)],
  ] as const;
  return files.map(([extension, text]) => {
    const path = join(folder, `${report.name}.${extension}`);
    writeFileSync(path, text);
    return path;
  });
}

/** The report as Markdown; the chart is referred to by the file that lies beside it. */
export function markdown({ name, title, environment, sections, chart }: Report): string {
  const parts = [
    `# ${title}`,
    environmentRows(environment)
      .map(([what, value]) => `- ${what}: ${value}`)
      .join('\n'),
    `![${chart.title}](${name}.svg)`,
    ...sections.flatMap(({ heading, body }) => [`## ${heading}`, body]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** A Markdown table; columns named in `right` are right-aligned. A line break or bar in a cell cannot break it. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): string {
  const rule = `|${head.map((h) => (right.includes(h) ? ' ---: ' : ' --- ')).join('|')}|`;
  return [tableLine(head), rule, ...rows.map(tableLine)].join('\n');
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map(cellText).join(' | ')} |`;
}

function cellText(cell: string): string {
  return cell.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');
}
