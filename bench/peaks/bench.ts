/** `npm run bench:peaks`: arithmetic, bandwidth, dispatch overhead and round trip of the adapter, as profiles use them. */
import { table, type Streams } from '../../src/cli/output.ts';
import type { AdapterPeaks } from '../../src/measure/adapter-peaks.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { measurePeaks } from '../../src/measure/peaks.ts';
import { environment, environmentRows } from '../lib/environment.ts';
import { benchCommand, parsePositive, runBench, type BenchOptions } from '../lib/program.ts';
import { markdownTable, writeReport } from '../lib/report.ts';

interface PeakBenchOptions extends BenchOptions {
  readonly seconds: number;
}

/** Runs the benchmark and resolves with the exit code. Never rejects. */
export function runPeakBench(argv: readonly string[], streams: Streams): Promise<number> {
  const command = benchCommand('bench:peaks', 'Measures what the adapter does at best.').option(
    '--seconds <n>',
    'how long to measure; default: 2',
    parsePositive,
    2,
  );
  return runBench<PeakBenchOptions>(command, argv, streams, async ({ adapter, seconds, json, outputDir }) => {
    const gpu = await openGpu({ adapter });
    const device = await requestDevice(gpu.adapter);
    const env = environment(gpu);
    const peaks = await measurePeaks(device, { budgetMs: seconds * 1000 }).finally(() => device.destroy());
    const rows = peakRows(peaks);
    const paths = writeReport(
      {
        name: 'peaks',
        title: 'tilewise: peaks of the adapter',
        environment: env,
        sections: [{ heading: 'Peaks', body: markdownTable(['what', 'kernel', 'rate'], rows, ['rate']) }],
        chart: {
          title: `Peaks of ${env.adapter?.name ?? ''}`,
          series: ['rate'],
          unit: 'GFLOP/s or GB/s',
          groups: [...peaks.arithmetic, ...peaks.bandwidth].map(({ kernel, rate }) => ({
            label: kernel,
            values: [rate],
          })),
        },
        data: { environment: env, peaks },
      },
      outputDir,
    );
    const head = environmentRows(env).find(([what]) => what === 'adapter')?.[1] ?? '';
    const text = json
      ? JSON.stringify({ environment: env, peaks })
      : `${head}\n${table(['what', 'kernel', 'rate'], rows, ['rate'])}`;
    streams.stdout.write(`${text}\n`);
    streams.stderr.write(`written: ${paths.join(', ')}\n`);
    return 0;
  });
}

function peakRows({ arithmetic, bandwidth, dispatchUs, roundTripUs, timing }: AdapterPeaks): string[][] {
  return [
    ...arithmetic.map(({ kernel, rate }) => ['arithmetic', kernel, `${rate.toFixed(1)} GFLOP/s`]),
    ...bandwidth.map(({ kernel, rate }) => ['bandwidth', kernel, `${rate.toFixed(2)} GB/s`]),
    ['overhead', 'one more dispatch in a pass', `${dispatchUs.toFixed(2)} µs`],
    ['overhead', 'submit, wait and map', `${roundTripUs.toFixed(1)} µs`],
    ['clock', timing === 'timestamp' ? "the GPU's timestamps" : "the host's clock", ''],
  ];
}
