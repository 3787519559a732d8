/** Operators that few classifiers have: loaded when a model has one that is not in the other tables. */
import { tensorOf } from '../../../core/tensor.ts';
import type { CoordinateMode, NearestMode } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { BLOCKS } from './blocks.ts';
import type { Translation } from './context.ts';
import { reduce } from './reduction.ts';
import { pads, shapeOp } from './shape.ts';
import { slice, stridedSlice } from './slice.ts';

const mirrorPad: Translation = (c) => {
  const mode = c.attr.string('mode', 'REFLECT');
  if (mode !== 'REFLECT') c.refuse(`mode ${mode}`);
  return c.one('Pad', [c.input(0), pads(c)], { mode: 'reflect' });
};

const fill: Translation = (c) => c.one('Expand', [c.input(1), c.int64Input(0)], {});

const size: Translation = (c) => {
  const shape = shapeOp(c, c.input(0));
  return c.one('Reduce', [shape], { kind: 'prod', axes: [0], keepDims: false });
};

/** The rank is the one element of the shape's own shape. */
const rank: Translation = (c) => {
  const shape = c.one('Shape', [c.input(0)], {});
  return c.one('Squeeze', [shapeOp(c, shape)], { axes: [0] });
};

const resize =
  (mode: 'linear' | 'nearest'): Translation =>
  (c) => {
    const aligned = c.attr.bool('align_corners', false);
    const halfPixel = c.attr.bool('half_pixel_centers', false);
    const coordinateMode: CoordinateMode = aligned ? 'align_corners' : halfPixel ? 'half_pixel' : 'asymmetric';
    // Nearest: TensorFlow rounds half up with aligned corners, and floors otherwise; with half-pixel centres it floors
    // a coordinate that is half a pixel further than the engine's, which is rounding half up too.
    const nearestMode: NearestMode = aligned || halfPixel ? 'round_prefer_ceil' : 'floor';
    return c.one('Resize', [c.input(0), '', c.int64Input(1)], { mode, coordinateMode, nearestMode });
  };

const argReduce =
  (kind: 'max' | 'min'): Translation =>
  (c) => {
    const axis = c.inputCount > 1 ? c.knownInt(1, 'an axis') : 0;
    return c.one('ArgReduce', [c.input(0)], { kind, axis, keepDims: false, dtype: 'int32' });
  };

const topK: Translation = (c) => {
  const [values = '', indices = ''] = c.many('TopK', [c.input(0), c.int64Input(1)], { axis: -1, largest: true }, 2);
  return [values, c.one('Cast', [indices], { to: 'int32' })];
};

/** OneHot(indices, depth, on, off) along the last axis: indices compared with 0 … depth−1. */
const oneHot: Translation = (c) => {
  const axis = c.attr.int('axis', -1);
  if (axis !== -1) c.refuse(`axis ${axis}`);
  const depth = c.knownInt(1, 'a depth');
  if (depth < 0 || depth > MAX_DEPTH) c.refuse(`depth ${depth}`);
  const classes = c.constant(tensorOf('int32', [depth], range(depth)));
  const indices = c.one('Unsqueeze', [c.input(0)], { axes: [-1] });
  return c.one('Where', [c.binary('equal', indices, classes), c.input(2), c.input(3)], {});
};

/** A vocabulary larger than this is no vision model but a damaged depth. */
const MAX_DEPTH = 2 ** 20;

const lrn: Translation = (c) => {
  const size = 2 * c.attr.int('depth_radius', 5) + 1;
  // TensorFlow multiplies the sum by alpha, the engine (as ONNX) by alpha / size.
  const alpha = c.attr.float('alpha', 1) * size;
  return c.one('LRN', [c.input(0)], { size, alpha, beta: c.attr.float('beta', 0.5), bias: c.attr.float('bias', 1) });
};

/** Any and All: the extreme of the booleans as integers. */
const logical =
  (kind: 'max' | 'min'): Translation =>
  (c) => {
    const x = c.one('Cast', [c.input(0)], { to: 'int32' });
    return c.one('Cast', [reduce(c, kind, x)], { to: 'bool' });
  };

const divideNoNan: Translation = (c) => {
  const [a, b] = [c.input(0), c.input(1)];
  const zero = c.scalar(c.attr.dtype('T') ?? 'float32', 0);
  return c.one('Where', [c.binary('equal', b, zero), zero, c.binary('div', a, b)], {});
};

const filledLike =
  (value: number): Translation =>
  (c) => {
    const one = c.scalar(c.attr.dtype('T') ?? 'float32', value);
    return c.one('Expand', [one, c.one('Shape', [c.input(0)], {})], {});
  };

/** Rows that are not in `COMMON`. */
export const RARE: Readonly<Record<string, Translation>> = {
  ...BLOCKS,
  Slice: slice,
  StridedSlice: stridedSlice,
  MirrorPad: mirrorPad,
  GatherNd: (c) => c.one('GatherND', [c.input(0), c.input(1)], { batchDims: 0 }),
  Tile: (c) => c.one('Tile', [c.input(0), c.int64Input(1)], {}),
  Fill: fill,
  BroadcastTo: (c) => c.one('Expand', [c.input(0), c.int64Input(1)], {}),
  Range: (c) => c.one('Range', c.inputs(0, 3), {}),
  Size: size,
  Rank: rank,
  ResizeBilinear: resize('linear'),
  ResizeNearestNeighbor: resize('nearest'),
  All: logical('min'),
  Any: logical('max'),
  ArgMax: argReduce('max'),
  ArgMin: argReduce('min'),
  TopKV2: topK,
  OneHot: oneHot,
  LRN: lrn,
  DivNoNan: divideNoNan,
  ZerosLike: filledLike(0),
  OnesLike: filledLike(1),
};
