/** "Benchmark": whole networks on the visitor's GPU, and the result to pass on. */
import type { VNode } from 'preact';
import { benchPicture, startBench, stopBench } from '../actions/measure.ts';
import { count, plural, rate, time } from '../format.ts';
import { saveFile } from '../save-file.ts';
import { store, type BenchState } from '../state.ts';
import { useStore } from '../store.ts';
import type { BenchFailure, BenchReport, BenchRow } from '../worker/protocol.ts';
import { Problem } from './problem.tsx';
import { ProgressBar } from './progress-bar.tsx';

/** The panel. */
export function BenchPanel(): VNode {
  const bench = useStore(store, (state) => state.bench);
  const seat = useStore(store, (state) => state.seat);
  const busy = bench.status === 'busy';
  return (
    <section class="card bench" aria-labelledby="bench-title" data-testid="bench" data-status={bench.status}>
      <div class="card-head">
        <h2 id="bench-title">Benchmark</h2>
        {busy ? (
          <button type="button" class="button" data-testid="bench-stop" onClick={stopBench}>
            Stop
          </button>
        ) : (
          <button
            type="button"
            class="button button-main"
            data-testid="bench-start"
            disabled={seat?.backend !== 'webgpu'}
            onClick={() => void startBench()}
          >
            {bench.status === 'done' ? 'Run again' : 'Run the benchmark'}
          </button>
        )}
      </div>
      <p class="quiet">
        Four networks with random weights at 224 × 224, batch 1: loading, the first run, then runs for three seconds
        each.
        {seat && seat.backend !== 'webgpu'
          ? ' It needs WebGPU, which is not available here.'
          : ' Nothing is sent anywhere.'}
      </p>
      <Progress {...bench} />
      {bench.status === 'failed' && bench.error && <Problem error={bench.error} />}
      {bench.rows.length > 0 && <Rows rows={bench.rows} />}
      {bench.report && <Share report={bench.report} />}
    </section>
  );
}

function Progress({ status, now, rows }: BenchState): VNode {
  const busy = status === 'busy';
  const share = now && rows.length / now.of;
  const ended = share === 1 ? 'Done' : `Stopped after ${plural(rows.length, 'network')}`;
  return (
    <div class="bench-progress">
      <p role="status" class="loading-line">
        <span>{busy ? (now ? `Measuring ${now.title}` : 'Starting') : status === 'done' ? ended : ' '}</span>
        <span class="number quiet">{busy && now ? `${now.done + 1} of ${now.of}` : ''}</span>
      </p>
      <ProgressBar label="Benchmark" share={busy || status === 'done' ? (share ?? 0) : 0} />
    </div>
  );
}

function Rows({ rows }: { readonly rows: readonly (BenchRow | BenchFailure)[] }): VNode {
  const slowest = Math.max(...rows.map((row) => ('runMs' in row ? row.runMs.median : 0)));
  return (
    <div class="table-scroll" role="region" aria-label="Table of results" tabIndex={0}>
      <table data-testid="bench-table">
        <caption class="visually-hidden">Times of whole networks on this GPU</caption>
        <thead>
          <tr>
            <th scope="col">Network</th>
            <th scope="col">Median</th>
            <th scope="col">Load</th>
            <th scope="col">First run</th>
            <th scope="col">Multiply-adds</th>
            <th scope="col">GFLOP/s</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) =>
            'runMs' in row ? (
              <Measured key={row.model} row={row} slowest={slowest} />
            ) : (
              <Failed key={row.model} row={row} />
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

function Measured({ row, slowest }: { readonly row: BenchRow; readonly slowest: number }): VNode {
  const { title, runMs, cold, multiplyAdds, gflops } = row;
  return (
    <tr>
      <th scope="row">
        {title}
        <span class="bar" aria-hidden="true">
          <span style={{ transform: `scaleX(${runMs.median / slowest})` }} />
        </span>
      </th>
      <td class="number strong">
        {time(runMs.median)}
        <small>{plural(runMs.runs, 'run')}</small>
      </td>
      <td class="number">{time(cold.stages['load'] ?? NaN)}</td>
      <td class="number">{time(cold.stages['firstRun'] ?? NaN)}</td>
      <td class="number">{count(multiplyAdds)}</td>
      <td class="number">{rate(gflops, '')}</td>
    </tr>
  );
}

function Failed({ row }: { readonly row: BenchFailure }): VNode {
  return (
    <tr>
      <th scope="row">{row.title}</th>
      <td colSpan={5} class="problem">
        {row.error.message}
      </td>
    </tr>
  );
}

function Share({ report }: { readonly report: BenchReport }): VNode {
  const json = JSON.stringify(report, null, 2);
  const canShare =
    'canShare' in navigator && navigator.canShare({ files: [new File([], 'x.png', { type: 'image/png' })] });
  return (
    <div class="actions share">
      <button
        type="button"
        class="button"
        data-testid="save-picture"
        onClick={() => void withPicture((file) => saveFile(file, file.name))}
      >
        Save as a picture
      </button>
      {canShare && (
        <button type="button" class="button" onClick={() => void withPicture(sharePicture)}>
          Share
        </button>
      )}
      <button
        type="button"
        class="button"
        data-testid="save-json"
        onClick={() => saveFile(new Blob([json], { type: 'application/json' }), 'tilewise-benchmark.json')}
      >
        Save JSON
      </button>
      <button type="button" class="button" data-testid="copy-json" onClick={() => void copy(json)}>
        Copy JSON
      </button>
    </div>
  );
}

async function withPicture(use: (picture: File) => void | Promise<void>): Promise<void> {
  const picture = await benchPicture();
  if (picture) await use(picture);
}

async function copy(text: string): Promise<void> {
  const done = await navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
  store.update({
    notice: done ? 'The result is in the clipboard.' : 'The browser did not allow copying; save the JSON instead.',
  });
}

async function sharePicture(picture: File): Promise<void> {
  // A visitor who changes their mind rejects the promise: that is no error.
  await navigator.share({ files: [picture], title: 'tilewise benchmark' }).catch(() => undefined);
}
