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
import { eachOfFour, flatShader, FLAT_WORKGROUP } from '../lib/flat.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ParamFields, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load } from '../lib/storage.ts';

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

/** Declares `fn bordered(at) -> type`: the element at an index of y. */
function borderedFunction(type: 'u32' | 'i32', element: string, zero: string): string {
  return wgsl`
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
}`;
}

export function zeroBorderShader({ x, words }: ZeroBorderSpec): ShaderModule {
  if (words) {
    return shaderModule({
      bindings: [
        { name: 'x', access: 'read', element: 'u32' },
        ZERO,
        { name: 'y', access: 'read_write', element: 'u32' },
      ],
      params: { count: 'u32', ...PARAMS },
      workgroupSize: [FLAT_WORKGROUP, 1, 1],
      declarations: borderedFunction('u32', 'x[source]', '(u32(x_zero[0]) & 255u) * 0x01010101u'),
      body: wgsl`
  ${linearIndex(FLAT_WORKGROUP)}
  if (i >= params.count) { return; }
  y[i] = bordered(i);`,
    });
  }
  const pixels = { name: 'x', storage: x, width: 1 } as const;
  return flatShader({
    together: [],
    others: [bindingOf(pixels, 'read'), ZERO],
    y: x,
    params: { last: 'u32', ...PARAMS },
    declarations: borderedFunction('i32', load(pixels, 'source'), 'x_zero[0]'),
    body: eachOfFour('bordered'),
  });
}
