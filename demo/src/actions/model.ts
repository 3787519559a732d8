/** Choosing, loading and giving up a model. */
import { SITE_MODELS } from '../site.ts';
import { store } from '../state.ts';
import { ask, remote } from '../worker-client.ts';
import type { ModelRequest } from '../worker/protocol.ts';
import { lookAgain, optionsFor } from './look.ts';

/** Loads a model that the site has. */
export function chooseSiteModel(name: string): void {
  const entry = SITE_MODELS.find((model) => model.name === name);
  if (entry) void loadModel({ kind: 'site', name, title: entry.title });
}

/** Loads files of the visitor, the main one first. */
export function chooseModelFiles(files: readonly File[]): void {
  const [main] = files;
  if (main) void loadModel({ kind: 'files', title: main.name, files });
}

/** Loads the model of the state once more. */
export function retryModel(): void {
  const { model } = store.state;
  if (model.status !== 'none') void loadModel(model.request);
}

/** Gives up loading. */
export function cancelModel(): void {
  void remote.cancelLoad();
}

async function loadModel(request: ModelRequest): Promise<void> {
  const loading = { status: 'loading', request, since: performance.now(), progress: undefined } as const;
  const idle = { status: 'idle' } as const;
  store.update({ model: loading, answer: idle, inspection: idle, comparison: idle, notice: undefined });
  const result = await ask(remote.load(request, document.baseURI));
  const { model } = store.state;
  // Another choice was made meanwhile, and this one given up for it.
  if (model.status !== 'loading' || model.request !== request) return;
  if (!result.ok) return store.update({ model: { status: 'failed', request, error: result.error } });
  store.update({ model: { status: 'ready', request, info: result.value }, options: optionsFor(result.value.task) });
  if (request.kind === 'site') keepOffline(request.name);
  void lookAgain();
}

/** A built site's service worker keeps the model's files, also those that came before it was in charge. */
function keepOffline(keepModel: string): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  navigator.serviceWorker.ready.then(
    // An array of nothing to transfer: workers take no origin.
    ({ active }) => active?.postMessage({ keepModel }, []),
    () => undefined,
  );
}
