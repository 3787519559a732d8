/**
 * RoiAlign with a fixed grid, first step: the pixels that the bins of each box see along one axis, and their weights.
 *
 * Layout: boxes[r·4 …] = x1, y1, x2, y2; batch[r]; entry e = r·(out_h + out_w) + bin, rows before columns. places[e·(2·grid + 1)] is a
 *   number of taps, behind it where each begins, in vectors: a row of an image, or a column of a row. weights[e·2·grid …] are
 *   those of the taps; rows have what a mean divides by, too.
 * Bindings: 0 boxes read f32, 1 batch read i32, 2 places read_write u32, 3 weights read_write f32.
 * Workgroup: 64 × 1 × 1, one entry per invocation. Dispatch: dispatch1d(count, 64), count = R · (out_h + out_w).
 * Spec: grid, samples along an axis; halfPixel. Limits: no workgroup storage.
 *
 * Samples go up, or down in a box that is inside out; they are taken going up, so that pixels come in order and two in hand are enough
 * to add up what several samples take of one.
 */
import { linearIndex } from '../lib/index.ts';
import { f32, u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { binFunction, roiSampleFunction, type RoiSpec } from '../lib/rois.ts';

/** Invocations per workgroup. */
export const ROI_TAPS_WORKGROUP = 64;

export interface RoiTapsSpec extends RoiSpec {
  readonly grid: number;
}

/** Writes the taps of a bin, and counts them in `taps`. */
const taps = (grid: number): string => wgsl`
  let to = i * ${u32(2 * grid + 1)};
  let weights_to = i * ${u32(2 * grid)};
  var taps = 0u;
  var at = -2;
  var own = 0.0;
  var next = 0.0;
  // One more than there are samples: the last round puts down what is in hand.
  for (var k = 0u; k <= ${u32(grid)}; k++) {
    let j = select(k, ${u32(grid - 1)} - k, bin.width < 0.0);
    let s = sample_of(bin.start + (f32(j) + 0.5) * bin.width / ${f32(grid)}, extent);
    let ends = k == ${u32(grid)};
    if (!s.on && !ends) { continue; }
    if (!ends && s.low == at) {
      own += 1.0 - s.share;
      next += s.share;
      continue;
    }
    if (own != 0.0) {
      places[to + 1u + taps] = first + u32(at) * stride;
      weights[weights_to + taps] = own * factor;
      taps++;
    }
    if (!ends && s.low == at + 1) {
      own = next + 1.0 - s.share;
      next = s.share;
      at = s.low;
      continue;
    }
    if (next != 0.0) {
      places[to + 1u + taps] = first + u32(at + 1) * stride;
      weights[weights_to + taps] = next * factor;
      taps++;
    }
    at = s.low;
    own = 1.0 - s.share;
    next = s.share;
  }`;

export function roiTapsShader({ grid, halfPixel }: RoiTapsSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'boxes', access: 'read', element: 'f32' },
      { name: 'batch', access: 'read', element: 'i32' },
      { name: 'places', access: 'read_write', element: 'u32' },
      { name: 'weights', access: 'read_write', element: 'f32' },
    ],
    params: {
      count: 'u32',
      images: 'i32',
      in_h: 'i32',
      in_w: 'i32',
      out_h: 'u32',
      out_w: 'u32',
      blocks: 'u32',
      scale: 'f32',
    },
    workgroupSize: [ROI_TAPS_WORKGROUP, 1, 1],
    declarations: wgsl`
${binFunction({ halfPixel })}
${roiSampleFunction()}`,
    body: wgsl`
  ${linearIndex(ROI_TAPS_WORKGROUP)}
  if (i >= params.count) { return; }
  let bins = params.out_h + params.out_w;
  let r = i / bins;
  let e = i - r * bins;
  let rows = e < params.out_h;
  let low_at = r * 4u + select(0u, 1u, rows);
  let extent = select(params.in_w, params.in_h, rows);
  let bin = bin_of(boxes[low_at], boxes[low_at + 2u], select(params.out_w, params.out_h, rows), select(e - params.out_h, e, rows));
  let image = clamp(batch[r], 0, params.images - 1);
  let stride = select(params.blocks, params.blocks * u32(params.in_w), rows);
  let first = select(0u, u32(image * params.in_h) * stride, rows);
  let factor = select(1.0, ${f32(1 / grid ** 2)}, rows);
  ${taps(grid)}
  places[to] = taps;`,
  });
}
