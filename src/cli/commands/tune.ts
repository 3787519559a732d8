/** `tilewise tune`: times the ways to run each node of a model on this adapter, and remembers the winners. */
import { InvalidArgumentError, type Command } from 'commander';
import { compileGraph } from '../../session/compile-graph.ts';
import { openGpu } from '../../node/adapter.ts';
import { fileTuningCache } from '../../node/tuning-cache.ts';
import { WIDE } from '../../plan/arrangement/storages.ts';
import { planGraph } from '../../plan/plan-graph.ts';
import { profileOf, requestDevice } from '../../runtime/webgpu/device.ts';
import { tuneGraph } from '../../measure/tune-graph.ts';
import { TUNE_BUDGET_MS, type TunedNode, type TuneResult } from '../../measure/tuner.ts';
import { TuningStore } from '../../measure/tuning-store.ts';
import type { Context, Runner } from '../context.ts';
import { addFeedOptions, feedsOf, shapesOf, type FeedOptions } from '../feeds.ts';
import { onModel } from '../locate.ts';
import { milliseconds, nodeText, table } from '../output.ts';
import type { DeviceOptions } from '../place.ts';
import { addAdapterOption, addStorageOptions, addSourceOptions, loadModel, type SourceOptions } from '../session.ts';
import { comparePlans, COMPARED_RUNS, type PlanComparison } from '../two-plans.ts';

interface TuneOptions
  extends SourceOptions, FeedOptions, Pick<DeviceOptions, 'adapter' | 'precision' | 'weightStorage'> {
  readonly budget: number;
  readonly again?: boolean;
}

/** Adds the command. */
export function addTune(program: Command, runner: Runner): void {
  const command = program
    .command('tune')
    .description('time every way to run each node of a model on this adapter, and remember the winners')
    .argument('<model>', 'catalogue name, path or URL; of several files the main one')
    .option('--budget <seconds>', 'measure no further node after this long', parseSeconds, TUNE_BUDGET_MS / 1000)
    .option('--again', 'measure what is known already, too');
  addStorageOptions(addFeedOptions(addSourceOptions(addAdapterOption(command)))).action(runner.wrap(tune));
}

function parseSeconds(text: string): number {
  const seconds = text.trim() === '' ? NaN : Number(text);
  if (!(seconds >= 0) || !Number.isFinite(seconds)) throw new InvalidArgumentError('It must be a number of seconds.');
  return seconds;
}

async function tune([name = '']: readonly string[], options: TuneOptions, context: Context): Promise<number> {
  const model = await loadModel(name, options, context);
  const feeds = await feedsOf(model, options);
  const found = await openGpu({ adapter: options.adapter });
  const device = await requestDevice(found.adapter);
  context.defer(() => device.destroy());
  const profile = profileOf(device);
  const compiling = {
    inputShapes: shapesOf(feeds),
    level: 'full',
    device: profile,
    weightStorage: options.weightStorage,
  } as const;
  const graph = await onModel(name, () => compileGraph(model.graph, compiling));
  const store = await TuningStore.open(device, fileTuningCache());
  const planOptions = { float16: options.precision === 'float16' };
  if (planOptions.float16) await WIDE.load();
  const result = await onModel(name, () =>
    tuneGraph({ device, store }, graph, planOptions, {
      again: options.again,
      budgetMs: options.budget * 1000,
      onProgress: (done, total) => context.progress.report({ stage: 'tune', done, total }),
    }),
  );
  context.progress.report({ stage: 'compare', done: 0, total: undefined });
  const plain = planGraph(graph, profile, planOptions);
  const tuned = planGraph(graph, profile, { ...planOptions, tuned: store.winners });
  const total = await comparePlans(device, [plain, tuned], new Map(Object.entries(feeds)));
  context.progress.stop();
  const { note } = store;
  const { description } = found;
  const facts = { adapter: description.name, adapterSource: description.source, note: note ?? null, total };
  const { known, left, ms } = result;
  context.output.result({ model: name, ...facts, known, left, ms, nodes: result.nodes.map(nodeFacts) }, () =>
    [
      ...(result.nodes.length > 0 ? [nodeTable(result.nodes)] : []),
      `${description.name} (${description.source}): ${countsText(result)}`,
      totalText(total),
      ...(note === undefined ? [] : [note]),
    ].join('\n'),
  );
  return 0;
}

function totalText({ verdict, beforeMs, afterMs, gain }: PlanComparison): string {
  if (verdict === 'same') return 'a session takes the same kernels as with the built-in table: nothing to gain';
  const times = `one run: ${milliseconds(beforeMs ?? NaN)} with the built-in table, ${milliseconds(afterMs ?? NaN)} tuned`;
  if (gain === null) return `${times}: no difference beyond the noise of ${COMPARED_RUNS} runs`;
  return `${times} (${gain.toFixed(2)}×${verdict === 'slower' ? ', slower' : ''})`;
}

function nodeFacts({ tunable, trials, chosen, winner, gain }: TunedNode): object {
  const { node, nodes, op, inputs, outputs, attributes, multiplyAdds, bytes, signature } = tunable;
  return {
    node,
    nodes,
    op,
    inputs: inputs.map((shape) => shape ?? null),
    outputs,
    attributes,
    multiplyAdds,
    bytes,
    signature,
    candidates: trials.map(({ variant, dispatches, ms, medianMs, problem }) => ({
      variant,
      dispatches,
      ms: ms ?? null,
      medianMs: medianMs ?? null,
      problem: problem ?? null,
    })),
    chosen: chosen?.variant ?? null,
    winner: winner?.variant ?? null,
    gain,
  };
}

function nodeTable(nodes: readonly TunedNode[]): string {
  const rows = nodes.map(({ tunable, trials, winner, chosen, gain }) => {
    const { node, nodes, op, inputs, outputs } = tunable;
    const shapes = `${inputs[0]?.join('×') ?? ''} → ${outputs.map((shape) => shape.join('×')).join(', ')}`;
    const candidates = trials.map(
      ({ variant, ms, problem }) => `${variant} ${ms?.toFixed(3) ?? `(${firstLine(problem)})`}`,
    );
    return [
      nodes > 1 ? `${nodeText(node)} and ${nodes - 1} more` : nodeText(node),
      op,
      shapes,
      candidates,
      winner?.variant ?? 'none',
      winner === chosen ? '' : `${gain.toFixed(2)}×`,
    ];
  });
  return table(['node', 'operator', 'input → output', 'candidates, ms', 'winner', 'gain'], rows, ['gain']);
}

function firstLine(text = ''): string {
  return text.split('\n')[0] ?? '';
}

function countsText({ nodes, known, left, ms }: TuneResult): string {
  const gains = nodes.filter(({ winner, chosen }) => winner !== chosen).length;
  return [
    `${nodes.length} kinds of node measured in ${milliseconds(ms)}, ${gains} with another kernel than the built-in table's`,
    ...(known > 0 ? [`${known} were known`] : []),
    ...(left > 0 ? [`${left} left out for the budget`] : []),
  ].join('; ');
}
