/**
 * MaxRoiPool: the greatest element of each bin of a box, bins being of whole pixels.
 *
 * Layout: rois[r·5 …] = image, x1, y1, x2, y2; x[((n·in_h + row)·in_w + column)·blocks + block];
 *   y[((r·out_h + bin row)·out_w + bin column)·blocks + block].
 * Bindings: 0 x read, 1 rois read f32, 2 y read_write; x and y are f32 or f16, vec4 when width is 4.
 * Workgroup: lanes × (64 / lanes) × 1: channels, and bins. Dispatch: dispatch1d(count · lanes, 64), count = R · out_h · out_w.
 * Spec: lanes, a power of two up to 64; width 4 when C % 4 = 0. Limits: no workgroup storage; out_h, out_w ≤ 46340.
 *
 * Bins are divided as integers: a quotient of floats may be rounded to the other side of a pixel, and not by all GPUs alike.
 */
import type { Storage } from '../../src/core/storage.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { extremeFunctions, vectorType } from '../lib/numbers.ts';
import { IMAGE_FUNCTION, pixelFunctions, ROI_BIN, ROI_WORKGROUP, roiItem } from '../lib/rois.ts';
import { bindingOf, load, store, type Access } from '../lib/storage.ts';

export interface MaxRoiPoolSpec {
  readonly lanes: number;
  readonly width: 1 | 4;
  readonly xStorage: Storage;
  readonly yStorage: Storage;
}

/** Where a box ends, and the pixels of a bin: none where an end is no number. */
const BIN_FUNCTIONS = wgsl`
${pixelFunctions(2 ** 24)}
${IMAGE_FUNCTION}
struct Run { begin: i32, end: i32 }
fn run_of(low: f32, high: f32, bins: u32, index: u32, extent: u32) -> Run {
  let a = low * params.scale;
  let b = high * params.scale;
  if (no_number(a) || no_number(b)) { return Run(0, 0); }
  let begin = pixel_of(a);
  let size = u32(max(pixel_of(b) - begin + 1, 1));
  let whole = size / bins;
  let rest = size - whole * bins;
  let from_begin = index * whole + index * rest / bins;
  let to_end = (index + 1u) * whole + ((index + 1u) * rest + bins - 1u) / bins;
  return Run(clamp(begin + i32(from_begin), 0, i32(extent)), clamp(begin + i32(to_end), 0, i32(extent)));
}`;

export function maxRoiPoolShader({ lanes, width, xStorage, yStorage }: MaxRoiPoolSpec): ShaderModule {
  const x: Access = { name: 'x', storage: xStorage, width };
  const y: Access = { name: 'y', storage: yStorage, width };
  const element = vectorType('f32', width);
  return shaderModule({
    bindings: [bindingOf(x, 'read'), { name: 'rois', access: 'read', element: 'f32' }, bindingOf(y, 'read_write')],
    params: {
      count: 'u32',
      images: 'u32',
      in_h: 'u32',
      in_w: 'u32',
      out_h: 'u32',
      out_w: 'u32',
      blocks: 'u32',
      scale: 'f32',
    },
    workgroupSize: [lanes, ROI_WORKGROUP / lanes, 1],
    declarations: wgsl`
${BIN_FUNCTIONS}
${extremeFunctions('f32', width)}`,
    body: wgsl`
  ${roiItem(lanes)}
  ${ROI_BIN}
  let rows = run_of(rois[r * 5u + 2u], rois[r * 5u + 4u], params.out_h, bin_y, params.in_h);
  let columns = run_of(rois[r * 5u + 1u], rois[r * 5u + 3u], params.out_w, bin_x, params.in_w);
  let image = image_of(rois[r * 5u]);
  let across = u32(max(columns.end - columns.begin, 0)) * params.blocks;
  let some = rows.begin < rows.end && columns.begin < columns.end;
  let first = ((image * params.in_h + u32(rows.begin)) * params.in_w + u32(columns.begin)) * params.blocks;
  for (var block = lid.x; block < params.blocks; block += ${u32(lanes)}) {
    var most = ${element}(0.0);
    if (some) {
      var begin = first + block;
      most = ${load(x, 'begin')};
      for (var row = rows.begin; row < rows.end; row++) {
        for (var i = begin; i < begin + across; i += params.blocks) { most = greater(most, ${load(x, 'i')}); }
        begin += params.in_w * params.blocks;
      }
    }
    ${store(y, '(item * params.blocks + block)', 'most')}
  }`,
  });
}
