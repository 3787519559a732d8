/** `tilewise compare`: every node on the GPU against the CPU reference, worst first. */
import type { Command } from 'commander';
import { integerScales, quantisationOf } from '../../analysis/quantisation.ts';
import { isFloat } from '../../core/dtype.ts';
import type { IntegerScale } from '../../ir/graph.ts';
import type { StepReport } from '../../runtime/webgpu/check.ts';
import type { Context, Runner } from '../context.ts';
import { addFeedOptions, feedsOf, shapesOf, type FeedOptions } from '../feeds.ts';
import { nodeText, table } from '../output.ts';
import { roundingOf, scaleText } from '../quantisation.ts';
import type { DeviceOptions } from '../place.ts';
import {
  addAdapterOption,
  addStorageOptions,
  addSourceOptions,
  loadModel,
  openModelSession,
  type SourceOptions,
} from '../session.ts';

interface CompareOptions
  extends SourceOptions, FeedOptions, Pick<DeviceOptions, 'adapter' | 'precision' | 'weightStorage'> {}

/** Rows of the table; `--json` has all nodes. */
const SHOWN = 15;

/** Adds the command. */
export function addCompare(program: Command, runner: Runner): void {
  const command = program
    .command('compare')
    .description('run a model node by node on the GPU and on the CPU; exit code 1 when a node is past its tolerance')
    .argument('<model>', 'catalogue name, path or URL; of several files the main one');
  addStorageOptions(addFeedOptions(addSourceOptions(addAdapterOption(command)))).action(runner.wrap(compare));
}

/** How one node differs, and what the integers that it gives stand for, where that is known. */
interface NodeReport extends StepReport {
  /** Integers that the largest difference is apart; null of real numbers. */
  readonly steps: number | null;
  readonly quantisation: IntegerScale | null;
}

async function compare([name = '']: readonly string[], options: CompareOptions, context: Context): Promise<number> {
  const model = await loadModel(name, options, context);
  const feeds = await feedsOf(model, options);
  const device = { ...options, backend: 'webgpu' as const };
  const { runner: session, place } = await openModelSession(model, device, shapesOf(feeds), context);
  const { adapter, adapterSource } = place;
  context.progress.report({ stage: 'compare', done: 0, total: undefined });
  const reports = withScales(await session.check(feeds), integerScales(model.graph)).sort(worstFirst);
  context.progress.stop();
  const failed = reports.filter((r) => !r.ok);
  const nodes = reports.map(({ text, ...r }) => ({ ...r, ...realOf(r), ...(r.ok ? {} : { text }) }));
  const ok = failed.length === 0;
  const rounding = roundingOf(model, quantisationOf(model.graph).quantisation);
  context.output.result({ model: name, adapter, adapterSource, rounding, ok, failed: failed.length, nodes }, () => {
    const rule = rounding === null ? '' : `, rounding ${rounding}`;
    const verdict = ok
      ? `all ${reports.length} nodes agree with the CPU reference${exactly(reports)}`
      : `${failed.length} of ${reports.length} nodes are past their tolerance:\n${failed.map(failureLine).join('\n')}`;
    return `${reportTable(reports)}\n${adapter ?? ''} (${adapterSource ?? ''})${rule}: ${verdict}`;
  });
  return ok ? 0 : 1;
}

function withScales(reports: readonly StepReport[], scales: ReadonlyMap<string, IntegerScale>): NodeReport[] {
  return reports.map((report) => ({
    ...report,
    steps: isFloat(report.dtype) ? null : report.maxAbs,
    quantisation: scales.get(report.output) ?? null,
  }));
}

/** What the steps between integers are in real numbers. */
function realOf({ steps, quantisation }: Pick<NodeReport, 'steps' | 'quantisation'>): { maxReal: number | null } {
  return { maxReal: steps === null || !quantisation ? null : steps * quantisation.scale };
}

/** Failures first, those with most elements off ahead; then by absolute difference: a relative one is noise near zero. */
function worstFirst(a: StepReport, b: StepReport): number {
  return Number(a.ok) - Number(b.ok) || b.mismatches - a.mismatches || b.maxAbs - a.maxAbs;
}

/** A word on nodes that give integers, where these are not all. */
function exactly(reports: readonly NodeReport[]): string {
  const exact = reports.filter(({ steps }) => steps === 0).length;
  return exact === 0 ? '' : `, ${exact === reports.length ? '' : `${exact} of them `}exactly`;
}

function reportTable(reports: readonly NodeReport[]): string {
  const shown = reports.slice(0, SHOWN);
  const scaled = shown.some(({ quantisation }) => quantisation);
  const rows = shown.map((r) => [
    r.ok ? 'ok' : 'FAIL',
    r.op,
    nodeText(r.node),
    r.variants.join(', '),
    ...(scaled ? [r.quantisation ? scaleText(r.quantisation) : ''] : []),
    ...differenceCells(r),
  ]);
  const figures = ['max abs', 'max rel'];
  const head = ['', 'operator', 'node', 'kernel', ...(scaled ? ['integers'] : []), ...figures];
  const more = reports.length > SHOWN ? `\n… and ${reports.length - SHOWN} better ones (--json lists all)` : '';
  return `${table(head, rows, figures)}${more}`;
}

/** Integers differ by steps, which have no relative size; what they come to in real numbers stands in its place. */
function differenceCells(report: NodeReport): [absolute: string, relative: string] {
  const { steps, maxAbs, maxRel } = report;
  if (steps === null) return [maxAbs.toExponential(2), maxRel.toExponential(2)];
  if (steps === 0) return ['exact', ''];
  const { maxReal } = realOf(report);
  return [`${steps} ${steps === 1 ? 'step' : 'steps'}`, maxReal === null ? '' : `(${maxReal.toExponential(2)})`];
}

function failureLine({ op, node, text }: StepReport): string {
  return `  ${op} "${node}": ${text.replaceAll('\n', '\n  ')}`;
}
