/** What the command prints: tables or one JSON object on stdout, one message on stderr when it fails. */
import Table from 'cli-table3';
import { CommanderError } from 'commander';
import { TilewiseError, UnsupportedError } from '../core/errors.ts';
import { printable, UNSEEN } from '../core/printable.ts';

/** A stream the command writes to. */
export interface Sink {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean | undefined;
}

/** Where a command writes. */
export interface Streams {
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/** How a command reports its result. */
export interface Output {
  /** With `--json`, `value` as one line of JSON; otherwise the text that `human` makes of it. */
  readonly result: (value: object, human: () => string) => void;
  /** A remark for people; nothing with `--json`. */
  readonly note: (text: string) => void;
  /** An error that does not end the command, on stderr. */
  readonly problem: (error: unknown) => void;
  readonly json: boolean;
}

/** The same streams for text that may hold what came out of files: whatever would steer a terminal is escaped. */
export function printableStreams({ stdout, stderr }: Streams): Streams {
  return { stdout: printableSink(stdout), stderr: printableSink(stderr) };
}

function printableSink(sink: Sink): Sink {
  return { isTTY: sink.isTTY, write: (text) => sink.write(text.split('\n').map(printable).join('\n')) };
}

/** JSON on one line, in which what a terminal would not show as it is stands as `\uXXXX`. */
export function jsonText(value: object): string {
  return JSON.stringify(value).replace(UNSEEN, (c) => c.replace(/./gs, jsonEscape));
}

function jsonEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Makes the output of a command. */
export function createOutput({ stdout, stderr }: Streams, json: boolean, verbose = false): Output {
  return {
    json,
    result: (value, human) => stdout.write(json ? `${jsonText(value)}\n` : `${human()}\n`),
    note: (text) => {
      if (!json) stdout.write(`${text}\n`);
    },
    problem: (error) => stderr.write(failureText(error, verbose)),
  };
}

/** A failed command as the JSON object `{error: {name, code, message, detail}}`. */
export interface Failure {
  readonly error: {
    readonly name: string;
    readonly code: string;
    readonly message: string;
    readonly detail: object;
  };
}

/** `code` is an ErrorCode, `USAGE` for a command line that does not parse, `INTERNAL` for anything not thrown on purpose. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) {
    // commander's message for a bare `tilewise`, which prints the help, is not meant for people
    const told = error.message.replace(/^error: /, '').replace(/\s+/g, ' ');
    const message = error.code === 'commander.help' ? 'no command was given' : told;
    return { error: { name: 'UsageError', code: 'USAGE', message, detail: {} } };
  }
  if (error instanceof TilewiseError) {
    const { format, file, node, op, hint } = error.detail;
    const items = error instanceof UnsupportedError ? { items: error.items } : {};
    const detail = { format, file, node, op, hint, ...items };
    return { error: { name: error.name, code: error.code, message: error.message, detail } };
  }
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return { error: { name, code: 'INTERNAL', message: `internal error: ${message}`, detail: {} } };
}

/** The failure as text for stderr: the message, and the stack with its causes only when `verbose`. */
export function failureText(error: unknown, verbose: boolean): string {
  const { code, message } = failureOf(error).error;
  const hint = code === 'INTERNAL' && !verbose ? '\nRun again with --verbose for the stack trace.' : '';
  const lines = [...message.split('\n'), ...remediesOf(error)];
  return `error: ${lines.map(abridged).join('\n')}${hint}${verbose ? stackOf(error) : ''}\n`;
}

/** What may help with each thing that is lacked, a line each, where the message cannot say one thing for all. */
function remediesOf(error: unknown): string[] {
  if (!(error instanceof UnsupportedError)) return [];
  const remedies = new Map<string, Set<string>>();
  for (const { op, remedy } of error.items) {
    if (remedy !== undefined) remedies.set(remedy, (remedies.get(remedy) ?? new Set()).add(op));
  }
  if (remedies.size < 2) return [];
  return [
    'What may help:',
    ...Array.from(remedies, ([remedy, ops]) => printable(`  ${[...ops].join(', ')}: ${remedy}`)),
  ];
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause = error.cause === undefined ? '' : `\ncaused by: ${describe(error.cause)}${stackOf(error.cause)}`;
  return `\n${(error.stack ?? '').replace(/^[\s\S]*?(?=\n {4}at )/, '').replace(/^\n/, '')}${cause}`;
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** What stands in a cell of a table: one line, or several. */
export type Cell = string | readonly string[];

/** Lines that a cell shows, beside a word on the rest: a table takes the cube of it to draw, and `--json` has them all. */
const MOST_LINES = 30;

/** Characters of a line that are shown; a table takes the square of it to draw. */
const LONGEST_LINE = 1000;

/** A table with a head row; columns named in `right` are right-aligned. Cells are escaped, and say what they leave out. */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  right: readonly string[] = [],
): string {
  const t = new Table({
    head: head.map((cell) => printable(abridged(cell))),
    colAligns: head.map((h) => (right.includes(h) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  const text = (cell: Cell): string => shortened([cell].flat()).map(printable).join('\n');
  for (const row of rows) t.push(row.map(text));
  return t.toString();
}

function shortened(lines: readonly string[]): readonly string[] {
  const more = lines.length - MOST_LINES;
  return (more > 1 ? [...lines.slice(0, MOST_LINES), `and ${more} more`] : lines).map(abridged);
}

/** A line as long as somebody may want to read: its begin and its end, where a file has a name of a million letters. */
function abridged(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE / 2)} … ${line.slice(-LONGEST_LINE / 2)}` : line;
}

/** Characters of a node's name that a row of several columns has room for. */
const LONGEST_NODE = 64;

/** The name of a node in a row: its begin and its end, where a converter made one of the names of all that it fused. */
export function nodeText(name: string): string {
  return name.length > LONGEST_NODE ? `${name.slice(0, LONGEST_NODE / 2 - 1)}…${name.slice(-LONGEST_NODE / 2)}` : name;
}

/** Breaks lines at spaces where they get longer than `width`; what fits stays on one line. */
export function wrap(text: string, width: number): string {
  return text.replace(new RegExp(`(?!.{1,${width}}$)(.{1,${width}}) `, 'gm'), '$1\n');
}

/** Milliseconds with three significant digits, `12.3 ms`. */
export function milliseconds(ms: number): string {
  return `${ms >= 1000 ? ms.toFixed(0) : Number(ms.toPrecision(3))} ms`;
}

/** Bytes in binary units, `3.4 MiB`. */
export function byteText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const i = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** i;
  return `${i === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[i] ?? 'B'}`;
}

/** A count in short form, `3.50 M`. */
export function countText(n: number): string {
  if (n >= 1e9) return `${(n / 1e9).toFixed(2)} G`;
  if (n >= 1e6) return `${(n / 1e6).toFixed(2)} M`;
  return n >= 1e4 ? `${(n / 1e3).toFixed(1)} k` : String(n);
}

/** The middle of the sorted values; the mean of the two middle ones for an even count; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] ?? NaN;
  return Number.isInteger(half) ? ((sorted[half - 1] ?? NaN) + upper) / 2 : upper;
}
