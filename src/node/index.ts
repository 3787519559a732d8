/**
 * tilewise in Node: the whole public surface, and what only Node has: adapters, paths, catalogue names, picture files.
 *
 * @module tilewise/node
 */
import type { OptionRules } from '../core/option-rules.ts';
import { checkOptions } from '../core/options.ts';
import { SESSION_OPTIONS, type SessionOptions } from '../session/options.ts';
import { Session } from '../session/session.ts';
import { openGpu, type OpenGpuOptions } from './adapter.ts';
import { decodeImage } from './image.ts';
import { fileTuningCache } from './tuning-cache.ts';
import { openModel, type ModelSourceOptions } from './model-source.ts';

export * from '../index.ts';
export { openGpu } from './adapter.ts';
export type { AdapterDescription, OpenedGpu, OpenGpuOptions } from './adapter.ts';
export { fetchCached } from './download.ts';
export type { DownloadProgress, FetchOptions } from './download.ts';
export { decodeImage } from './image.ts';
export type { DecodeImageOptions } from './image.ts';
export { fileTuningCache } from './tuning-cache.ts';
export type { FileTuningCacheOptions } from './tuning-cache.ts';
export { openModel } from './model-source.ts';
export type { ModelSourceOptions } from './model-source.ts';
export type { Pixels } from '../vision/pixels.ts';
export type { Preprocessing } from '../vision/picture-spec.ts';
export { topK } from '../vision/decode/classes.ts';
// In place of those for pages.
export { createClassifier, createDetector } from './tasks.ts';

/** Options of `openSession`: those of a session, and where its adapter and its files come from. */
export interface OpenSessionOptions extends SessionOptions, OpenGpuOptions {
  /** Where files that a catalogue name or URL stands for come from and are kept. */
  readonly files?: ModelSourceOptions;
}

const OPEN_SESSION_OPTIONS: OptionRules<OpenSessionOptions> = { ...SESSION_OPTIONS, adapter: 'text', files: 'object' };

/**
 * Opens a model by catalogue name, path or URL on the adapter `openGpu` finds; the tuner remembers in a file. Rejects with LoadError when there is no
 * such model, DeviceError NO_DEVICE when there is no adapter, and with what `Session.create` rejects with.
 */
export async function openSession(model: string, options: OpenSessionOptions = {}): Promise<Session> {
  const given = await checkOptions('openSession', options, OPEN_SESSION_OPTIONS);
  const { adapter, files, ...session } = given;
  const gpu = async (): Promise<GPUAdapter> => (await openGpu({ adapter })).adapter;
  return Session.create(await openModel(model, { allowHosts: given.allowHosts, signal: given.signal, ...files }), {
    gpu,
    decodePicture: decodeImage,
    tuningCache: fileTuningCache(),
    ...session,
  });
}
