/**
 * PsRoiPool: the mean of each bin of a box, in channels of its own, bins being of whole pixels.
 *
 * Layout: rois[r·5 …] = image, x1, y1, x2, y2; x[((n·in_h + row)·in_w + column)·channels + c·bins + bin];
 *   y[(r·bins + bin)·out_c + c], bin = bin row · out_w + bin column.
 * Bindings: 0 x read, 1 rois read f32, 2 y read_write; x and y are f32 or f16.
 * Workgroup: lanes × (64 / lanes) × 1: channels, and bins. Dispatch: dispatch1d(count · lanes, 64), count = R · bins.
 * Spec: scaled: what is rounded; lanes, a power of two up to 64. Limits: no workgroup storage.
 *
 * Quotients are checked by products, which are exact: they may be rounded to the other side of a pixel, and not by all GPUs alike.
 */
import type { Storage } from '../../src/core/storage.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { IMAGE_FUNCTION, pixelFunctions, ROI_BIN, ROI_WORKGROUP, roiItem } from '../lib/rois.ts';
import { bindingOf, load, store, type Access } from '../lib/storage.ts';

export interface PsRoiPoolSpec {
  readonly scaled: boolean;
  readonly lanes: number;
  readonly xStorage: Storage;
  readonly yStorage: Storage;
}

/** The pixels of a bin: none where an end of the box is no number. */
const runFunction = (scaled: boolean): string => wgsl`
struct Run { begin: i32, end: i32 }
fn whole_quotient(v: f32, n: f32) -> f32 {
  let near = floor(v / n);
  return near + select(0.0, 1.0, (near + 1.0) * n <= v) - select(0.0, 1.0, near * n > v);
}
fn run_of(low: f32, high: f32, bins: u32, index: u32, extent: u32) -> Run {
#if ${scaled}
  let a = low * params.scale;
  let b = high * params.scale;
  let start = f32(pixel_of(a));
  let size = max(f32(pixel_of(b)) - start, 1.0);
  let limit = f32(extent - 1u);
#else
  let a = low;
  let b = high;
  let start = f32(pixel_of(a)) * params.scale;
  let size = max((f32(pixel_of(b)) + 1.0) * params.scale - start, 0.1);
  let limit = f32(extent);
#endif
  if (no_number(a) || no_number(b)) { return Run(0, 0); }
  let n = f32(bins);
  let begin = whole_quotient(start * n + f32(index) * size, n);
  let end = -whole_quotient(-(start * n + f32(index + 1u) * size), n);
  return Run(i32(clamp(begin, 0.0, limit)), i32(clamp(end, 0.0, limit)));
}`;

export function psRoiPoolShader({ scaled, lanes, xStorage, yStorage }: PsRoiPoolSpec): ShaderModule {
  const x: Access = { name: 'x', storage: xStorage, width: 1 };
  const y: Access = { name: 'y', storage: yStorage, width: 1 };
  return shaderModule({
    bindings: [bindingOf(x, 'read'), { name: 'rois', access: 'read', element: 'f32' }, bindingOf(y, 'read_write')],
    params: {
      count: 'u32',
      images: 'u32',
      in_h: 'u32',
      in_w: 'u32',
      out_h: 'u32',
      out_w: 'u32',
      out_c: 'u32',
      channels: 'u32',
      scale: 'f32',
    },
    workgroupSize: [lanes, ROI_WORKGROUP / lanes, 1],
    declarations: wgsl`
${pixelFunctions(2 ** 18)}
${IMAGE_FUNCTION}
${runFunction(scaled)}`,
    body: wgsl`
  ${roiItem(lanes)}
  ${ROI_BIN}
  let rows = run_of(rois[r * 5u + 2u], rois[r * 5u + 4u], params.out_h, bin_y, params.in_h);
  let columns = run_of(rois[r * 5u + 1u], rois[r * 5u + 3u], params.out_w, bin_x, params.in_w);
  let across = max(columns.end - columns.begin, 0);
  let area = max(rows.end - rows.begin, 0) * across;
  let reach = u32(across) * params.channels;
  let pixel = (image_of(rois[r * 5u]) * params.in_h + u32(rows.begin)) * params.in_w + u32(columns.begin);
  let bins = params.out_h * params.out_w;
  let first = pixel * params.channels + bin_y * params.out_w + bin_x;
  for (var c = lid.x; c < params.out_c; c += ${u32(lanes)}) {
    var sum = 0.0;
    var begin = first + c * bins;
    for (var row = rows.begin; row < rows.end; row++) {
      for (var i = begin; i < begin + reach; i += params.channels) { sum += ${load(x, 'i')}; }
      begin += params.in_w * params.channels;
    }
    ${store(y, '(item * params.out_c + c)', 'sum / max(f32(area), 1.0)')}
  }`,
  });
}
