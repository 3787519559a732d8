/**
 * CropAndResize: parts of images, each brought to one size.
 *
 * Layout: boxes[r·4 …] = y1, x1, y2, x2, of which 1 is the last pixel; image_of[r]; x[((n·in_h + row)·in_w + column)·blocks + block];
 *   y[((r·out_h + row)·out_w + column)·blocks + block].
 * Bindings: 0 x read, 1 boxes read f32, 2 batch read i32, 3 y read_write; x and y are f32 or f16, vec4 when width is 4.
 * Workgroup: lanes × (64 / lanes) × 1: channels, and pixels. Dispatch: dispatch1d(count · lanes, 64), count = R · out_h · out_w.
 * Spec: nearest, else bilinear; lanes, a power of two up to 64; width 4 when C % 4 = 0. Limits: no workgroup storage.
 *
 * Steps along an axis come as quotients that the host has made: GPUs divide floats with an error, at edges it would show.
 */
import type { Storage } from '../../src/core/storage.ts';
import { CROP_SLACK } from '../../src/ir/shapes/crop.ts';
import { f32, u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { ROI_BIN, ROI_WORKGROUP, roiItem, weighedCorners, weighedFunction } from '../lib/rois.ts';
import { bindingOf, load, store, type Access } from '../lib/storage.ts';

export interface CropAndResizeSpec {
  readonly nearest: boolean;
  readonly lanes: number;
  readonly width: 1 | 4;
  readonly xStorage: Storage;
  readonly yStorage: Storage;
}

/** Where a pixel of a crop lies along an axis: its lower pixel, how much the next one takes, and whether it is on the image. */
const placeFunction = (nearest: boolean): string => wgsl`
struct Place { low: u32, high: u32, share: f32, on: bool }
fn place_of(low: f32, high: f32, size: u32, index: u32, extent: u32, ratio: f32) -> Place {
  let last = f32(extent - 1u);
  let place = select(low * last + f32(index) * ((high - low) * ratio), 0.5 * (low + high) * last, size == 1u);
  let slack = last * ${f32(CROP_SLACK)};
  let on = place >= -slack && place <= last + slack;
  let inside = clamp(place, 0.0, last);
#if ${nearest}
  let first = min(u32(inside + 0.5), extent - 1u);
  return Place(first, first, 0.0, on);
#else
  let first = min(u32(inside), extent - 1u);
  return Place(first, min(first + 1u, extent - 1u), inside - f32(first), on);
#endif
}`;

export function cropAndResizeShader({ nearest, lanes, width, xStorage, yStorage }: CropAndResizeSpec): ShaderModule {
  const x: Access = { name: 'x', storage: xStorage, width };
  const y: Access = { name: 'y', storage: yStorage, width };
  const element = vectorType('f32', width);
  const [first, ...others] = weighedCorners((pixel) => load(x, `${pixel} * params.blocks + block`));
  return shaderModule({
    bindings: [
      bindingOf(x, 'read'),
      { name: 'boxes', access: 'read', element: 'f32' },
      { name: 'batch', access: 'read', element: 'i32' },
      bindingOf(y, 'read_write'),
    ],
    params: {
      count: 'u32',
      images: 'i32',
      in_h: 'u32',
      in_w: 'u32',
      out_h: 'u32',
      out_w: 'u32',
      blocks: 'u32',
      ratio_h: 'f32',
      ratio_w: 'f32',
      extrapolation: 'f32',
    },
    workgroupSize: [lanes, ROI_WORKGROUP / lanes, 1],
    declarations: wgsl`
${placeFunction(nearest)}
${weighedFunction(element)}`,
    body: wgsl`
  ${roiItem(lanes)}
  ${ROI_BIN}
  let v = place_of(boxes[r * 4u], boxes[r * 4u + 2u], params.out_h, bin_y, params.in_h, params.ratio_h);
  let h = place_of(boxes[r * 4u + 1u], boxes[r * 4u + 3u], params.out_w, bin_x, params.in_w, params.ratio_w);
  let image = u32(clamp(batch[r], 0, params.images - 1)) * params.in_h;
  let top = (image + v.low) * params.in_w;
  let bottom = (image + v.high) * params.in_w;
  for (var block = lid.x; block < params.blocks; block += ${u32(lanes)}) {
    var result = ${element}(params.extrapolation);
    if (v.on && h.on) {
#if ${nearest}
      result = ${element}(${load(x, '(top + h.low) * params.blocks + block')});
#else
      result = ${first};
${others.map((corner) => `      result += ${corner};`).join('\n')}
#endif
    }
    ${store(y, '(item * params.blocks + block)', 'result')}
  }`,
  });
}
