/** One run of a graph that is ready, on the GPU or on the CPU. */
import type { Compiled } from './compiled-cache.ts';
import { InputError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import type { Tensor } from '../core/tensor.ts';
import type { GpuPlace } from './place.ts';
import { checkFetches, gpuFeeds, hostFeeds, type CheckedFeed } from './run-feeds.ts';
import type { GpuTensor } from '../runtime/webgpu/elements.ts';
import type { RunOptions } from './options.ts';

/** Outputs by name. Rejects as `Session.run` does. */
export async function runCompiled(
  { graph, executor }: Compiled,
  feeds: ReadonlyMap<string, CheckedFeed>,
  gpu: GpuPlace | undefined,
  {
    fetches,
    outputs,
    signal,
    frameBudgetMs,
  }: Omit<RunOptions, 'frameBudgetMs'> & { frameBudgetMs?: number | undefined },
): Promise<Map<string, Tensor | GpuTensor>> {
  checkFetches(graph.outputs, fetches);
  if (frameBudgetMs !== undefined && !(frameBudgetMs > 0)) {
    throw new InputError(`frameBudgetMs must be positive, not ${frameBudgetMs}`);
  }
  if (executor && gpu) {
    const how = { fetches, frameBudgetMs, signal };
    const written = await gpuFeeds(feeds, gpu);
    return outputs === 'gpu' ? executor.runOnDevice(written, how) : executor.run(written, how);
  }
  if (outputs === 'gpu') throw new InputError('the CPU backend has no GPU memory to leave outputs in');
  signal?.throwIfAborted();
  const { runGraph } = await onDemand('CPU backend', () => import('../runtime/cpu/run.ts'));
  const all = runGraph(graph, await hostFeeds(feeds));
  return new Map([...all].filter(([name]) => fetches?.includes(name) ?? true));
}

/** Waits for `work`, or rejects with the signal's reason as soon as there is one. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
