/** What happens when the page opens. */
import { SAMPLES, SITE_MODELS, startModel } from '../site.ts';
import { store } from '../state.ts';
import { listen, onWorkerFailure, remote } from '../worker-client.ts';
import { SEAT_BACKENDS, type WorkerEvent } from '../worker/protocol.ts';
import { seatAtOnce } from '../worker/seat.ts';
import { chooseSiteModel } from './model.ts';
import { showSample } from './picture.ts';

/** Looks for a GPU, then shows a sample and loads the model that the address names (`?model=NAME`), or the usual one. */
export async function start(): Promise<void> {
  const query = new URLSearchParams(location.search);
  const asked = SEAT_BACKENDS.find((name) => name === query.get('backend'));
  // What can be told without the Worker is told at once, so that the remark about it does not push the page down later.
  store.update({ seat: seatAtOnce(asked) });
  onWorkerFailure((message) => store.update({ notice: `The page's Worker failed: ${message}. Reload the page.` }));
  await listen(hear);
  const seat = await remote.probe(asked);
  store.update({ seat });
  // Whatever the visitor was quicker to choose stays.
  const [sample] = SAMPLES;
  if (sample && !store.state.still) void showSample(sample);
  if (store.state.model.status !== 'none') return;
  const usual = startModel();
  const wanted = query.get('model') ?? usual;
  const known = SITE_MODELS.some(({ name }) => name === wanted);
  chooseSiteModel(known ? wanted : usual);
  if (!known) store.update({ notice: `There is no model "${wanted}" here: this is the usual one.` });
}

function hear(event: WorkerEvent): void {
  const { model, bench, comparison } = store.state;
  switch (event.type) {
    case 'progress':
      if (model.status === 'loading') store.update({ model: { ...model, progress: event.progress } });
      return;
    case 'lost':
      return store.update({ notice: 'The GPU device was lost. The next run opens a new one.' });
    case 'stage':
      if (comparison.status === 'busy') store.update({ comparison: { status: 'busy', stage: event.text } });
      return;
    case 'bench-start':
      return store.update({ bench: { ...bench, now: event } });
    case 'bench-row':
      return store.update({ bench: { ...bench, rows: [...bench.rows, event.row] } });
  }
}
