/** Threads of the WASM backend in Node: workers whose script is text. */
import { Worker } from 'node:worker_threads';
import type { StartThread } from '../core/start-thread.ts';

/** Starts one. Once it has told, it does not keep the process alive. */
export const startThread: StartThread = (script, data, told) => {
  const text = `${script}\nconst { parentPort, workerData } = require('node:worker_threads');
start(workerData, (text) => parentPort.postMessage(text));`;
  const worker = new Worker(text, { eval: true, workerData: data });
  worker.on('message', (text: string) => {
    worker.unref();
    told(text);
  });
  worker.on('error', (error) => told(String(error)));
  return () => void worker.terminate();
};
