/** `tilewise profile`: where the time of a model goes, step by step, and how far from the adapter's peaks it is. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { ProfileNode, ProfileReport, ProfileStep } from '../../analysis/profile.ts';
import { chromeTrace } from '../../analysis/trace.ts';
import { LoadError } from '../../core/errors.ts';
import type { Shape } from '../../core/tensor.ts';
import { parseCount } from '../arguments.ts';
import type { Context, Runner } from '../context.ts';
import { addFeedOptions, feedsOf, shapesOf, type FeedOptions } from '../feeds.ts';
import { byteText, countText, milliseconds, nodeText, table } from '../output.ts';
import type { DeviceOptions } from '../place.ts';
import {
  addAdapterOption,
  addStorageOptions,
  addSourceOptions,
  addTuneOption,
  loadModel,
  openModelSession,
  type SourceOptions,
} from '../session.ts';
import { reasonOf } from '../tensor-files.ts';

interface ProfileOptions
  extends SourceOptions, FeedOptions, Pick<DeviceOptions, 'adapter' | 'tune' | 'precision' | 'weightStorage'> {
  readonly runs: number;
  readonly output?: string;
  readonly wall?: boolean;
}

/** Adds the command. */
export function addProfile(program: Command, runner: Runner): void {
  const command = program
    .command('profile')
    .description('time every step of a model on the GPU, against the peaks of the adapter')
    .argument('<model>', 'catalogue name, path or URL; of several files the main one')
    .option('--runs <n>', 'how often to time everything', parseCount, 10)
    .option('--output <file>', 'write a Chrome trace (chrome://tracing, ui.perfetto.dev)')
    .option('--wall', "time steps by the host's clock although the adapter has timestamps");
  addTuneOption(addStorageOptions(addFeedOptions(addSourceOptions(addAdapterOption(command))))).action(
    runner.wrap(profile),
  );
}

async function profile([name = '']: readonly string[], options: ProfileOptions, context: Context): Promise<number> {
  const model = await loadModel(name, options, context);
  const feeds = await feedsOf(model, options);
  const device = { ...options, backend: 'webgpu' as const };
  const { runner: session, place } = await openModelSession(model, device, shapesOf(feeds), context);
  const { adapter, adapterSource } = place;
  context.progress.report({ stage: 'profile', done: 0, total: undefined });
  const { runs, wall = false, output: trace } = options;
  const report = await session.profile(feeds, { runs, wall });
  context.progress.stop();
  if (trace !== undefined) writeTrace(trace, report);
  const { timeline: _, ...printed } = report;
  const tuning = session.report.tuning;
  context.output.result({ ...printed, model: name, adapter, adapterSource, tuning }, () =>
    [
      stepTable(report),
      kernelTable(report),
      summary(report, `${adapter ?? ''} (${adapterSource ?? ''})`),
      ...(tuning?.note === undefined ? [] : [tuning.note]),
      ...(trace === undefined ? [] : [`trace written to ${trace}`]),
    ].join('\n'),
  );
  return 0;
}

function writeTrace(file: string, report: ProfileReport): void {
  try {
    writeFileSync(file, JSON.stringify(chromeTrace(report)));
  } catch (cause) {
    throw new LoadError(`the trace cannot be written: ${reasonOf(cause)}`, { file, cause });
  }
}

const FIGURES = ['ms', '%', 'multiply-adds', 'bytes', 'GFLOP/s', 'GB/s', '% of it'] as const;

/** A line a node, and below it one a dispatch where there are several. */
function stepTable({ nodes, steps }: ProfileReport): string {
  const rows = nodes.flatMap((node) => {
    const shapes = `${shapeOf(node.inputs[0] ?? null)} → ${node.outputs.map(shapeOf).join(', ')}`;
    const several = node.dispatches > 1;
    const parts = steps.slice(node.step, node.step + (several ? node.dispatches : 0));
    return [
      [String(node.step), nodeText(node.node), `${node.op}/${node.variant}`, shapes, ...figures(node)],
      ...parts.map((part) => ['', `  ${part.dispatch + 1} of ${part.dispatches}`, '', '', ...figures(part)]),
    ];
  });
  const head = ['step', 'node', 'kernel', 'input → output', ...FIGURES.slice(0, -1), 'bound', '% of it'];
  return table(head, rows, ['step', ...FIGURES]);
}

function figures(row: ProfileNode | ProfileStep): string[] {
  return [
    row.ms.toFixed(3),
    row.share.toFixed(1),
    row.multiplyAdds === null ? '' : countText(row.multiplyAdds),
    byteText(row.bytes),
    row.gflops === null ? '' : row.gflops.toFixed(1),
    row.gbps.toFixed(2),
    row.bound,
    row.percentOfRoofline.toFixed(0),
  ];
}

function shapeOf(shape: Shape | null): string {
  return shape === null ? '' : shape.join('×') || 'scalar';
}

/** What each kind of kernel takes together, most first. */
function kernelTable({ nodes, totals }: ProfileReport): string {
  const kinds = new Map<string, ProfileNode[]>();
  for (const node of nodes) {
    const kind = `${node.op}/${node.variant}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), node]);
  }
  const rows = [...kinds]
    .map(([kind, own]) => ({ kind, own, ms: sum(own, ({ ms }) => ms) }))
    .sort((a, b) => b.ms - a.ms)
    .map(({ kind, own, ms }) => {
      const rate = (amount: number): number => (ms > 0 ? amount / ms / 1e6 : 0);
      return [
        kind,
        String(own.length),
        ms.toFixed(3),
        ((100 * ms) / (totals.stepsMs || 1)).toFixed(1),
        rate(2 * sum(own, ({ multiplyAdds }) => multiplyAdds ?? 0)).toFixed(1),
        rate(sum(own, ({ bytes }) => bytes)).toFixed(2),
        ((100 * sum(own, ({ rooflineMs }) => rooflineMs)) / (ms || 1)).toFixed(0),
      ];
    });
  const right = ['nodes', 'ms', '%', 'GFLOP/s', 'GB/s', '% of roofline'];
  return table(['kernel', ...right], rows, right);
}

function sum(nodes: readonly ProfileNode[], what: (node: ProfileNode) => number): number {
  return nodes.reduce((total, node) => total + what(node), 0);
}

function summary({ totals, peaks, timing, resolutionNs, runs, prepare }: ProfileReport, where: string): string {
  const clock =
    timing === 'timestamp'
      ? `GPU timestamps${resolutionNs > 1 ? ` in steps of ${(resolutionNs / 1000).toFixed(1)} µs` : ''}`
      : "the host's clock, each step submitted alone";
  const dropped = totals.dropped > 0 ? `; ${totals.dropped} impossible timestamps were dropped` : '';
  const outside = totals.outsideMs;
  return [
    `${where}; means of ${runs} runs by ${clock}${dropped}`,
    `peaks: ${peaks.gflops.toFixed(1)} GFLOP/s, ${peaks.gbps.toFixed(2)} GB/s, ${peaks.dispatchUs.toFixed(1)} µs a dispatch, ${peaks.roundTripUs.toFixed(0)} µs a round trip`,
    `${totals.steps} steps: ${milliseconds(totals.stepsMs)}, ${totals.gflops.toFixed(1)} GFLOP/s, ${totals.gbps.toFixed(2)} GB/s, ${totals.percentOfRoofline.toFixed(0)} % of the roofline (${milliseconds(totals.rooflineMs)})`,
    `all in one pass: ${milliseconds(totals.passMs)} (least ${milliseconds(totals.passMinMs)}); a whole run: ${milliseconds(totals.runMs)} (least ${milliseconds(totals.runMinMs)}), ${outside < 0 ? `${milliseconds(-outside)} less than the steps` : `${milliseconds(outside)} more than the steps`}`,
    ...(prepare.length > 0
      ? [
          `preparing weights, when the model is loaded: ${prepare.length} ${prepare.length === 1 ? 'dispatch' : 'dispatches'}, ${milliseconds(totals.prepareMs)}`,
        ]
      : []),
  ].join('\n');
}
