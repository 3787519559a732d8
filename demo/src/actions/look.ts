/** Asks the model what it sees in the picture that the page shows. */
import { store } from '../state.ts';
import type { LookOptions, Task } from '../worker/protocol.ts';
import { ask, handOver, remote } from '../worker-client.ts';

/** Least scores that are usual for what tasks find, 0 to 1: the library's own. */
const USUAL_THRESHOLDS: Readonly<Partial<Record<Task, number>>> = {
  detection: 0.3,
  'face-detection': 0.5,
  'hand-detection': 0.5,
  pose: 0.25,
};

/** The options for a new model: its task's limit, and what was chosen of the rest. */
export function optionsFor(task: Task): LookOptions {
  const { options } = store.state;
  return { ...options, threshold: USUAL_THRESHOLDS[task] ?? options.threshold };
}

/** Looks in another way from now on. */
export function chooseOptions(options: Partial<LookOptions>): void {
  store.update({ options: { ...store.state.options, ...options } });
  void lookAgain();
}

/** Looks at the picture once more. */
export async function lookAgain(): Promise<void> {
  const { still, model, camera, options } = store.state;
  if (!still || model.status !== 'ready' || camera.status === 'on') return;
  store.update({ answer: { status: 'busy' } });
  const result = await ask(remote.look(handOver(still.blob), options));
  // What came of a picture, model or options that have been replaced meanwhile is no answer any more.
  const now = store.state;
  if (now.still !== still || now.model !== model || now.options !== options) return;
  if (!result.ok) return store.update({ answer: { status: 'failed', error: result.error } });
  store.update({ answer: { status: 'done', value: result.value }, ...noticeOf(result.value.recovered) });
}

/** What to say of a run during which the device was lost. */
export function noticeOf(recovered: boolean): { notice?: string } {
  return recovered
    ? { notice: 'The GPU device was lost during the run; it was opened again and the run repeated.' }
    : {};
}
