/** `env.wasm.numThreads`, as onnxruntime-web reads it. */
import { canShareMemory, MOST_THREADS } from '../core/start-thread.ts';
import type { Env } from './env.ts';

/**
 * Threads of sessions on WASM: nothing where the page leaves it open, with 0 or what is no count, so that there is one. A page
 * whose memory cannot be shared gets one as well, and finds 1 in `numThreads`.
 */
export function threadsOf(settings: Env['wasm']): number | undefined {
  const { numThreads = 0 } = settings;
  if (!Number.isInteger(numThreads) || numThreads <= 0) return undefined;
  if (numThreads > 1 && !canShareMemory()) settings.numThreads = 1;
  return Math.min(MOST_THREADS, settings.numThreads ?? 1);
}
