/** `npm run bench:peers`: tilewise beside the other web runtimes. */
import { availableParallelism } from 'node:os';
import { parseCount } from '../../src/cli/arguments.ts';
import { milliseconds, table, type Streams } from '../../src/cli/output.ts';
import { openGpu, type OpenedGpu } from '../../src/node/adapter.ts';
import { environment, type AdapterFacts } from '../lib/environment.ts';
import {
  benchCommand,
  disableShaderCache,
  listOf,
  parsePositive,
  runBench,
  type BenchOptions,
  type Steps,
} from '../lib/program.ts';
import { writeReport } from '../lib/report.ts';
import { ENGINE_NAMES, ENGINES, type EngineName, type Where } from './engines.ts';
import { measureModel } from './measure.ts';
import { DEFAULT_MODELS, MODEL_NAMES, peerModel, timeShares, type ModelName } from './models.ts';
import type { PeerRow } from './rows.ts';
import type { Venue } from './seat.ts';
import { complaints, PLACE, sections, timeChart, timeTable } from './tables.ts';

interface PeerBenchOptions extends BenchOptions {
  readonly node?: boolean;
  readonly browser?: boolean;
  readonly models?: readonly ModelName[];
  readonly engines?: readonly EngineName[];
  readonly runs?: number;
  readonly threads?: number;
  readonly minutes?: number;
  readonly quantized?: boolean;
}

const list = (names: readonly string[]): string => names.join(',');

/** With `--quantized`: TensorFlow.js computes on no integers. */
const QUANTISED = {
  models: ['mobilenet-v2'],
  engines: ENGINE_NAMES.filter((name) => !name.startsWith('tfjs')),
} as const satisfies Partial<PeerBenchOptions>;

const DEFAULTS = { models: DEFAULT_MODELS, engines: ENGINE_NAMES, runs: 25, minutes: 9 } as const;

/**
 * Runs the benchmark and resolves with the exit code: 1 when tilewise itself fails or disagrees; what befalls a peer is
 * in its row. Never rejects.
 */
export function runPeerBench(argv: readonly string[], streams: Streams): Promise<number> {
  const command = benchCommand('bench:peers', 'Times tilewise beside onnxruntime-web, TensorFlow.js and LiteRT.js.')
    .option('--node', 'in Node.js, on Dawn; without --node and --browser: both')
    .option('--browser', 'in Chromium')
    .option('--models <names>', `of ${list(MODEL_NAMES)}; default: ${list(DEFAULT_MODELS)}`, listOf(MODEL_NAMES))
    .option('--engines <names>', `of ${list(ENGINE_NAMES)}; default: all`, listOf(ENGINE_NAMES))
    .option(
      '--runs <n>',
      `most timed runs of an engine; slow ones run three times; default: ${DEFAULTS.runs}`,
      parseCount,
    )
    .option(
      '--threads <n>',
      'threads of the WASM engines; default: the processors of this machine, at most 4',
      parseCount,
    )
    .option(
      '--minutes <n>',
      `about how long one place may take: fewer runs, then slow peers left out to keep it; default: ${DEFAULTS.minutes}`,
      parsePositive,
    )
    .option('--quantized', 'networks on 8-bit integers, on the engines that have them; default: mobilenet-v2');
  return runBench<PeerBenchOptions>(command, argv, streams, (options, steps) => bench(options, steps, streams));
}

async function bench(options: PeerBenchOptions, steps: Steps, { stdout, stderr }: Streams): Promise<number> {
  if (options.shaderCache === 'off') disableShaderCache();
  if (options.adapter !== undefined) process.env['TILEWISE_ADAPTER'] = options.adapter;
  const rows: PeerRow[] = [];
  const facts: string[] = [];
  let gpu: OpenedGpu | undefined;
  for (const where of placesOf(options)) {
    const venue = await VENUES[where]();
    try {
      if (where === 'node') gpu = await openGpu();
      rows.push(...(await measurePlace(venue, where, options, steps)));
      facts.push(...(await venue.facts()));
    } finally {
      await venue.close();
    }
  }
  steps.stop();
  const env = gpu ? environment(gpu) : { ...environment(), adapter: adapterIn(rows, facts) };
  const report = {
    name: options.quantized ? 'quantised-peers' : 'peers',
    title: `tilewise beside other web runtimes${options.quantized ? ', on integers' : ''}`,
    environment: env,
    sections: sections(rows, facts, options.quantized),
    chart: timeChart(rows),
    data: { environment: env, facts, rows },
  };
  const paths = writeReport(report, options.outputDir);
  const { head, rows: cells, right } = timeTable(rows);
  stdout.write(`${options.json ? JSON.stringify(rows) : table(head, cells, right)}\n`);
  const wrong = complaints(rows);
  stderr.write(`${[...wrong.map((line) => `no time: ${line}`), `written: ${paths.join(', ')}`].join('\n')}\n`);
  return rows.some((row) => row.engine.startsWith('tilewise') && !row.agrees) ? 1 : 0;
}

/** The adapter that the rows of a run in Chromium alone name. */
function adapterIn(rows: readonly PeerRow[], facts: readonly string[]): AdapterFacts | undefined {
  const name = rows.find((row) => ENGINES[row.engine].backend === 'webgpu' && row.adapter !== null)?.adapter;
  const unknown = { vendor: '', architecture: '', device: '', features: [] };
  return name ? { name, kind: PLACE.chromium, source: facts.join(', '), ...unknown } : undefined;
}

function placesOf({ node, browser }: PeerBenchOptions): readonly Where[] {
  if (node === browser) return ['node', 'chromium'];
  return node ? ['node'] : ['chromium'];
}

/** Imported when needed: either brings a good part of its world along. */
const VENUES: { readonly [W in Where]: () => Promise<Venue> } = {
  node: async () => (await import('./node-seat.ts')).nodeVenue(),
  chromium: async () => (await import('./chromium-seat.ts')).chromiumVenue(),
};

async function measurePlace(
  venue: Venue,
  where: Where,
  options: PeerBenchOptions,
  steps: Steps,
): Promise<readonly PeerRow[]> {
  const { models, engines, runs, minutes } = { ...DEFAULTS, ...(options.quantized ? QUANTISED : {}), ...options };
  const threads = options.threads ?? Math.min(4, availableParallelism());
  const begin = performance.now();
  const shares = timeShares(models);
  const rows: PeerRow[] = [];
  for (const [i, name] of models.entries()) {
    const before = shares.slice(0, i).reduce((sum, share) => sum + share, 0);
    const own = shares[i] ?? 0;
    const elapsed = (): number => (performance.now() - begin) / (minutes * 60_000);
    let step = i * engines.length;
    const measured = await measureModel(venue, await peerModel(name, options.quantized), {
      where,
      engines,
      runs,
      threads,
      // The last third of a model's share of the time is left for what has to be done in any case.
      hasTime: () => elapsed() < before + (own * 2) / 3,
      mayStart: () => elapsed() < before + own,
      progress: (engine) => {
        steps.begin(`${PLACE[where]}, ${name}, ${engine}`, step, models.length * engines.length);
        step = Math.min(step + 1, (i + 1) * engines.length - 1);
      },
    });
    for (const row of measured) steps.note(noteOf(row));
    rows.push(...measured);
  }
  return rows;
}

function noteOf({ model, where, engine, runMs, spreadMs, runs, coldMs, error }: PeerRow): string {
  const name = `${PLACE[where]}, ${model}, ${engine}`;
  if (runMs === null) return `${name}: ${error ?? 'not measured'}`;
  const run = `${milliseconds(runMs)} (spread ${milliseconds(spreadMs ?? 0)}, ${runs} runs)`;
  return `${name}: ${run}, cold ${milliseconds(coldMs ?? 0)}`;
}
