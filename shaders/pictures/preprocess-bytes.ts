/**
 * From a picture to an input of integers: scaled to whole bytes by exact sums, each of which a table says what becomes of. The
 * same numbers as `preprocess` on the host gives, to the bit.
 *
 * Layout: as that of `preprocess.ts`. Tables: the weights, then what each byte of red, of green and of blue becomes, 256
 * integers each.
 * Bindings: 0 first read i32, 1 weights read i32 (multiples of 2^-11, or of 2^-22 with `pillow`), 2 y read_write; picture.
 * Workgroup: 64 × 1 × 1, one pixel per invocation.
 * Dispatch: dispatch1d(width · height, 64).
 * Spec: as that of `preprocess.ts`.
 * Limits: no workgroup storage.
 */
import { u32 } from '../lib/literal.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { preprocessShader, type PreprocessSpec } from './preprocess.ts';

const entry = (colour: 'r' | 'g' | 'b', at: number): string => `weights[tables + ${u32(at)} + u32(rgb.${colour})]`;

const LOOKED_UP = wgsl`
  let tables = params.part_width * params.taps_x + params.part_height * params.taps_y;
  let value = vec3<i32>(${entry('r', 0)}, ${entry('g', 256)}, ${entry('b', 512)});`;

/** `sampled` as for `preprocessShader`. */
export function preprocessBytesShader(spec: PreprocessSpec, sampled?: string): ShaderModule {
  return preprocessShader(spec, LOOKED_UP, sampled);
}
