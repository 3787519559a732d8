/**
 * tilewise: trained vision networks on WebGPU. The public surface for pages, Workers and Node.
 *
 * @module tilewise
 */
export type { Bound } from './analysis/roofline.ts';
export type { OperandScale, QuantisationSummary, QuantisedNode } from './analysis/quantisation.ts';
export type { GraphSummary, NodeSummary } from './analysis/summary.ts';
export type { Rates, TimeSummary } from './analysis/profile.ts';
export type { PeakSample } from './measure/adapter-peaks.ts';
export type { TensorDesc } from './core/tensor.ts';
export type { PassTime, Timing } from './measure/timing.ts';
export type { FormatName, ModelFile, ModelFiles } from './formats/importer.ts';
export { modelExtensions } from './formats/registry.ts';
export type {
  BoundedExtent,
  Dim,
  Graph,
  GraphInput,
  InputShapes,
  IntegerScale,
  Normalisation,
  ValueDesc,
} from './ir/graph.ts';
export type { Rounding } from './ir/ops.ts';
export type { ForcedVariants } from './plan/lower.ts';
export type { StepReport } from './runtime/webgpu/check.ts';
export { adapterName } from './runtime/webgpu/device.ts';
export type { SuppressionOptions } from './vision/decode/boxes.ts';
export type { CenterMapOptions, CenterMaps } from './vision/decode/center-map.ts';
export type { HeatMapOptions, HeatMapPeak } from './vision/decode/key-points.ts';
export type { PastedMask } from './vision/decode/masks.ts';
export type { PictureInput } from './vision/guess.ts';
export { analyseGraph } from './session/analyse-graph.ts';
export { Session } from './session/session.ts';
export type { AdaptGraph } from './session/import-source.ts';
export type { GpuSource, RunOptions, SessionOptions } from './session/options.ts';
export type { StartThread } from './core/start-thread.ts';
export { toPixels } from './pictures/to-pixels.ts';
export type { PictureDecoder } from './pictures/decode-file.ts';
export type { PictureFile } from './pictures/picture-file.ts';
export type { PictureSource } from './pictures/source.ts';
export type { WatchSource } from './pictures/frames.ts';
export type { WatchCallback, Watched, WatchedFrame, Watching, WatchOptions } from './tasks/watch.ts';
export type { WatchStats } from './tasks/watch-figures.ts';
export type { FollowOptions, TaskWatchOptions, WatchBegun, WatchedAnswer } from './tasks/watch-task.ts';
export type { SmoothOptions } from './vision/one-euro.ts';
export type { UprightBox } from './vision/regions.ts';
export type { Tracked, TrackOptions } from './vision/track.ts';
export type { GpuTensor } from './runtime/webgpu/elements.ts';
export type { PictureSize, Preprocessing, Resampling } from './vision/picture-spec.ts';
export type { LoadProgress } from './session/progress.ts';
export type { LoadReport } from './session/report.ts';
export { createClassifier, Classifier } from './tasks/classifier.ts';
export type { ClassifyOptions } from './tasks/classifier.ts';
export { convertModel } from './tasks/convert.ts';
export type { ConvertedModel, ConvertFormat, ConvertOptions, ConvertReport } from './tasks/convert-types.ts';
export { quantize } from './tasks/quantize.ts';
export type {
  QuantizedModel,
  QuantizeExample,
  QuantizeOptions,
  QuantizeProgress,
  QuantizeReport,
} from './tasks/quantize-types.ts';
export type { CalibrationMethod } from './compress/quantise/calibrate.ts';
export type { LayerNoise, OutputNoise, QuantisedJudgement } from './compress/quantise/model.ts';
export { createDetector, Detector } from './tasks/detector.ts';
export type { DetectOptions } from './tasks/detector.ts';
export { definePictureTask, DefinedTask } from './tasks/define-task.ts';
export type { TaskCreator, TaskDefinition } from './tasks/define-task.ts';
export type { HeadedTaskOptions } from './tasks/headed-task.ts';
export { createPoseEstimator, PoseEstimator } from './tasks/pose-estimator.ts';
export { createMatting, Matting } from './tasks/matting.ts';
export type { MatteOptions } from './tasks/matting.ts';
export type { Matte } from './vision/mattes.ts';
export { createTextDetector, TextDetector } from './tasks/text-detector.ts';
export type { DetectTextOptions } from './tasks/text-detector.ts';
export type { TextOptions, TextRegion } from './vision/decode/text-regions.ts';
export type { PlanePoint } from './vision/decode/turned-rectangle.ts';
export { createUpscaler, Upscaler } from './tasks/upscaler.ts';
export type { UpscaleOptions } from './tasks/upscaler.ts';
export { createSegmenter, Segmenter } from './tasks/segmenter.ts';
export type { Segmentation, SegmentOptions } from './tasks/segmenter.ts';
export type { ClassShare, SegmentedClasses } from './vision/class-maps.ts';
export type { Instance } from './vision/instances.ts';
export { createFaceDetector, FaceDetector } from './tasks/face-detector.ts';
export type { FaceDetectorOptions, FaceOptions } from './tasks/face-detector.ts';
export type { FacePartSources } from './tasks/face-parts.ts';
export type { CascadeSources } from './tasks/face-cascade.ts';
export type { PartSource } from './tasks/model-part.ts';
export type { Face, NamedPoint } from './vision/faces.ts';
export type { PoseEstimatorOptions, PoseOptions } from './tasks/pose-estimator.ts';
export type { Pose, PosePoint } from './vision/poses.ts';
export type { WorldPoint } from './vision/world-points.ts';
export { createHandDetector, HandDetector } from './tasks/hand-detector.ts';
export type { HandDetectorOptions, HandOptions } from './tasks/hand-detector.ts';
export type { Hand, HandPoint } from './vision/hands.ts';
export type { ModelBase } from './tasks/catalogue-files.ts';
export { fetchLabels } from './tasks/labels.ts';
export { taskOf } from './tasks/outputs.ts';
export type { PictureTaskName } from './tasks/outputs.ts';
export type { PictureModel, TaskOptions, TaskSource } from './tasks/picture-model.ts';
export { PictureTask } from './tasks/picture-task.ts';
export type { BoundOutput } from './tasks/real-output.ts';
export type { PictureRunOptions, PictureTaskDefinition, ShownPicture, TaskBinding } from './tasks/picture-task.ts';
export type { Ranked } from './vision/decode/classes.ts';
export type { ClassName, Detection, DetectionOptions } from './vision/decode/detections.ts';
export type { Pixels } from './vision/pixels.ts';
export { decodeCenterMap } from './vision/decode/center-map.ts';
export { decodeHeatMaps } from './vision/decode/key-points.ts';
export { pasteMasks } from './vision/decode/masks.ts';
export { intersectionOverUnion, nonMaxSuppression } from './vision/decode/boxes.ts';
export type { Box, BoxConvention, ScoredBox } from './vision/decode/boxes.ts';
export { drawAnnotations } from './draw/canvas.ts';
export type { AnnotationCanvas, DrawAnnotationsOptions } from './draw/canvas.ts';
export type { Annotation, AnnotationMask, AnnotationOptions, AnnotationPoint, ClassMap } from './draw/annotations.ts';
export { classColour, textColour } from './draw/colours.ts';
export type { Colour } from './draw/colours.ts';
export type {
  CircleShape,
  DisplayList,
  LinesShape,
  RectangleShape,
  Shape2D,
  ShapePaint,
  TextShape,
} from './draw/display-list.ts';
export { blurBehind } from './draw/blur-behind.ts';
export { cutOut } from './draw/cut-out.ts';
export type { AlphaMatte, CutOutOptions } from './draw/cut-out.ts';
export { displayList } from './draw/draw.ts';
export type { TextWidth } from './draw/label-shapes.ts';
export { toSvg } from './draw/svg.ts';
export type { SvgPart } from './draw/svg.ts';
export { skeletonOf } from './vision/skeletons.ts';
export type { Skeleton } from './vision/skeletons.ts';
export { detectionAveragePrecision, detectionCurve } from './vision/metrics/average-precision.ts';
export type { AveragePrecisionRule, DetectionPoint } from './vision/metrics/average-precision.ts';
export { addConfusion, confusionMatrix, confusionReport } from './vision/metrics/confusion.ts';
export type { ClassScores, ConfusionMatrix, ConfusionOptions, ConfusionReport } from './vision/metrics/confusion.ts';
export { detectionConfusion } from './vision/metrics/detection-confusion.ts';
export type { DetectionConfusionOptions } from './vision/metrics/detection-confusion.ts';
export { evaluateCoco } from './vision/metrics/evaluate-coco.ts';
export type { CocoEvaluation, CocoOptions } from './vision/metrics/evaluate-coco.ts';
export { evaluateVoc } from './vision/metrics/evaluate-voc.ts';
export type { ClassPrecision, VocEvaluation, VocOptions } from './vision/metrics/evaluate-voc.ts';
export type {
  EvaluatedDetection,
  EvaluatedPicture,
  GroundTruth,
  PlacedBox,
} from './vision/metrics/evaluated-picture.ts';
export { COCO_KEYPOINT_SIGMAS, correctKeypoints, objectKeypointSimilarity } from './vision/metrics/key-point-scores.ts';
export type { PointPlace, TruePoint } from './vision/metrics/key-point-scores.ts';
export { matchCoco, matchVoc } from './vision/metrics/matching.ts';
export type { CocoMatchOptions, MatchedDetection, MatchOutcome, VocMatchOptions } from './vision/metrics/matching.ts';
export {
  diceCoefficient,
  intersectionOverFirst,
  maskIntersectionOverFirst,
  maskIntersectionOverUnion,
} from './vision/metrics/overlap.ts';
export type { BinaryMask } from './vision/metrics/overlap.ts';
export {
  areaUnderPrecisionRecall,
  areaUnderRoc,
  logLoss,
  precisionRecallCurve,
  rocCurve,
  topKAccuracy,
} from './vision/metrics/ranking.ts';
export type { RocPoint, ScoredLabels, ScorePrecision } from './vision/metrics/ranking.ts';
export { guessPreprocessing } from './vision/guess.ts';
export { preprocess } from './vision/preprocess.ts';
export { projectBox, projectPoint, regionMap } from './vision/region-spec.ts';
export type { PicturePoint, PictureRegion, RegionMap } from './vision/region-spec.ts';
export { chromeTrace } from './analysis/trace.ts';
export type { ChromeTrace, TraceEvent } from './analysis/trace.ts';
export type { ProfileNode, ProfilePreparation, ProfileReport, ProfileStep, ProfileTotals } from './analysis/profile.ts';
export type { AdapterPeaks } from './measure/adapter-peaks.ts';
export type { ProfileOptions } from './session/profile.ts';
export type { TuningCache } from './measure/tuning-key.ts';
export type { TuningOptions, TuningReport } from './measure/tuning.ts';
export type { FetchSettings, ModelSource, WeightsSource } from './session/model-source.ts';
export type { Feed, FeedData, FeedTensor, PictureFeed, Port } from './session/feeds.ts';
export type { DType, HostArray } from './core/dtype.ts';
export type { OptionKind, OptionRule, OptionRules } from './core/option-rules.ts';
export { fromRaw, toRaw } from './core/raw.ts';
export { VERSION } from './core/version.ts';
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
