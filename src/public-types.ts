/** Types that the public surface mentions: they are exported so that callers can name them and the reference lists them. */
export type { Bound } from './analysis/roofline.ts';
export type { Rates, TimeSummary } from './analysis/profile.ts';
export type { PeakSample } from './core/peaks.ts';
export type { TensorDesc } from './core/tensor.ts';
export type { PassTime, Timing } from './core/timing.ts';
export type { FormatName, ModelFile, ModelFiles } from './formats/importer.ts';
export type { Dim, Graph, GraphInput, InputShapes } from './ir/graph.ts';
export type { ForcedVariants } from './plan/lower.ts';
export type { StepReport } from './runtime/webgpu/check.ts';
export type { SuppressionOptions } from './vision/boxes.ts';
export type { CenterMapOptions, CenterMaps } from './vision/center-map.ts';
export type { PictureInput } from './vision/guess.ts';
