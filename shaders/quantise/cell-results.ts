/**
 * Results of a convolution over cells (src/kernels/conv/transposed-cells.ts) where a transposed one has them, 8-bit integers.
 *
 * Layout: x [N, cells_h, cells_w, phases · out_c], phase by phase; y [N, out_h, out_w, out_c], stored as x.
 * Bindings: x read, y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation, or `words`: one word of them.
 * Dispatch: dispatch1d(count, 64).
 * Spec: how x is stored; strides, the phases `[vertical, horizontal]`; words, where x is packed and the channels fill words: out_c
 *   counts these, then.
 * Params: output o lies in cell ⌊(o + cut) / stride⌋.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { u32 } from '../lib/literal.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { movedShader } from '../lib/moved.ts';

export interface CellResultsSpec {
  readonly x: Storage;
  readonly words: boolean;
  readonly strides: readonly [number, number];
}

export function cellResultsShader({ x, words, strides: [down, across] }: CellResultsSpec): ShaderModule {
  return movedShader({
    x,
    words,
    params: {
      out_h: 'u32',
      out_w: 'u32',
      out_c: 'u32',
      cells_h: 'u32',
      cells_w: 'u32',
      cut_h: 'u32',
      cut_w: 'u32',
    },
    name: 'placed',
    declare: (type, element) => wgsl`
fn placed(at: u32) -> ${type} {
  let pixel = at / params.out_c;
  let row = pixel / params.out_w;
  let image = row / params.out_h;
  let oy = row - image * params.out_h + params.cut_h;
  let ox = pixel - row * params.out_w + params.cut_w;
  let cell = (image * params.cells_h + oy / ${u32(down)}) * params.cells_w + ox / ${u32(across)};
  let phase = oy % ${u32(down)} * ${u32(across)} + ox % ${u32(across)};
  let source = (cell * ${u32(down * across)} + phase) * params.out_c + at % params.out_c;
  return ${element};
}`,
  });
}
