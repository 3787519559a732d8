/** `npm run bench`: whole networks on WebGPU against the CPU reference. */
import { Option } from 'commander';
import { parseCount } from '../../src/cli/arguments.ts';
import { table, type Streams } from '../../src/cli/output.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { environment } from '../lib/environment.ts';
import {
  benchCommand,
  disableShaderCache,
  listOf,
  parseCounts,
  parsePositive,
  runBench,
  type BenchOptions,
  type Steps,
} from '../lib/program.ts';
import { writeReport, type Report } from '../lib/report.ts';
import { measure, type References, type Row } from './measure.ts';
import { NETWORK_NAMES, type NetworkName } from './networks.ts';
import { isQuantisedMeasured, measureQuantised, type QuantisedRow } from './quantised.ts';
import { quantisedChart, quantisedComplaints, quantisedSections, quantisedTable } from './quantised-tables.ts';
import { complaints, isMeasured, sections, timeChart, timeTable, type TableText } from './tables.ts';

interface ModelBenchOptions extends BenchOptions {
  readonly models?: readonly NetworkName[];
  readonly batch?: readonly number[];
  readonly runs?: number;
  readonly seconds?: number;
  readonly cpu?: CpuChoice;
  readonly quick?: boolean;
  readonly quantized?: boolean;
}

const CPU_CHOICES = ['none', 'batch1', 'all'] as const;
type CpuChoice = (typeof CPU_CHOICES)[number];

/** What is measured where the command line does not say. */
const FULL = { batch: [1, 8], runs: 30, seconds: 20, cpu: 'batch1' } as const;
const QUICK = { batch: [1], runs: 5, seconds: 3, cpu: 'none' } as const;
/** With `--quantized`. */
const QUANTISED = { models: ['mobilenet-v2', 'mobilenet-v1', 'resnet-18'], batch: [1], runs: 30, seconds: 20 } as const;

/** Runs the benchmark and resolves with the exit code: 1 when a row failed or an output disagrees. Never rejects. */
export function runModelBench(argv: readonly string[], streams: Streams): Promise<number> {
  const command = benchCommand('bench', 'Times whole networks on WebGPU against the CPU reference.')
    .option('--models <names>', `with commas between: ${NETWORK_NAMES.join(', ')}; default: all`, listOf(NETWORK_NAMES))
    .option('--batch <sizes>', 'batch sizes with commas between; default: 1,8', parseCounts)
    .option('--runs <n>', 'timed runs a row; default: 30', parseCount)
    .option(
      '--seconds <n>',
      'no further run of a row begins after this long, once there are three; default: 20',
      parsePositive,
    )
    .addOption(new Option('--cpu <when>', 'where the CPU reference runs too; default: batch1').choices(CPU_CHOICES))
    .option('--quantized', 'networks on 8-bit integers beside their float twins; default: three networks, batch 1')
    .option('--quick', 'batch 1, five runs, three seconds, no CPU reference, unless said otherwise');
  return runBench<ModelBenchOptions>(command, argv, streams, (options, steps) =>
    (options.quantized ? benchQuantised : bench)(options, steps, streams),
  );
}

async function benchQuantised(options: ModelBenchOptions, steps: Steps, streams: Streams): Promise<number> {
  const { adapter, shaderCache, ...chosen } = { ...QUANTISED, ...(options.quick ? QUICK : {}), ...options };
  if (shaderCache === 'off') disableShaderCache();
  const env = environment(await openGpu({ adapter }));
  const pairs = chosen.models.flatMap((model) => chosen.batch.map((batch) => ({ model, batch })));
  const rows: QuantisedRow[] = [];
  for (const { model, batch } of pairs) {
    steps.begin(`${model}, batch ${batch}`, rows.length, pairs.length);
    const { runs, seconds } = chosen;
    const row = await measureQuantised({ model, batch, runs, seconds, adapter });
    if (isQuantisedMeasured(row))
      steps.note(`${model} ×${batch}: int8 at ${row.timeRatio.toPrecision(3)} of float's time`);
    rows.push(row);
  }
  steps.stop();
  const data = { environment: env, options: { runs: chosen.runs, seconds: chosen.seconds, shaderCache }, rows };
  const report = {
    name: 'quantised',
    title: 'tilewise: integers beside real numbers',
    environment: env,
    sections: quantisedSections(rows),
    chart: quantisedChart(rows, env.adapter?.name ?? ''),
    data,
  };
  return tell(report, quantisedTable(rows), quantisedComplaints(rows), options, streams);
}

async function bench(options: ModelBenchOptions, steps: Steps, streams: Streams): Promise<number> {
  const chosen = { ...(options.quick ? QUICK : FULL), ...options };
  if (chosen.shaderCache === 'off') disableShaderCache();
  const env = environment(await openGpu({ adapter: options.adapter }));
  const models = options.models ?? NETWORK_NAMES;
  const pairs = models.flatMap((model) => chosen.batch.map((batch) => ({ model, batch })));
  const rows: Row[] = [];
  const references: References = new Map();
  for (const { model, batch } of pairs) {
    steps.begin(`${model}, batch ${batch}`, rows.length, pairs.length);
    const { runs, seconds, adapter } = { adapter: undefined, ...chosen };
    const task = { model, batch, runs, seconds, cpu: withCpu(chosen.cpu, batch), adapter };
    const row = await measure(task, references);
    steps.note(noteOf(row));
    rows.push(row);
  }
  steps.stop();
  const { shaderCache, cpu } = chosen;
  const data = { environment: env, options: { runs: chosen.runs, seconds: chosen.seconds, cpu, shaderCache }, rows };
  const report = {
    name: 'models',
    title: 'tilewise: whole networks',
    environment: env,
    sections: sections(rows, { cpuSkipped: skippedNote(cpu, pairs), shaderCache }),
    chart: timeChart(rows, env.adapter?.name ?? ''),
    data,
  };
  return tell(report, timeTable(rows), complaints(rows), options, streams);
}

/** Writes the report, and prints its table and what is wrong; gives the exit code. */
function tell(
  report: Report,
  { head, rows, right }: TableText,
  wrong: readonly string[],
  { json, outputDir }: ModelBenchOptions,
  { stdout, stderr }: Streams,
): number {
  const paths = writeReport(report, outputDir);
  const adapter = report.environment.adapter?.name ?? '';
  stdout.write(`${json ? JSON.stringify(report.data) : `${adapter}\n${table(head, rows, right)}`}\n`);
  stderr.write(`${[...wrong.map((line) => `error: ${line}`), `written: ${paths.join(', ')}`].join('\n')}\n`);
  return wrong.length > 0 ? 1 : 0;
}

const withCpu = (choice: CpuChoice, batch: number): boolean => choice === 'all' || (choice === 'batch1' && batch === 1);

function skippedNote(choice: CpuChoice, pairs: readonly { readonly batch: number }[]): string | undefined {
  const skipped = [...new Set(pairs.map(({ batch }) => batch))].filter((batch) => !withCpu(choice, batch));
  if (skipped.length === 0) return undefined;
  return `The CPU reference did not run at batch ${skipped.join(' and ')} (\`--cpu ${choice}\`): it takes minutes on the large networks. \`--cpu all\` runs it everywhere.`;
}

function noteOf(row: Row): string {
  const name = `${row.model} ×${row.batch}`;
  if (!isMeasured(row)) return `${name}: ${row.error.message}`;
  const { runMs, cpu, cold } = row;
  const times = `${runMs.median.toFixed(1)} ms (spread ${runMs.spread.toFixed(1)}, ${runMs.runs} runs), cold ${cold.totalMs.toFixed(0)} ms`;
  return `${name}: ${times}${cpu ? `, CPU ${cpu.runMs.median.toFixed(0)} ms` : ''}`;
}
