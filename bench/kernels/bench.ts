/** `npm run bench:kernels`: every convolution and product of the benchmark's networks × every way to run it. */
import { Option } from 'commander';
import { parseCount } from '../../src/cli/arguments.ts';
import { table, type Streams } from '../../src/cli/output.ts';
import type { AdapterPeaks } from '../../src/measure/adapter-peaks.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { GpuClock } from '../../src/measure/clock.ts';
import { profileOf, requestDevice } from '../../src/runtime/webgpu/device.ts';
import { measurePeaks } from '../../src/measure/peaks.ts';
import type { Tunable } from '../../src/plan/tunables.ts';
import { environment } from '../lib/environment.ts';
import { benchCommand, listOf, parsePositive, runBench, type BenchOptions, type Steps } from '../lib/program.ts';
import { writeReport } from '../lib/report.ts';
import { NETWORK_NAMES, type NetworkName } from '../models/networks.ts';
import { explicitIm2col } from './explicit-im2col.ts';
import { benchOperators } from './operators/bench.ts';
import { OPERATOR_NAMES, type OperatorName } from './operators/index.ts';
import { measureLayer, type LayerRow } from './measure.ts';
import { layersOf } from './networks.ts';
import { layerChart, layerTable, networkTable, sections, verdict } from './tables.ts';

interface KernelBenchOptions extends BenchOptions {
  readonly operators?: readonly OperatorName[];
  readonly models: readonly NetworkName[];
  readonly layers?: number;
  readonly batch: number;
  readonly budget: number;
  readonly precision: 'float32' | 'float16';
}

/** A distinct layer, and how often each network has it. */
interface Layer {
  readonly tunable: Tunable;
  readonly models: Partial<Record<NetworkName, number>>;
}

/** Runs the benchmark and resolves with the exit code: 1 when nothing could be measured. Never rejects. */
export function runKernelBench(argv: readonly string[], streams: Streams): Promise<number> {
  const command = benchCommand('bench:kernels', 'Times every way to run every convolution and product of the networks.')
    .option(
      '--models <names>',
      `with commas between: ${NETWORK_NAMES.join(', ')}; default: all`,
      listOf(NETWORK_NAMES),
      NETWORK_NAMES,
    )
    .option(
      '--operators <names>',
      `instead: operators against other ways to have their answer, of ${OPERATOR_NAMES.join(', ')}`,
      listOf(OPERATOR_NAMES),
    )
    .option('--layers <n>', 'only the n layers of each network with most work', parseCount)
    .option('--batch <n>', 'batch size; default: 1', parseCount, 1)
    .option('--budget <seconds>', 'no further layer begins after this long; default: 600', parsePositive, 600)
    .addOption(
      new Option('--precision <type>', 'how activations and weights are stored; default: float32')
        .choices(['float32', 'float16'] as const)
        .default('float32' as const),
    );
  return runBench<KernelBenchOptions>(command, argv, streams, (options, steps) =>
    options.operators ? benchOperators(options.operators, options, steps, streams) : bench(options, steps, streams),
  );
}

async function bench(options: KernelBenchOptions, steps: Steps, { stdout, stderr }: Streams): Promise<number> {
  const gpu = await openGpu({ adapter: options.adapter });
  const device = await requestDevice(gpu.adapter);
  const env = environment(gpu);
  const end = performance.now() + options.budget * 1000;
  try {
    const peaks = await measurePeaks(device);
    const { rows, left } = await measureAll(device, peaks, options, steps, end);
    steps.stop();
    const adapterName = env.adapter?.name ?? '';
    const note = left > 0 ? `${left} layers were left out: the budget of ${options.budget} s was used up.` : undefined;
    const data = {
      environment: env,
      peaks,
      options: { batch: options.batch, precision: options.precision, budget: options.budget },
      left,
      rows,
    };
    const paths = writeReport(
      {
        name: 'kernels',
        title: 'tilewise: convolutions and products',
        environment: env,
        sections: sections(rows, peakText(peaks), note),
        chart: layerChart(rows, adapterName),
        data,
      },
      options.outputDir,
    );
    stdout.write(`${options.json ? JSON.stringify(data) : textOf(rows, `${adapterName}\n${peakText(peaks)}`, note)}\n`);
    stderr.write(`written: ${paths.join(', ')}\n`);
    return rows.some(({ winner }) => winner !== undefined) ? 0 : 1;
  } finally {
    device.destroy();
  }
}

async function measureAll(
  device: GPUDevice,
  peaks: AdapterPeaks,
  options: KernelBenchOptions,
  steps: Steps,
  end: number,
): Promise<{ rows: readonly LayerRow[]; left: number }> {
  const rows = new Map<string, LayerRow>();
  const clock = new GpuClock(device);
  let left = 0;
  for (const [done, model] of options.models.entries()) {
    // One network at a time: the weights of all of them would fill the memory.
    steps.begin(model, done, options.models.length);
    for (const { tunable, models } of await distinct(model, device, options)) {
      const known = rows.get(tunable.signature);
      if (known) {
        rows.set(tunable.signature, { ...known, models: { ...known.models, ...models } });
        continue;
      }
      if (performance.now() > end) {
        left++;
        continue;
      }
      const row = await measureLayer(device, clock, peaks, tunable, models);
      rows.set(tunable.signature, row);
      steps.note(noteOf(row));
    }
  }
  clock.destroy();
  return { rows: [...rows.values()], left };
}

async function distinct(
  model: NetworkName,
  device: GPUDevice,
  { batch, layers, precision }: KernelBenchOptions,
): Promise<Layer[]> {
  const all = await layersOf(model, batch, profileOf(device), {
    float16: precision === 'float16',
    extra: explicitIm2col,
  });
  const most = [...all].sort((a, b) => b.nodes * b.multiplyAdds - a.nodes * a.multiplyAdds).slice(0, layers);
  return all.filter((t) => most.includes(t)).map((tunable) => ({ tunable, models: { [model]: tunable.nodes } }));
}

function peakText({ gflops, gbps, dispatchUs, timing }: AdapterPeaks): string {
  const clock = timing === 'timestamp' ? "the GPU's timestamps" : "the host's clock";
  return `Peaks: ${gflops.toFixed(1)} GFLOP/s, ${gbps.toFixed(2)} GB/s, ${dispatchUs.toFixed(1)} µs a dispatch; times by ${clock}.`;
}

function textOf(rows: readonly LayerRow[], head: string, note: string | undefined): string {
  const tables = [layerTable(rows), networkTable(rows)].map(({ head, rows, right }) => table(head, rows, right));
  return [head, ...tables, verdict(rows), ...(note === undefined ? [] : [note])].join('\n');
}

function noteOf(row: LayerRow): string {
  const times = row.candidates.map(({ variant, ms, gflops, problem }) =>
    ms === undefined
      ? `${variant}: ${problem?.split('\n')[0] ?? ''}`
      : `${variant} ${ms.toFixed(3)} ms (${gflops?.toFixed(1) ?? ''})`,
  );
  return `${row.node} ${row.title} ${row.outputs[0]?.join('×') ?? ''}: ${times.join(', ')}`;
}
