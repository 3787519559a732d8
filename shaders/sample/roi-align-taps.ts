/**
 * RoiAlign with a fixed grid, second step: means by the tables of roi-taps.ts, rows before columns.
 *
 * Layout: x[place + block], a place being that of a row and that of a column; y[((r·out_h + bin row)·out_w + bin column)·blocks + block].
 * Bindings: 0 x read, 1 places read u32, 2 weights read f32, 3 y read_write; x and y are f32 or f16, vec4 when width is 4.
 * Workgroup: lanes × (workgroup / lanes) × 1: channels, and rows of bins. An invocation makes a row of bins, of its vectors of channels.
 * Dispatch: dispatch1d(count · lanes, workgroup), count = R · out_h.
 * Spec: grid; lanes, a power of two up to the workgroup; vectors that an invocation has in hand at once, which with the lanes
 *   divide the vectors of channels, or 1; width 4 when C % 4 = 0. Limits: no workgroup storage.
 *
 * With as many lanes as the workgroup has invocations, tables are read at addresses that are the same for all of it. A column that the
 * bin before ended with is not read again: along a box of the pixels that samples are made for, that is every other one.
 */
import type { Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { roiItem } from '../lib/rois.ts';
import { bindingOf, load, store, type Access } from '../lib/storage.ts';

export interface RoiAlignTapsSpec {
  readonly grid: number;
  readonly lanes: number;
  readonly workgroup: number;
  readonly vectors: number;
  readonly width: 1 | 4;
  readonly xStorage: Storage;
  readonly yStorage: Storage;
}

export function roiAlignTapsShader(spec: RoiAlignTapsSpec): ShaderModule {
  const { grid, lanes, workgroup, vectors, width, xStorage, yStorage } = spec;
  const x: Access = { name: 'x', storage: xStorage, width };
  const y: Access = { name: 'y', storage: yStorage, width };
  const element = vectorType('f32', width);
  const each = (line: (vector: number, ahead: string) => string): string =>
    range(vectors)
      .map((i) => line(i, u32(i * lanes)))
      .join('\n');
  return shaderModule({
    bindings: [
      bindingOf(x, 'read'),
      { name: 'places', access: 'read', element: 'u32' },
      { name: 'weights', access: 'read', element: 'f32' },
      bindingOf(y, 'read_write'),
    ],
    params: { count: 'u32', out_h: 'u32', out_w: 'u32', blocks: 'u32' },
    workgroupSize: [lanes, workgroup / lanes, 1],
    body: wgsl`
  ${roiItem(lanes, workgroup)}
  let r = item / params.out_h;
  let entries = r * (params.out_h + params.out_w);
  let row = entries + item - r * params.out_h;
  let rows = places[row * ${u32(2 * grid + 1)}];
  let row_places = row * ${u32(2 * grid + 1)} + 1u;
  let row_weights = row * ${u32(2 * grid)};
  for (var block = lid.x; block < params.blocks; block += ${u32(lanes * vectors)}) {
    var to = item * params.out_w * params.blocks + block;
    var entry = entries + params.out_h;
    var last = 0xffffffffu;
    ${each((i) => `var v${i} = ${element}(0.0);`)}
    for (var bin = 0u; bin < params.out_w; bin++) {
      let column_places = entry * ${u32(2 * grid + 1)} + 1u;
      let column_weights = entry * ${u32(2 * grid)};
      let columns = places[entry * ${u32(2 * grid + 1)}];
      ${each((i) => `var sum${i} = ${element}(0.0);`)}
      for (var j = 0u; j < columns; j++) {
        let column = places[column_places + j];
        let known = column == last;
        ${each((i) => `v${i} = select(${element}(0.0), v${i}, known);`)}
        for (var k = select(0u, rows, known); k < rows; k++) {
          let pixel = places[row_places + k] + column + block;
          let of_row = weights[row_weights + k];
          ${each((i, ahead) => `v${i} += ${load(x, `pixel + ${ahead}`)} * of_row;`)}
        }
        last = column;
        let of_column = weights[column_weights + j];
        ${each((i) => `sum${i} += v${i} * of_column;`)}
      }
      ${each((i, ahead) => store(y, `to + ${ahead}`, `sum${i}`))}
      to += params.blocks;
      entry++;
    }
  }`,
  });
}
