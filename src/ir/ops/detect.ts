/** Detectors' heads and boxes: the attributes of each operator, inputs → outputs in the comment above it. */

/**
 * What the codes of a box are relative to its anchor, of centre (ax, ay) and size (aw, ah); c are the codes, f the factors:
 * - `centerSize`: x = ax + f₀c₀·aw, w = aw·exp(f₂c₂), the vertical likewise: R-CNN, SSD, RetinaNet, YOLOX;
 * - `centerLinear`: likewise, but w = aw·f₂c₂: BlazeFace, and CenterNet's offsets and sizes with anchors of one cell;
 * - `corner`: each corner is the anchor's, plus fc; `cornerSize`: plus fc times the anchor's size: Caffe's priors;
 * - `distance`: from the anchor's centre to the left, top, right and bottom, fc times its size: FCOS, SCRFD;
 * - `distribution`: likewise, each distance the expectation of `bins` scores' softmax over 0, 1, …: YOLO v8 to v11;
 * - `sigmoidExp`, `sigmoidSquare`: x = left + (f₀·σ(c₀) − (f₀ − 1)/2)·cell, where the anchors hold the corner of a cell in
 *   place of a centre; w = aw·exp(f₂c₂), or aw·(f₂·σ(c₂))²: YOLO v2 to v4, v5 and v7.
 */
export type BoxCoding =
  | 'centerSize'
  | 'centerLinear'
  | 'corner'
  | 'cornerSize'
  | 'distance'
  | 'distribution'
  | 'sigmoidExp'
  | 'sigmoidSquare';

/** How codes and boxes belong together. Whether x or y comes first is nowhere said: codes, anchors and boxes have one order. */
export interface BoxCode {
  /** Four numbers of an anchor: its corners (x1, y1, x2, y2), or its centre and its size (x, y, w, h). */
  readonly anchorForm: 'corners' | 'centers';
  /** The factors f of the four codes: variances, or one over the weights. */
  readonly factors: readonly number[];
  /** Added to the difference of an anchor's corners: 1 where these are the first and the last pixel inside. */
  readonly anchorExtent: number;
  /** The same of the boxes. */
  readonly boxExtent: number;
}

/**
 * What becomes of boxes that overlap a chosen one: they go (`none`); their scores are multiplied by 1 − IoU where that is over the
 * threshold (`linear`); or they go where it is, and the scores of all others are multiplied by exp(−IoU² / 2σ) (`gaussian`).
 */
export type SoftSuppression = 'none' | 'linear' | 'gaussian';

/** Operators of this family. */
export interface DetectOps {
  /**
   * boxes `[B, N, 4]`, scores `[B, C, N]`, most boxes of a class (int64 scalar or `[1]`), IoU threshold, score threshold (float32
   * scalars or `[1]`), the last three optional → int64 `[K, 3]`, of each chosen box its batch, class and index, those of a
   * class best first; K as an int32 scalar; and optionally the chosen boxes' scores `[K]`. K is bounded by B · C · the smaller of
   * N and the most boxes, which are none where absent or negative. Where boxes are as many as may be, of a number that depends on
   * data, that count is input 5: the scores behind are NaN.
   *
   * Boxes are two corners in any order (y, x, y, x), or centre and size. The IoU is float32, each step of it rounded, and 0 where
   * a side or an area is not a positive normal number, as of a box with NaN or infinity. NaN is no score.
   */
  readonly NonMaxSuppression: {
    readonly centerPointBox: boolean;
    /** What is added to the difference of two coordinates to give a length: 1 where they are those of pixels. */
    readonly offset: 0 | 1;
    /** An IoU equal to the threshold is over it. */
    readonly inclusive: boolean;
    /** A score equal to the threshold is chosen. */
    readonly scoreInclusive: boolean;
    /** Which of two boxes with equal scores comes first, by their indices. */
    readonly ties: 'lower' | 'higher';
    /** Each box stands once, with its best class, the first of equal ones; boxes suppress those of other classes. */
    readonly classAgnostic: boolean;
    readonly soft: SoftSuppression;
    /** The σ of `gaussian`; 0 otherwise. */
    readonly sigma: number;
    /** Rows and scores are as many as K is bounded by, zeros behind the K-th: their extent does not depend on data. */
    readonly padded?: boolean;
  };
  /**
   * codes `[…, 4 + 2·points]` (`[…, 4·bins]` of a distribution), anchors `[…, 4]`, whose leading dimensions broadcast to
   * those of codes; `[…, 6]` of the sigmoid codings: left, top, width, height, width and height of a cell
   * → boxes `[…, 4 + 2·points]`: corners, and key points as they come; float32
   */
  readonly BoxDecode: BoxCode & {
    readonly coding: BoxCoding;
    /** What fc is bounded by before it is an exponent; Infinity: nothing. */
    readonly maxExponent: number;
    /** Scores of each distance; 0 but of a distribution. */
    readonly bins: number;
    /** Key points behind the box's codes: (ax + f₀c·aw, ay + f₁c·ah). */
    readonly points: number;
    /** What corners are clipped to: lowest x, lowest y, highest x, highest y; empty: nothing. */
    readonly clip: readonly number[];
  };
}

/** ONNX's rules of suppression: strictly over both thresholds, each class apart, the lower index first of equal scores. */
export const GREEDY_SUPPRESSION: DetectOps['NonMaxSuppression'] = {
  centerPointBox: false,
  offset: 0,
  inclusive: false,
  scoreInclusive: false,
  ties: 'lower',
  classAgnostic: false,
  soft: 'none',
  sigma: 0,
};
