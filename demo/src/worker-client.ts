/** The page's end of the Worker. */
import { proxy, transfer, wrap, type Remote } from 'comlink';
import type { DemoWorker, Outcome, Picture, WorkerEvent } from './worker/protocol.ts';

const worker = new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module', name: 'tilewise' });

/** Calls back when the Worker cannot start, or fails outside any call: none is answered then. */
export function onWorkerFailure(tell: (message: string) => void): void {
  worker.addEventListener('error', ({ message }) => tell(message || 'its script cannot be loaded'));
}

/** The Worker's calls. */
export const remote: Remote<DemoWorker> = wrap<DemoWorker>(worker);

/** Hears what the Worker tells without being asked. */
export function listen(listener: (event: WorkerEvent) => void): Promise<void> {
  return remote.listen(proxy(listener));
}

/** Hands a picture over: frames move, files are shared. */
export function handOver(picture: Picture): Picture {
  return picture instanceof Blob ? picture : transfer(picture, [picture]);
}

/** A call's result. When the Worker itself fails, which no call of it does, that becomes an error too. */
export async function ask<T>(call: Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await call;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, error: { code: 'UNKNOWN', message } };
  }
}
