/** `tilewise compare`: every node on the GPU against the CPU reference, worst first. */
import type { Command } from 'commander';
import type { StepReport } from '../../runtime/webgpu/check.ts';
import type { Context, Runner } from '../context.ts';
import { addFeedOptions, feedsOf, shapesOf, type FeedOptions } from '../feeds.ts';
import { table } from '../output.ts';
import {
  addAdapterOption,
  addPrecisionOption,
  addSourceOptions,
  loadModel,
  openModelSession,
  type DeviceOptions,
  type SourceOptions,
} from '../session.ts';

interface CompareOptions extends SourceOptions, FeedOptions, Pick<DeviceOptions, 'adapter' | 'precision'> {}

/** Rows of the table; `--json` has all nodes. */
const SHOWN = 15;

/** Adds the command. */
export function addCompare(program: Command, runner: Runner): void {
  const command = program
    .command('compare')
    .description('run a model node by node on the GPU and on the CPU; exit code 1 when a node is past its tolerance')
    .argument('<model>', 'catalogue name, path or URL; of several files the main one');
  addPrecisionOption(addFeedOptions(addSourceOptions(addAdapterOption(command)))).action(runner.wrap(compare));
}

async function compare([name = '']: readonly string[], options: CompareOptions, context: Context): Promise<number> {
  const model = await loadModel(name, options, context);
  const feeds = await feedsOf(model, options);
  const device = { ...options, backend: 'webgpu' as const };
  const { runner: session, adapter, adapterSource } = await openModelSession(model, device, shapesOf(feeds), context);
  context.progress.report({ stage: 'compare', done: 0, total: undefined });
  const reports = [...(await session.check(feeds))].sort(worstFirst);
  context.progress.stop();
  const failed = reports.filter((r) => !r.ok);
  const nodes = reports.map(({ node, op, output, variants, ok, maxAbs, maxRel, mismatches, text }) => {
    return { node, op, output, variants, ok, maxAbs, maxRel, mismatches, ...(ok ? {} : { text }) };
  });
  const ok = failed.length === 0;
  context.output.result({ model: name, adapter, adapterSource, ok, failed: failed.length, nodes }, () => {
    const verdict = ok
      ? `all ${reports.length} nodes agree with the CPU reference`
      : `${failed.length} of ${reports.length} nodes are past their tolerance:\n${failed.map(failureLine).join('\n')}`;
    return `${reportTable(reports)}\n${adapter ?? ''} (${adapterSource ?? ''}): ${verdict}`;
  });
  return ok ? 0 : 1;
}

/** Failures first, those with most elements off ahead; then by absolute difference: a relative one is noise near zero. */
function worstFirst(a: StepReport, b: StepReport): number {
  return Number(a.ok) - Number(b.ok) || b.mismatches - a.mismatches || b.maxAbs - a.maxAbs;
}

function reportTable(reports: readonly StepReport[]): string {
  const rows = reports
    .slice(0, SHOWN)
    .map((r) => [
      r.ok ? 'ok' : 'FAIL',
      r.op,
      r.node,
      r.variants.join(', '),
      r.maxAbs.toExponential(2),
      r.maxRel.toExponential(2),
    ]);
  const more = reports.length > SHOWN ? `\n… and ${reports.length - SHOWN} better ones (--json lists all)` : '';
  return `${table(['', 'operator', 'node', 'kernel', 'max abs', 'max rel'], rows, ['max abs', 'max rel'])}${more}`;
}

function failureLine({ op, node, text }: StepReport): string {
  return `  ${op} "${node}": ${text.replaceAll('\n', '\n  ')}`;
}
