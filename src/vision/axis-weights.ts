/**
 * Where target pixels lie in the source, as one table of weights for each axis.
 *
 * Conventions of where a target pixel lies in the source differ between libraries; all are weights here:
 * corner-aligned, half-pixel and asymmetric bilinear and nearest, box average, and the widened triangle with which
 * Pillow (and torchvision on its pictures) scales down.
 */

/** How target pixels are computed from source pixels. */
export interface Resampling {
  readonly method: 'bilinear' | 'nearest' | 'area';
  /** First and last pixel centres of source and target coincide, as TensorFlow's `alignCorners`. Default false. */
  readonly alignCorners?: boolean;
  /**
   * Pixel i covers [i, i + 1), as in OpenCV, PyTorch, ONNX and browsers; false is TensorFlow 1's and TensorFlow.js's
   * default, where pixel i sits at i. Default true; without meaning under `alignCorners` and for `area`.
   */
  readonly halfPixel?: boolean;
  /**
   * Bilinear only: when scaling down, widens the triangle to the scale and rounds to bytes after each axis, as Pillow
   * does. Implies half pixels. Default false.
   */
  readonly antialias?: boolean;
}

/** One axis: `source` pixels are scaled to `scaled`; of those, `size` are computed, beginning at `offset`. */
export interface ScaledAxis {
  readonly source: number;
  readonly scaled: number;
  readonly offset: number;
  readonly size: number;
}

/** For each target pixel: the first source pixel that counts, and the weights of that one and those after it. */
export interface AxisWeights {
  readonly first: Int32Array;
  /** Row-major, `taps` for each target pixel; unused ones are 0. */
  readonly weights: Float64Array;
  readonly taps: number;
}

/** True where Pillow's rules hold, by which each axis rounds to bytes. */
export function roundsAsPillow({ method, antialias }: Resampling): boolean {
  return method === 'bilinear' && antialias === true;
}

/** The weights of one axis. Each target pixel's weights sum to 1. */
export function axisWeights(axis: ScaledAxis, how: Resampling): AxisWeights {
  if (how.method === 'area') return boxes(axis);
  if (roundsAsPillow(how)) return triangles(axis);
  return how.method === 'nearest' ? nearest(axis, how) : linear(axis, how);
}

/** Position in the source of each target pixel of the window, by the chosen convention; may lie outside. */
function positions({ source, scaled, offset, size }: ScaledAxis, how: Resampling): Float64Array {
  const aligned = how.alignCorners === true && scaled > 1;
  const scale = aligned ? (source - 1) / (scaled - 1) : source / scaled;
  const shift = how.alignCorners !== true && how.halfPixel !== false ? 0.5 : 0;
  return Float64Array.from({ length: size }, (_, i) => (i + offset + shift) * scale - shift);
}

function linear(axis: ScaledAxis, how: Resampling): AxisWeights {
  const last = axis.source - 1;
  const at = positions(axis, how);
  const first = new Int32Array(axis.size);
  const weights = new Float64Array(axis.size * 2);
  at.forEach((position, i) => {
    const inside = Math.min(last, Math.max(0, position));
    const low = Math.min(Math.floor(inside), Math.max(0, last - 1));
    first[i] = low;
    weights[2 * i] = 1 - (inside - low);
    weights[2 * i + 1] = inside - low;
  });
  return { first, weights, taps: 2 };
}

function nearest(axis: ScaledAxis, how: Resampling): AxisWeights {
  // Half pixels: the pixel that covers the centre, floor((i + 0.5) · scale); corners: the closest; else the one at or before.
  const half = how.alignCorners !== true && how.halfPixel !== false;
  const pick = (position: number): number =>
    half ? Math.floor(position + 0.5) : how.alignCorners === true ? Math.round(position) : Math.floor(position);
  const first = Int32Array.from(positions(axis, how), (p) => Math.min(axis.source - 1, Math.max(0, pick(p))));
  return { first, weights: new Float64Array(axis.size).fill(1), taps: 1 };
}

/** Average over the source interval that each target pixel covers. */
function boxes({ source, scaled, offset, size }: ScaledAxis): AxisWeights {
  const scale = source / scaled;
  return gather(source, size, Math.ceil(scale) + 1, (i) => {
    const from = (i + offset) * scale;
    const to = from + scale;
    return {
      low: Math.floor(from),
      high: Math.ceil(to - 1e-9),
      weight: (p) => Math.max(0, Math.min(p + 1, to) - Math.max(p, from)),
    };
  });
}

/** Pillow holds its weights as multiples of this; exact halves, which its simple ratios make many of, round alike only so. */
const PILLOW_STEPS = 2 ** 22;

/** Triangle of half-width max(1, scale) around the target pixel's centre, cut at the border and renormalised. */
function triangles({ source, scaled, offset, size }: ScaledAxis): AxisWeights {
  const scale = source / scaled;
  const support = Math.max(1, scale);
  const table = gather(source, size, 2 * Math.ceil(support) + 1, (i) => {
    const centre = (i + offset + 0.5) * scale;
    return {
      low: Math.trunc(centre - support + 0.5),
      high: Math.trunc(centre + support + 0.5),
      weight: (p) => Math.max(0, 1 - Math.abs((p - centre + 0.5) * (1 / support))),
    };
  });
  return { ...table, weights: table.weights.map((w) => Math.floor(w * PILLOW_STEPS + 0.5) / PILLOW_STEPS) };
}

interface Footprint {
  readonly low: number;
  /** One past the last source pixel. */
  readonly high: number;
  readonly weight: (pixel: number) => number;
}

function gather(source: number, size: number, taps: number, footprintOf: (i: number) => Footprint): AxisWeights {
  const first = new Int32Array(size);
  const weights = new Float64Array(size * taps);
  for (let i = 0; i < size; i++) {
    const { low, high, weight } = footprintOf(i);
    const from = Math.min(source - 1, Math.max(0, low));
    const to = Math.min(source, Math.max(from + 1, high), from + taps);
    let sum = 0;
    for (let p = from; p < to; p++) sum += weight(p);
    for (let p = from; p < to; p++) weights[i * taps + p - from] = weight(p) * (1 / sum);
    first[i] = from;
  }
  return { first, weights, taps };
}
