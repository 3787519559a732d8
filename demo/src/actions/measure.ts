/** Measurements of the model that is loaded, and the benchmark. */
import { saveFile } from '../save-file.ts';
import { store } from '../state.ts';
import { ask, remote } from '../worker-client.ts';

/** Profiles the model. */
export async function inspect(): Promise<void> {
  const { model } = store.state;
  if (model.status !== 'ready') return;
  store.update({ inspection: { status: 'busy' } });
  const result = await ask(remote.inspect());
  if (store.state.model !== model) return;
  const inspection = result.ok
    ? ({ status: 'done', value: result.value } as const)
    : ({ status: 'failed', error: result.error } as const);
  store.update({ inspection });
}

/** Compares GPU and CPU reference. */
export async function compare(): Promise<void> {
  const { model } = store.state;
  if (model.status !== 'ready') return;
  store.update({ comparison: { status: 'busy' } });
  const result = await ask(remote.compare());
  if (store.state.model !== model) return;
  const comparison = result.ok
    ? ({ status: 'done', value: result.value } as const)
    : ({ status: 'failed', error: result.error } as const);
  store.update({ comparison });
}

/** Saves the last profile as a trace. */
export async function exportTrace(): Promise<void> {
  const result = await ask(remote.trace());
  if (result.ok) saveFile(result.value, 'tilewise-trace.json');
  else store.update({ notice: result.error.message });
}

/** Destroys the device, to show that the page recovers. */
export async function loseDevice(): Promise<void> {
  const lost = await remote.loseDevice();
  if (!lost) store.update({ notice: 'There is no GPU device to lose.' });
}

/** Runs the benchmark. */
export async function startBench(): Promise<void> {
  store.update({ bench: { status: 'busy', rows: [] } });
  const result = await ask(remote.bench());
  const { rows } = store.state.bench;
  if (result.ok) store.update({ bench: { status: 'done', rows: result.value.rows, report: result.value } });
  else store.update({ bench: { status: 'failed', rows, error: result.error } });
}

/** Ends the benchmark after the run under way. */
export function stopBench(): void {
  void remote.stopBench();
}

/** The benchmark's picture as a file. Undefined when it cannot be drawn, which the page then says. */
export async function benchPicture(): Promise<File | undefined> {
  const { report } = store.state.bench;
  if (!report) return undefined;
  const result = await ask(remote.drawBench(report));
  if (result.ok) return new File([result.value], 'tilewise-benchmark.png', { type: 'image/png' });
  store.update({ notice: result.error.message });
  return undefined;
}
