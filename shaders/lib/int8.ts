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

/** Declares `fn x_word(at) -> u32`: elements `at` to `at + 3` of the binding x, as signed bytes, or `positive` as unsigned ones. */
export function xWordFunction({ x, aligned, unsigned }: WordSource, positive = false): string {
  const flip = unsigned === positive ? '' : ' ^ 0x80808080u';
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

/** Declares `fn x_step(at, c) -> u32`: word `c` of the elements from `at` on, of which `aligned` ones count four to one. */
export function xStepFunction(source: WordSource, positive: boolean): string {
  const { x, aligned, unsigned } = source;
  if (isPacked(x) && aligned) {
    return `fn x_step(at: u32, c: u32) -> u32 { return x[at + c]${unsigned === positive ? '' : ' ^ 0x80808080u'}; }`;
  }
  return `${xWordFunction(source, positive)}
fn x_step(at: u32, c: u32) -> u32 { return x_word(at + c * 4u); }`;
}

/** Declares `fn bytes_of(word) -> vec4<i32>`: the four signed bytes. */
const BYTES_OF = wgsl`
fn bytes_of(word: u32) -> vec4<i32> {
  let w = bitcast<i32>(word);
  return vec4<i32>(extractBits(w, 0u, 8u), extractBits(w, 8u, 8u), extractBits(w, 16u, 8u), w >> 24u);
}`;

/**
 * Declares `fn reals_of(word) -> vec4<f32>`: the four signed bytes, without a shift or a conversion of anything unsigned:
 * SwiftShader does both lane by lane. Of the lower three, 128 more is positive.
 */
const REALS_OF = wgsl`
fn reals_of(word: u32) -> vec4<f32> {
  let parts = vec4<u32>(word ^ 0x808080u) & vec4<u32>(0xffu, 0xff00u, 0xff0000u, 0xff000000u);
  let scales = vec4<f32>(1.0, 0x1p-8, 0x1p-16, 0x1p-24);
  return vec4<f32>(bitcast<vec4<i32>>(parts)) * scales - vec4<f32>(128.0, 128.0, 128.0, 0.0);
}`;

/** How kernels that unpack words hold what is in them, and its sums. */
export type SumType = 'i32' | 'f32';

/** Declares `fn unpacked(word) -> vec4<i32>`, or `vec4<f32>`: the four signed bytes. */
export function unpackedFunction(sums: SumType): string {
  return wgsl`
${sums === 'f32' ? REALS_OF : BYTES_OF}
fn unpacked(word: u32) -> vec4<${sums}> { return ${sums === 'f32' ? 'reals_of' : 'bytes_of'}(word); }`;
}

/** Declares `fn positive_bytes(word) -> vec4<i32>`: the four unsigned bytes. */
export const POSITIVE_BYTES = wgsl`
fn positive_bytes(word: u32) -> vec4<i32> {
  return vec4<i32>(vec4<u32>(word & 255u, (word >> 8u) & 255u, (word >> 16u) & 255u, word >> 24u));
}`;

/** Declares `fn fours_at(at) -> vec4<i32>`, or `vec4<f32>`: vector `at` of the binding x, unsigned ones moved by −128. */
export function foursFunction(x: Storage, unsigned: boolean, sums: SumType): string {
  const elements = isPacked(x)
    ? `unpacked(x[at]${unsigned ? ' ^ 0x80808080u' : ''})`
    : `vec4<${sums}>(vec4<i32>(x[at])${unsigned ? ' - 128i' : ''})`;
  return wgsl`
${unpackedFunction(sums)}
fn fours_at(at: u32) -> vec4<${sums}> { return ${elements}; }`;
}

/** WGSL's language feature that has `dot4I8Packed`: Chrome has it from 123 on. */
export const PACKED_DOT = 'packed_4x8_integer_dot_product';

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
