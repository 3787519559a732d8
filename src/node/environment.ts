/** What sessions and tasks have in Node beside what pages have: an adapter, picture files, what the tuner remembers, models by path. */
import { LoadError } from '../core/errors.ts';
import type { ModelFiles } from '../formats/importer.ts';
import { allTogether, type FetchSettings } from '../session/model-source.ts';
import { mayChoose, type PlaceOptions, type SessionOptions } from '../session/options.ts';
import { openGpu } from './adapter.ts';
import type { DownloadProgress } from './download.ts';
import { decodeImage } from './image.ts';
import { openModel, openWeights, type ModelSourceOptions } from './model-source.ts';
import { startThread } from './thread.ts';
import { fileTuningCache } from './tuning-cache.ts';

/** Finds the adapter, by name where one is given, when it is asked for. */
function adapterFinder(adapter?: string): () => Promise<GPUAdapter> {
  return async () => (await openGpu({ adapter })).adapter;
}

/**
 * What options leave open of where a session runs: on an adapter that is named, here or by TILEWISE_ADAPTER; else it chooses, and
 * only hardware is looked for.
 */
export function placeInNode(options: PlaceOptions, adapter?: string): Pick<SessionOptions, 'backend' | 'gpu'> {
  const named = adapter ?? process.env['TILEWISE_ADAPTER'];
  if (!mayChoose(options)) return { gpu: adapterFinder(adapter) };
  return named
    ? { backend: 'webgpu', gpu: adapterFinder(adapter) }
    : { backend: 'auto', gpu: adapterFinder('hardware') };
}

/** Options that were checked, with Node's defaults. */
export function inNode<T extends SessionOptions>(options: T): T {
  return {
    ...placeInNode(options),
    decodePicture: decodeImage,
    startThread,
    tuningCache: fileTuningCache(),
    ...options,
    ...withNamedWeights(options),
  };
}

/** Weights that are given by path or address, as what opens them. */
export function withNamedWeights({ weights }: Pick<SessionOptions, 'weights'>): Pick<SessionOptions, 'weights'> {
  if (!isNamed(weights)) return {};
  return {
    weights: async (settings) => ({
      main: await openWeights(String(weights), inCache(settings)),
      read: (file) => Promise.reject(new LoadError('weights name no further files', { file })),
    }),
  };
}

/** True for sources that are opened by name: paths, addresses, names of the catalogue, and URLs of files. */
export function isNamed(source: unknown): source is string | URL {
  return typeof source === 'string' || (source instanceof URL && source.protocol === 'file:');
}

/** Opened by the session, which meanwhile opens the device, and counts the time. */
export function opener(
  source: string | URL,
  files: ModelSourceOptions = {},
): (settings: FetchSettings) => Promise<ModelFiles> {
  return (settings) => openModel(String(source), { ...inCache(settings), ...files });
}

/** How files are fetched in a page, for downloads that are kept. */
export function inCache({ signal, allowHosts, onBytes }: FetchSettings): ModelSourceOptions {
  const files = new Map<string, DownloadProgress>();
  const onProgress = (step: DownloadProgress): void => {
    files.set(step.stage, step);
    const { done, total } = allTogether([...files.values()]);
    onBytes?.(done, total, step.stage.replace(/^download /, ''));
  };
  return { signal, allowHosts, onProgress };
}
