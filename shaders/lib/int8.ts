/** Products of 8-bit integers, four along the summed dimension in a word, as WGSL. Unsigned ones are moved by −128: all are signed. */
import { isPacked, type Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { wgsl } from './module.ts';

/** How four neighbours of x are had as a word: as it is, out of two words, or out of four elements. */
export interface WordSource {
  readonly x: Storage;
  /** Every first element of four has an index divisible by four. */
  readonly aligned: boolean;
  /** x is unsigned. */
  readonly unsigned: boolean;
}

/** Declares `fn x_word(at) -> u32`: elements `at` to `at + 3` of the binding x, as signed bytes. */
export function xWordFunction({ x, aligned, unsigned }: WordSource): string {
  const flip = unsigned ? ' ^ 0x80808080u' : '';
  if (!isPacked(x)) {
    const bytes = range(4).map((k) => `((u32(x[at + ${k}u]) & 255u) << ${8 * k}u)`);
    return `fn x_word(at: u32) -> u32 { return (${bytes.join(' | ')})${flip}; }`;
  }
  if (aligned) return `fn x_word(at: u32) -> u32 { return x[at / 4u]${flip}; }`;
  return wgsl`
fn x_word(at: u32) -> u32 {
  let shift = at % 4u * 8u;
  let low = x[at / 4u];
  let high = x[at / 4u + 1u];
  return select((low >> shift) | (high << ((32u - shift) & 31u)), low, shift == 0u)${flip};
}`;
}

/** Declares `fn bytes_of(word) -> vec4<i32>`: the four signed bytes. */
export const BYTES_OF = wgsl`
fn bytes_of(word: u32) -> vec4<i32> {
  let w = bitcast<i32>(word);
  return vec4<i32>(extractBits(w, 0u, 8u), extractBits(w, 8u, 8u), extractBits(w, 16u, 8u), w >> 24u);
}`;

/** Declares `fn signed_fours(at) -> vec4<i32>`: vector `at` of the binding x, unsigned ones moved by −128; after `BYTES_OF`. */
export function signedFoursFunction(x: Storage, unsigned: boolean): string {
  const elements = isPacked(x)
    ? `bytes_of(x[at]${unsigned ? ' ^ 0x80808080u' : ''})`
    : `vec4<i32>(x[at])${unsigned ? ' - 128i' : ''}`;
  return `fn signed_fours(at: u32) -> vec4<i32> { return ${elements}; }`;
}

/** How four products are added up: by WGSL's own function, where the device has it (`PACKED_DOT`), or of bytes unpacked. */
export type Dot4 = 'packed' | 'unpacked';

/** Declares `fn dot4(a, b) -> i32`: Σ a·b of four signed bytes. */
export function dot4Function(dot4: Dot4): string {
  if (dot4 === 'packed') return 'fn dot4(a: u32, b: u32) -> i32 { return dot4I8Packed(a, b); }';
  return wgsl`${BYTES_OF}
fn dot4(a: u32, b: u32) -> i32 {
  let p = bytes_of(a) * bytes_of(b);
  return p.x + p.y + p.z + p.w;
}`;
}
