/** Resampling: the attributes of each operator, inputs → outputs in the comment above it. */

/** How Resize maps an output coordinate to an input one (names of ONNX Resize, opsets 11 to 19). */
export type CoordinateMode =
  | 'half_pixel'
  | 'half_pixel_symmetric'
  | 'pytorch_half_pixel'
  | 'align_corners'
  | 'asymmetric'
  | 'tf_half_pixel_for_nn'
  | 'tf_crop_and_resize';

/** How nearest-neighbour Resize rounds a coordinate; the last is opset 10's: down along axes that grow, else up. */
export type NearestMode = 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil' | 'floor_up_ceil_down';

/** Where the pixel of index i lies: its middle at i + 0.5, or at i (ONNX RoiAlign-10, which also makes boxes 1 wide at least). */
export type RoiCoordinates = 'half_pixel' | 'output_half_pixel';

/** Operators of this family. */
export interface SampleOps {
  /**
   * x `[N, H, W, C]`, rois (float `[R, 5]`: image, x1, y1, x2, y2; images outside are the nearest one) → y
   * `[R, outputHeight, outputWidth, C]` (arXiv:1504.08083): the greatest of the pixels of a bin. Ends of boxes are rounded to
   * pixels, which belong to them; of `s` pixels, bin i of n has those from ⌊i·s/n⌋ to before ⌈(i + 1)·s/n⌉, and is 0 where none lie
   * on the map, or an end is NaN
   */
  readonly MaxRoiPool: {
    readonly outputHeight: number;
    readonly outputWidth: number;
    /** From the coordinates of boxes to those of x. */
    readonly spatialScale: number;
  };
  /**
   * x `[N, H, W, C]`, rois (as MaxRoiPool has them) → y `[R, outputHeight, outputWidth, C / (outputHeight · outputWidth)]`
   * (arXiv:1605.06409): the mean of the pixels of a bin in a channel of its own, that of output channel c and bin (i, j) being
   * `(c · outputHeight + i) · outputWidth + j`; 0 where no pixel lies on the map, or an end is NaN. Bins are as in MaxRoiPool, divided exactly
   */
  readonly PsRoiPool: {
    readonly outputHeight: number;
    readonly outputWidth: number;
    /** From the coordinates of boxes to those of x. */
    readonly spatialScale: number;
    /**
     * Which ends are rounded to whole pixels, halves away from zero. `scaled`: ends on the map, the last of which is no part of a box,
     * nor the last row and column of pixels one of the map (torchvision). `unscaled`: ends of boxes, the last of which belongs to it
     * (the authors' Caffe).
     */
    readonly ends: 'scaled' | 'unscaled';
  };
  /**
   * x `[N, H, W, C]`, rois (as MaxRoiPool has them), offsets? (float `[R, parts down, parts across, 2 · K]`, x before y, of K groups of
   * output channels) → y `[R, outputHeight, outputWidth, C / (groupHeight · groupWidth)]` (arXiv:1703.06211): the mean of samples of a
   * bin, which its part moves by its offset times `gamma` and the size of the box. Of output channel c, bin (i, j) has channel
   * `(c · groupHeight + ⌊i · groupHeight / outputHeight⌋) · groupWidth + ⌊j · groupWidth / outputWidth⌋`, and part likewise. Without offsets, and with as many groups as
   * bins, this is position-sensitive RoiAlign
   */
  readonly DeformRoiPool: {
    readonly outputHeight: number;
    readonly outputWidth: number;
    /** From the coordinates of boxes to those of x. */
    readonly spatialScale: number;
    /** Samples of a bin along each axis; 0, of `aligned` only: as many as it has pixels, rounded up. */
    readonly samplingRatio: number;
    /** Of offsets, in sizes of the box. */
    readonly gamma: number;
    readonly groupHeight: number;
    readonly groupWidth: number;
    /**
     * `aligned`: RoiAlign's, half_pixel (mmcv, torchvision). `rounded`: ends of boxes are whole pixels, the last of which belongs to
     * it, samples begin at the start of a bin, and those more than half a pixel out do not count at all (the authors').
     */
    readonly samples: 'aligned' | 'rounded';
  };
  /**
   * x `[N, H, W, C]`, rois (float `[R, 4]`: x1, y1, x2, y2), batchIndices (int64 or int32 `[R]`, those outside take the nearest
   * image) → y `[R, outputHeight, outputWidth, C]` (arXiv:1703.06870): each bin has a grid of samples, interpolated
   * bilinearly; one further out than a pixel's width is 0, NaN counts as further out
   */
  readonly RoiAlign: {
    /** `max` is ONNX's: of the four products of neighbour and weight, not of their sum. */
    readonly mode: 'avg' | 'max';
    readonly outputHeight: number;
    readonly outputWidth: number;
    /** Samples of a bin along each axis; 0: as many as it has pixels, rounded up. */
    readonly samplingRatio: number;
    /** From the coordinates of boxes to those of x. */
    readonly spatialScale: number;
    readonly coordinateMode: RoiCoordinates;
  };
  /**
   * x `[N, H, W, C]`, boxes (float `[R, 4]`: y1, x1, y2, x2, of which 0 is the middle of the first pixel and 1 that of the last),
   * boxIndices (int64 or int32 `[R]`, those outside take the nearest image) → y `[R, outputHeight, outputWidth, C]`: the pixels of a crop
   * lie evenly from one end of its box to the other, one alone in the middle; beyond the outermost pixels of x, or at NaN, they are `extrapolation`
   */
  readonly CropAndResize: {
    /** `nearest` rounds halves up. */
    readonly mode: 'nearest' | 'linear';
    readonly outputHeight: number;
    readonly outputWidth: number;
    readonly extrapolation: number;
  };
  /**
   * x, scales? (float32, one for each axis), sizes? (int64, likewise), roi? (float32, the starts of all axes, then their
   * ends, for tf_crop_and_resize) → y; either scales or sizes are given, a list without entries counts as absent
   */
  readonly Resize: {
    /** Dimensions that change, negative ones counted from the end; none: all, in order. */
    readonly axes: readonly number[];
    readonly mode: 'nearest' | 'linear' | 'cubic';
    readonly coordinateMode: CoordinateMode;
    readonly nearestMode: NearestMode;
    /** Widens the filter of linear and cubic by the factor by which an axis shrinks. */
    readonly antialias: boolean;
    /** The `a` of Keys' cubic filter. */
    readonly cubicCoeff: number;
    /** Elements beyond the edge have no weight, instead of being equal to the edge. */
    readonly excludeOutside: boolean;
    /** What tf_crop_and_resize gives where its coordinate lies outside the input. */
    readonly extrapolation: number;
    /** What sizes mean: the extents, or the box into which (around which) the input fits in its own proportions. */
    readonly aspect: 'stretch' | 'not_larger' | 'not_smaller';
  };
  /**
   * x `[N, …S, C]`, grid `[N, …S', dims]` of float32 → y `[N, …S', C]`: x at the places that the grid gives, last dimension
   * first (x, y, z), −1 at the near edge and 1 at the far one
   */
  readonly GridSample: {
    readonly mode: 'nearest' | 'linear' | 'cubic';
    /** What lies beyond the edge: zeros, the edge, or the map mirrored at it. */
    readonly padding: 'zeros' | 'border' | 'reflection';
    /** The edge is the centre of the outermost elements instead of their outer side. */
    readonly alignCorners: boolean;
  };
}
