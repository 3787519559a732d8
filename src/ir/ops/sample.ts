/** Resampling: the attributes of each operator, inputs → outputs in the comment above it. */

/** How Resize maps an output coordinate to an input one (names of ONNX Resize-19). */
export type CoordinateMode =
  'half_pixel' | 'half_pixel_symmetric' | 'pytorch_half_pixel' | 'align_corners' | 'asymmetric';

/** How nearest-neighbour Resize rounds a coordinate. */
export type NearestMode = 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil';

/** Operators of this family. */
export interface SampleOps {
  /** x `[N, …S, C]`, scales? (float32, one per spatial dimension), sizes? (int64, likewise) → y; exactly one is given */
  readonly Resize: {
    readonly mode: 'nearest' | 'linear';
    readonly coordinateMode: CoordinateMode;
    readonly nearestMode: NearestMode;
  };
}
