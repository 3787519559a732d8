/**
 * RoiAlign with a fixed grid, second step: means by the tables of roi-taps.ts, rows before columns.
 *
 * Layout: x[place + block], a place being that of a row and that of a column; y[((r·out_h + bin row)·out_w + bin column)·blocks + block].
 * Bindings: 0 x read, 1 places read u32, 2 weights read f32, 3 y read_write; x and y are f32 or f16, vec4 when width is 4.
 * Workgroup: lanes × (64 / lanes) × 1: channels, and rows of bins. An invocation makes a row of bins, of its vectors of channels.
 * Dispatch: dispatch1d(count · lanes, 64), count = R · out_h.
 * Spec: grid; lanes, a power of two up to 64; width 4 when C % 4 = 0. Limits: no workgroup storage.
 *
 * With 64 lanes tables are read at addresses that are the same for the whole workgroup. A column that the bin before ended with
 * is not read again: along a box of the pixels that samples are made for, that is every other one.
 */
import type { Storage } from '../../src/core/storage.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { ROI_WORKGROUP, roiItem } from '../lib/rois.ts';
import { bindingOf, load, store, type Access } from '../lib/storage.ts';

export interface RoiAlignTapsSpec {
  readonly grid: number;
  readonly lanes: number;
  readonly width: 1 | 4;
  readonly xStorage: Storage;
  readonly yStorage: Storage;
}

export function roiAlignTapsShader({ grid, lanes, width, xStorage, yStorage }: RoiAlignTapsSpec): ShaderModule {
  const x: Access = { name: 'x', storage: xStorage, width };
  const y: Access = { name: 'y', storage: yStorage, width };
  const element = vectorType('f32', width);
  return shaderModule({
    bindings: [
      bindingOf(x, 'read'),
      { name: 'places', access: 'read', element: 'u32' },
      { name: 'weights', access: 'read', element: 'f32' },
      bindingOf(y, 'read_write'),
    ],
    params: { count: 'u32', out_h: 'u32', out_w: 'u32', blocks: 'u32' },
    workgroupSize: [lanes, ROI_WORKGROUP / lanes, 1],
    body: wgsl`
  ${roiItem(lanes)}
  let r = item / params.out_h;
  let entries = r * (params.out_h + params.out_w);
  let row = entries + item - r * params.out_h;
  let rows = places[row * ${u32(2 * grid + 1)}];
  let row_places = row * ${u32(2 * grid + 1)} + 1u;
  let row_weights = row * ${u32(2 * grid)};
  for (var block = lid.x; block < params.blocks; block += ${u32(lanes)}) {
    var to = item * params.out_w * params.blocks + block;
    var entry = entries + params.out_h;
    var last = 0xffffffffu;
    var v = ${element}(0.0);
    for (var bin = 0u; bin < params.out_w; bin++) {
      let column_places = entry * ${u32(2 * grid + 1)} + 1u;
      let column_weights = entry * ${u32(2 * grid)};
      let columns = places[entry * ${u32(2 * grid + 1)}];
      var sum = ${element}(0.0);
      for (var j = 0u; j < columns; j++) {
        let column = places[column_places + j];
        let known = column == last;
        v = select(${element}(0.0), v, known);
        for (var k = select(0u, rows, known); k < rows; k++) {
          v += ${load(x, 'places[row_places + k] + column + block')} * weights[row_weights + k];
        }
        last = column;
        sum += v * weights[column_weights + j];
      }
      ${store(y, 'to', 'sum')}
      to += params.blocks;
      entry++;
    }
  }`,
  });
}
