/**
 * Pictures with a border of their zero point, which a run knows.
 *
 * Layout: x [N, in_h, in_w, in_c]; y [N, out_h, out_w, in_c], stored as x.
 * Bindings: x read, x_zero read i32, y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation, or `words`: one word of them.
 * Dispatch: dispatch1d(count, 64).
 * Spec: how x is stored; words, where it is packed and its channels fill words: in_c counts these, then.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { wgsl, type ParamFields, type ShaderModule } from '../lib/module.ts';
import { movedShader } from '../lib/moved.ts';

export interface ZeroBorderSpec {
  readonly x: Storage;
  readonly words: boolean;
}

const PARAMS: ParamFields = {
  in_h: 'u32',
  in_w: 'u32',
  in_c: 'u32',
  out_h: 'u32',
  out_w: 'u32',
  pad_top: 'u32',
  pad_left: 'u32',
};

const ZERO = { name: 'x_zero', access: 'read', element: 'i32' } as const;

export function zeroBorderShader({ x, words }: ZeroBorderSpec): ShaderModule {
  const zero = words ? '(u32(x_zero[0]) & 255u) * 0x01010101u' : 'x_zero[0]';
  return movedShader({
    x,
    words,
    others: [ZERO],
    params: PARAMS,
    name: 'bordered',
    declare: (type, element) => wgsl`
fn bordered(at: u32) -> ${type} {
  let pixel = at / params.in_c;
  let row = pixel / params.out_w;
  let image = row / params.out_h;
  // What lies before the picture wraps, and is beyond it.
  let iy = row - image * params.out_h - params.pad_top;
  let ix = pixel - row * params.out_w - params.pad_left;
  if (iy >= params.in_h || ix >= params.in_w) { return ${zero}; }
  let source = ((image * params.in_h + iy) * params.in_w + ix) * params.in_c + at % params.in_c;
  return ${element};
}`,
  });
}
