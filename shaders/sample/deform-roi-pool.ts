/**
 * DeformRoiPool: means of samples of the bins of boxes, which offsets move, and which may have channels of their own.
 *
 * Layout: rois[r·5 …] = image, x1, y1, x2, y2; offsets[((r·part_h + part row)·part_w + part column)·fields + 2·k …] = x, y, those of
 *   `each` vectors of channels; x[((n·in_h + row)·in_w + column)·pitch + block·groups + group];
 *   y[((r·out_h + bin row)·out_w + bin column)·blocks + block].
 * Bindings: 0 x read, 1 rois read f32, then offsets read f32 where there are any, then y read_write; x and y are f32 or f16, vec4 when
 *   width is 4.
 * Workgroup: lanes × (64 / lanes) × 1: channels, and bins. Dispatch: dispatch1d(count · lanes, 64), count = R · out_h · out_w.
 * Spec: offsets; whole: ends of boxes are pixels, and samples as the authors have them, else as RoiAlign; adaptive: as many samples as a
 *   bin has pixels, else `grid`; lanes, a power of two up to 64; width 4 with one group, one offset for all channels, and C % 4 = 0.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import {
  binFunction,
  IMAGE_FUNCTION,
  pixelFunctions,
  ROI_BIN,
  ROI_WORKGROUP,
  roiItem,
  roiSampleFunction,
  roiSamplesFunction,
  weighedCorners,
  weighedFunction,
} from '../lib/rois.ts';
import { bindingOf, load, store, type Access } from '../lib/storage.ts';

export interface DeformRoiPoolSpec {
  readonly offsets: boolean;
  readonly whole: boolean;
  readonly adaptive: boolean;
  readonly lanes: number;
  readonly width: 1 | 4;
  readonly xStorage: Storage;
  readonly yStorage: Storage;
}

/** Adds up `sum` over the samples of bins `down` and `across`, of the channels at `start` in each pixel, and counts them in `seen`. */
const samples = (x: Access): string => wgsl`
    let rows = samples_of(down, params.out_h, params.in_h);
    let columns = samples_of(across, params.out_w, params.in_w);
    for (var i = rows.first; i <= rows.last; i++) {
      let v = sample_of(position_of(down, rows.grid, i), params.in_h);
      if (!v.on) { continue; }
      let top = (image + v.low) * params.in_w;
      let bottom = (image + v.high) * params.in_w;
      for (var j = columns.first; j <= columns.last; j++) {
        let h = sample_of(position_of(across, columns.grid, j), params.in_w);
        if (!h.on) { continue; }
${weighedCorners((pixel) => load(x, `u32${pixel} * params.pitch + start`))
  .map((corner) => `        sum += ${corner};`)
  .join('\n')}
        seen += 1.0;
      }
    }`;

/** Declares bins `down` and `across` where the offset of a block puts them. */
const moved = wgsl`
    let offset_at = part_at + 2u * (block / params.each);
    let down = Bin(still_down.start + params.gamma * still_down.size * offsets[offset_at + 1u], still_down.width, still_down.size);
    let across = Bin(still_across.start + params.gamma * still_across.size * offsets[offset_at], still_across.width, still_across.size);`;

function paramsOf({ offsets, adaptive }: DeformRoiPoolSpec) {
  return {
    count: 'u32',
    images: 'u32',
    in_h: 'i32',
    in_w: 'i32',
    out_h: 'u32',
    out_w: 'u32',
    blocks: 'u32',
    pitch: 'u32',
    group_h: 'u32',
    group_w: 'u32',
    scale: 'f32',
    ...(offsets ? ({ part_h: 'u32', part_w: 'u32', fields: 'u32', each: 'u32', gamma: 'f32' } as const) : {}),
    ...(adaptive ? {} : ({ grid: 'u32' } as const)),
  } as const;
}

export function deformRoiPoolShader(spec: DeformRoiPoolSpec): ShaderModule {
  const { offsets, whole, adaptive, lanes, width } = spec;
  const x: Access = { name: 'x', storage: spec.xStorage, width };
  const y: Access = { name: 'y', storage: spec.yStorage, width };
  const element = vectorType('f32', width);
  return shaderModule({
    bindings: [
      bindingOf(x, 'read'),
      { name: 'rois', access: 'read', element: 'f32' },
      ...(offsets ? [{ name: 'offsets', access: 'read', element: 'f32' } as const] : []),
      bindingOf(y, 'read_write'),
    ],
    params: paramsOf(spec),
    workgroupSize: [lanes, ROI_WORKGROUP / lanes, 1],
    declarations: wgsl`
${pixelFunctions(2 ** 18)}
${IMAGE_FUNCTION}
${binFunction({ halfPixel: true, whole })}
${roiSampleFunction(whole ? 0.5 : 1)}
${roiSamplesFunction({ adaptive, phase: whole ? 0 : 0.5 })}
${weighedFunction(element)}`,
    body: wgsl`
  ${roiItem(lanes)}
  ${ROI_BIN}
  let still_down = bin_of(rois[r * 5u + 2u], rois[r * 5u + 4u], params.out_h, bin_y);
  let still_across = bin_of(rois[r * 5u + 1u], rois[r * 5u + 3u], params.out_w, bin_x);
  let image = i32(image_of(rois[r * 5u])) * params.in_h;
  let group = bin_y * params.group_h / params.out_h * params.group_w + bin_x * params.group_w / params.out_w;
  let apart = params.group_h * params.group_w;
#if ${offsets}
  let part_y = bin_y * params.part_h / params.out_h;
  let part_x = bin_x * params.part_w / params.out_w;
  let part_at = ((r * params.part_h + part_y) * params.part_w + part_x) * params.fields;
#endif
  for (var block = lid.x; block < params.blocks; block += ${u32(lanes)}) {
    let start = block * apart + group;
    var sum = ${element}(0.0);
    var seen = 0.0;
#if ${offsets}
    ${moved}
#else
    let down = still_down;
    let across = still_across;
#endif
    ${samples(x)}
#if ${whole}
    sum /= max(seen, 1.0);
#else
    sum /= max(rows.grid * columns.grid, 1.0);
#endif
    ${store(y, '(item * params.blocks + block)', 'sum')}
  }`,
  });
}
