/** Spatial pyramid pooling (He et al., arXiv:1406.4729): features of one length from maps of any extents. */
import { InputError } from '../src/core/errors.ts';
import type { GraphBuilder } from '../src/ir/builder.ts';
import type { Feature, PoolOptions } from './blocks.ts';

/** How a map is pooled. */
export interface SpatialPyramid {
  /** Bins along either axis of each level, `[1, 2, 4]` in Caffe with a height of 3. */
  readonly bins: readonly number[];
  /** Maxima by default. */
  readonly kind?: PoolOptions['kind'];
}

/**
 * `[N, C·Σ bins²]`, from a map `[N, H, W, C]` of these extents: level after level, each channels first as in Caffe, whose windows these are:
 * as large as a bin rounded up, side by side, the first of them reaching as far beyond the edge as the last, or a pixel further; means
 * count what lies there as zeros. Throws InputError without levels, and where a bin would have no pixel.
 */
export function addSpatialPyramid(
  b: GraphBuilder,
  x: Feature,
  [height, width]: readonly [number, number],
  { bins, kind = 'MaxPool' }: SpatialPyramid,
): Feature {
  if (bins.length === 0) throw new InputError('a spatial pyramid needs a level');
  const levels = bins.map((count) => {
    const axes = [height, width].map((extent) => windowOf(extent, count));
    const kernel = axes.map((axis) => axis.kernel);
    const window = {
      kernel,
      strides: kernel,
      dilations: [1, 1],
      pads: [...axes.map((axis) => axis.before), ...axes.map((axis) => axis.after)],
      padMode: 'explicit' as const,
      ceilMode: false,
    };
    const pooled =
      kind === 'MaxPool'
        ? b.one('MaxPool', [x.name], window)
        : b.one('AveragePool', [x.name], { ...window, countIncludePad: true });
    return b.one('Flatten', [b.one('Transpose', [pooled], { perm: [0, 3, 1, 2] })], { axis: 1 });
  });
  const channels = bins.reduce((sum, count) => sum + x.channels * count ** 2, 0);
  return { name: levels.length === 1 ? (levels[0] ?? '') : b.one('Concat', levels, { axis: 1 }), channels };
}

/** The windows of one axis, side by side. */
function windowOf(extent: number, bins: number): { kernel: number; before: number; after: number } {
  const kernel = Math.ceil(extent / bins);
  const rest = kernel * bins - extent;
  const [before, after] = [Math.ceil(rest / 2), Math.floor(rest / 2)];
  if (!Number.isSafeInteger(bins) || bins < 1 || before >= kernel) {
    throw new InputError(`${bins} bins of ${extent} pixels: some would have none`, { hint: 'Take fewer bins' });
  }
  return { kernel, before, after };
}
