/** Asks the model what it sees in the picture that the page shows. */
import { store } from '../state.ts';
import { ask, handOver, remote } from '../worker-client.ts';

/** Least score of a box that is shown. */
export const THRESHOLD = 0.3;

/** Looks at the picture once more. */
export async function lookAgain(): Promise<void> {
  const { still, model, camera } = store.state;
  if (!still || model.status !== 'ready' || camera.status === 'on') return;
  store.update({ answer: { status: 'busy' } });
  const result = await ask(remote.look(handOver(still.blob), THRESHOLD));
  // What came of a picture or model that has been replaced meanwhile is no answer any more.
  if (store.state.still !== still || store.state.model !== model) return;
  if (!result.ok) return store.update({ answer: { status: 'failed', error: result.error } });
  store.update({ answer: { status: 'done', value: result.value }, ...noticeOf(result.value.recovered) });
}

/** What to say of a run during which the device was lost. */
export function noticeOf(recovered: boolean): { notice?: string } {
  return recovered
    ? { notice: 'The GPU device was lost during the run; it was opened again and the run repeated.' }
    : {};
}
