/**
 * tilewise: trained vision networks on WebGPU. The public surface for pages, Workers and Node.
 *
 * @module tilewise
 */
export type * from './public-types.ts';
export { Session } from './session.ts';
export type { RunOptions, SessionOptions } from './session-options.ts';
export type { Feed, PictureFeed } from './run-feeds.ts';
export type { PictureSource } from './pictures/source.ts';
export type { GpuTensor } from './runtime/webgpu/elements.ts';
export type { Preprocessing, Resampling } from './vision/preprocess.ts';
export type { GpuSource } from './gpu-source.ts';
export type { LoadProgress, LoadReport, TuningReport } from './load-report.ts';
export { createClassifier, Classifier } from './tasks/classifier.ts';
export type { ClassifyOptions } from './tasks/classifier.ts';
export { createDetector, Detector } from './tasks/detector.ts';
export type { DetectOptions } from './tasks/detector.ts';
export type { ModelBase } from './tasks/catalogue-files.ts';
export type { PictureModel, TaskOptions, TaskSource } from './tasks/picture-model.ts';
export type { Ranked } from './vision/classify.ts';
export type { Detection, DetectionOptions } from './vision/detect.ts';
export type { Pixels } from './vision/pixels.ts';
export { decodeCenterMap } from './vision/center-map.ts';
export { intersectionOverUnion, nonMaxSuppression } from './vision/boxes.ts';
export type { Box, ScoredBox } from './vision/boxes.ts';
export { guessPreprocessing } from './vision/guess.ts';
export { chromeTrace } from './analysis/trace.ts';
export type { ChromeTrace, TraceEvent } from './analysis/trace.ts';
export type { ProfileNode, ProfilePreparation, ProfileReport, ProfileStep, ProfileTotals } from './analysis/profile.ts';
export type { AdapterPeaks } from './core/peaks.ts';
export type { ProfileOptions } from './profile.ts';
export type { TuningCache } from './runtime/webgpu/tuning-store.ts';
export type { TuningOptions } from './session-tuning.ts';
export type { FetchSettings, ModelSource } from './model-source.ts';
export type { FeedData, FeedTensor, Port } from './feeds.ts';
export type { DType, HostArray } from './core/dtype.ts';
export { fromRaw, toRaw } from './core/raw.ts';
export { tensor, tensorOf, zeros } from './core/tensor.ts';
export type { Shape, Tensor } from './core/tensor.ts';
export {
  DeviceError,
  GraphError,
  ImportError,
  InputError,
  LoadError,
  PlanError,
  ShaderError,
  ShapeError,
  TilewiseError,
  UnsupportedError,
} from './core/errors.ts';
export type { ErrorCode, ErrorDetail, Unsupported } from './core/errors.ts';
