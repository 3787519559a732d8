/** `npm run fuzz`: runs made inputs through the parts of the engine that read what others wrote. */
import { Command, InvalidArgumentError } from 'commander';
import { relative } from 'node:path';
import { listOf, parsePositive, runBench, type Steps } from '../../bench/lib/program.ts';
import { parseSeed } from '../../src/cli/arguments.ts';
import { table, type Streams } from '../../src/cli/output.ts';
import { keepRegression } from './regressions.ts';
import { QUOTA, runShift, type Find, type ShiftReport } from './shift.ts';
import { inputOf } from './target.ts';
import { loadTarget, TARGET_NAMES, type TargetName } from './targets/index.ts';

interface FuzzOptions {
  readonly minutes: number;
  readonly target: readonly TargetName[];
  readonly seed: number;
  readonly cases: number;
  readonly json?: boolean;
  readonly keep: boolean;
}

/** A target's report, with the paths under which inputs were kept. */
interface TargetReport extends ShiftReport {
  readonly target: TargetName;
  readonly kept: readonly string[];
}

/** Runs the command and resolves with the exit code: 1 where a fault was found. Never rejects. */
export function runFuzz(argv: readonly string[], streams: Streams): Promise<number> {
  const command = new Command('fuzz')
    .description(
      'Runs damaged and made-up inputs, and keeps those that a fault is found with in test/fuzz/regressions.',
    )
    .option('--minutes <n>', 'for all targets together; default: 1', parsePositive, 1)
    .option(
      '--target <names>',
      `with commas between: ${TARGET_NAMES.join(', ')}; default: all`,
      listOf(TARGET_NAMES),
      TARGET_NAMES,
    )
    .option('--seed <n>', 'other inputs; default: the time', parseSeed, Date.now() % 2 ** 32)
    .option('--cases <n>', 'no more than so many inputs a target', parseCases, Infinity)
    .option('--no-keep', 'write no files')
    .option('--json', 'print [{target, seed, cases, seconds, finds}] and nothing else')
    .option('--verbose', 'print stack traces of errors');
  return runBench<FuzzOptions>(command, argv, streams, (options, steps) => fuzz(options, steps, streams));
}

function parseCases(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError('It must be a positive integer.');
  return count;
}

async function fuzz(options: FuzzOptions, steps: Steps, { stdout, stderr }: Streams): Promise<number> {
  const { seed, target: targets, minutes, cases } = options;
  const reports: TargetReport[] = [];
  for (const [done, target] of targets.entries()) {
    steps.begin(target, done, targets.length);
    const seconds = (minutes * 60) / targets.length;
    // JSON has no Infinity.
    const to = Math.min(cases, Number.MAX_SAFE_INTEGER);
    const report = await runShift({ target, seed, from: 0, to, seconds, settings: {}, quota: QUOTA });
    const kept = options.keep ? await keep(target, seed, report.finds) : [];
    reports.push({ ...report, target, kept });
  }
  steps.stop();
  stdout.write(
    options.json ? `${JSON.stringify(reports.map((report) => ({ ...report, seed })))}\n` : asText(reports, seed),
  );
  for (const { target, finds } of reports) {
    for (const { index, what } of finds) stderr.write(`${target} #${index}, ${what.kind}: ${what.text}\n`);
  }
  return reports.some(({ finds }) => finds.length > 0) ? 1 : 0;
}

async function keep(name: TargetName, seed: number, finds: readonly Find[]): Promise<string[]> {
  if (finds.length === 0) return [];
  const target = await loadTarget(name);
  return finds.map(({ index, what }) => keepRegression(name, what.kind, inputOf(target, seed, index)));
}

function asText(reports: readonly TargetReport[], seed: number): string {
  const rows = reports.map(({ target, cases, seconds, finds }) => {
    return [target, String(cases), seconds.toFixed(1), (cases / seconds).toFixed(0), String(finds.length)];
  });
  const kept = reports.flatMap((report) => report.kept).map((path) => `kept: ${relative('.', path)}\n`);
  const head = ['target', 'cases', 'seconds', 'a second', 'finds'];
  return `${table(head, rows, head.slice(1))}\nseed ${seed}\n${kept.join('')}`;
}
