/**
 * The closed operator vocabulary of the graph: one attribute record per operator, every field present and canonical. Each
 * family of operators has a file in `ops/`; this one joins them.
 *
 * Names and meanings follow ONNX unless noted. Spatial operators work on channels-last activations (`[N, …spatial, C]`)
 * with weights `[…kernel, inC / group, outC]`; importers wrap them in Transposes where a format is channels-first.
 * An absent optional input is the empty string.
 */
import type { ConvOps } from './ops/conv.ts';
import type { PoolOps } from './ops/pool.ts';
import type { ProductOps } from './ops/product.ts';
import type { ElementwiseOps } from './ops/elementwise.ts';
import type { NormaliseOps } from './ops/normalise.ts';
import type { ReduceOps } from './ops/reduce.ts';
import type { ShapeOps } from './ops/shape.ts';
import type { MoveOps } from './ops/move.ts';
import type { IndexOps } from './ops/index.ts';
import type { SampleOps } from './ops/sample.ts';
import type { DetectOps } from './ops/detect.ts';
import type { QuantiseOps } from './ops/quantise.ts';
import type { ControlOps } from './ops/control.ts';
import type { RecurrentOps } from './ops/recurrent.ts';
export type * from './ops/attributes.ts';
export type { ScatterReduction } from './ops/index.ts';
export type { BoxCode, BoxCoding, SoftSuppression } from './ops/detect.ts';
export type { SequenceKind, Slices, StackedSlices } from './ops/control.ts';
export { NO_ACTIVATION, RELU, RELU6 } from './ops/attributes.ts';
export { GREEDY_SUPPRESSION } from './ops/detect.ts';
export type { UnaryKind, BinaryKind } from './ops/elementwise.ts';
export type { ReduceKind } from './ops/reduce.ts';
export type { Recurrent, RecurrentFunction, RecurrentKind, RecurrentOps } from './ops/recurrent.ts';
export type { QuantisedBinaryKind, QuantiseOps, Requantised, Rounding } from './ops/quantise.ts';
export type { CoordinateMode, NearestMode, RoiCoordinates } from './ops/sample.ts';

/** Attributes of each operator. */
export interface OpAttributes
  extends
    ConvOps,
    PoolOps,
    ProductOps,
    ElementwiseOps,
    NormaliseOps,
    ReduceOps,
    ShapeOps,
    MoveOps,
    IndexOps,
    SampleOps,
    DetectOps,
    QuantiseOps,
    ControlOps,
    RecurrentOps {}

/** Name of an operator. */
export type OpKind = keyof OpAttributes;

/** One use of operator K. Value names; `''` marks an absent optional input. */
export interface NodeOf<K extends OpKind> {
  readonly op: K;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: OpAttributes[K];
}

/** One use of any operator: a union discriminated by `op`. */
export type Node = { [K in OpKind]: NodeOf<K> }[OpKind];
