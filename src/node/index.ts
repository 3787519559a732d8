/**
 * tilewise in Node: the whole public surface, and what only Node has: adapters, paths, catalogue names, picture files.
 *
 * @module tilewise/node
 */
export * from '../index.ts';
export { openGpu } from './adapter.ts';
export type { AdapterDescription, OpenedGpu, OpenGpuOptions } from './adapter.ts';
export { annotatePicture } from './annotate.ts';
export type { AnnotatePictureOptions } from './annotate.ts';
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
export {
  createClassifier,
  createDetector,
  createFaceDetector,
  createHandDetector,
  createMatting,
  createTextDetector,
  createUpscaler,
  createSegmenter,
  createPoseEstimator,
  convertModel,
  quantize,
} from './tasks.ts';
export { openSession, Session } from './session.ts';
export type { OpenSessionOptions } from './session.ts';
