/**
 * RoiAlign, sample by sample: any grid, means and ONNX's maxima of products.
 *
 * Layout: boxes[r·4 …] = x1, y1, x2, y2; batch[r]; x[((n·in_h + row)·in_w + column)·blocks + block];
 *   y[((r·out_h + bin row)·out_w + bin column)·blocks + block].
 * Bindings: 0 x read, 1 boxes read f32, 2 batch read i32, 3 y read_write; x and y are f32 or f16, vec4 when width is 4.
 * Workgroup: lanes × (64 / lanes) × 1: channels, and bins. Dispatch: dispatch1d(count · lanes, 64), count = R · out_h · out_w.
 * Spec: max; adaptive: as many samples as a bin has pixels, else `grid`; halfPixel; lanes, a power of two up to 64; width 4 when
 *   C % 4 = 0. Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { extremeFunctions, vectorType } from '../lib/numbers.ts';
import {
  binFunction,
  ROI_BIN,
  ROI_WORKGROUP,
  roiItem,
  roiSampleFunction,
  roiSamplesFunction,
  weighedCorners,
  weighedFunction,
  type RoiSpec,
} from '../lib/rois.ts';
import { bindingOf, load, loadedType, store, type Access } from '../lib/storage.ts';

export interface RoiAlignSpec extends RoiSpec {
  readonly max: boolean;
  readonly adaptive: boolean;
  readonly lanes: number;
  readonly width: 1 | 4;
  readonly xStorage: Storage;
  readonly yStorage: Storage;
}

/** Declares `result`: the vector at `block`, of all samples of a bin. */
function pooled({ max, x }: { max: boolean; x: Access }): string {
  const element = loadedType({ storage: 'f32', width: x.width });
  const [a, b, c, d] = weighedCorners((pixel) => load(x, `u32${pixel} * params.blocks + block`));
  return wgsl`
    var result = ${element}(0.0);
    var seen = 0.0;
    for (var i = rows.first; i <= rows.last; i++) {
      let v = sample_of(position_of(down, rows.grid, i), params.in_h);
      if (!v.on) { continue; }
      let top = (image + v.low) * params.in_w;
      let bottom = (image + v.high) * params.in_w;
      for (var j = columns.first; j <= columns.last; j++) {
        let h = sample_of(position_of(across, columns.grid, j), params.in_w);
        if (!h.on) { continue; }
        let a = ${a};
        let b = ${b};
        let c = ${c};
        let d = ${d};
#if ${max}
        let most = greater(greater(a, b), greater(c, d));
        if (seen == 0.0) { result = most; } else { result = greater(result, most); }
        seen += 1.0;
#else
        result += a + b + c + d;
#endif
      }
    }
#if ${max}
    // Samples off the map are 0.
    if (seen > 0.0 && seen < number) { result = greater(result, ${element}(0.0)); }
#else
    result /= max(number, 1.0);
#endif`;
}

export function roiAlignShader({
  max,
  adaptive,
  halfPixel,
  lanes,
  width,
  xStorage,
  yStorage,
}: RoiAlignSpec): ShaderModule {
  const x: Access = { name: 'x', storage: xStorage, width };
  const y: Access = { name: 'y', storage: yStorage, width };
  const element = vectorType('f32', width);
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
      in_h: 'i32',
      in_w: 'i32',
      out_h: 'u32',
      out_w: 'u32',
      blocks: 'u32',
      scale: 'f32',
      ...(adaptive ? {} : { grid: 'u32' }),
    },
    workgroupSize: [lanes, ROI_WORKGROUP / lanes, 1],
    declarations: wgsl`
${binFunction({ halfPixel })}
${roiSampleFunction()}
${roiSamplesFunction({ adaptive })}
#if ${max}
${extremeFunctions('f32', width)}
#endif
${weighedFunction(element)}`,
    body: wgsl`
  ${roiItem(lanes)}
  ${ROI_BIN}
  let down = bin_of(boxes[r * 4u + 1u], boxes[r * 4u + 3u], params.out_h, bin_y);
  let across = bin_of(boxes[r * 4u], boxes[r * 4u + 2u], params.out_w, bin_x);
  let rows = samples_of(down, params.out_h, params.in_h);
  let columns = samples_of(across, params.out_w, params.in_w);
  let image = clamp(batch[r], 0, params.images - 1) * params.in_h;
  let number = rows.grid * columns.grid;
  for (var block = lid.x; block < params.blocks; block += ${u32(lanes)}) {
    ${pooled({ max, x })}
    ${store(y, '(item * params.blocks + block)', 'result')}
  }`,
  });
}
