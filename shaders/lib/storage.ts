/** Reading and writing elements however they are stored: the only WGSL that knows which bits of a word are an element's. */
import { isPacked, scalarOf, type Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import type { Binding } from './module.ts';
import { elementOf, vectorType } from './numbers.ts';

/** A buffer as a kernel walks it: one element at a time, or four. */
export interface Access {
  readonly name: string;
  readonly storage: Storage;
  readonly width: 1 | 4;
}

/** The binding of a buffer. */
export function bindingOf(access: Access, mode: Binding['access']): Binding {
  return { name: access.name, access: mode, element: elementOf(access) };
}

/** The type that `load` gives: f32, i32 or u32, or a vector of four. */
export function loadedType({ storage, width }: Pick<Access, 'storage' | 'width'>): string {
  return vectorType(scalarOf(storage), width);
}

/**
 * An expression of the element, or four, at the index `at` (an expression, of elements or vectors). Of packed storage the
 * index is evaluated twice.
 */
export function load(access: Access, at: string): string {
  const { name, storage, width } = access;
  if (!isPacked(storage)) return `${loadedType(access)}(${name}[${at}])`;
  if (width === 4)
    return `vec4<i32>(${range(4)
      .map((k) => byteOf(`${name}[${at}]`, storage, `${8 * k}u`))
      .join(', ')})`;
  return byteOf(`${name}[(${at}) / 4u]`, storage, `(${at}) % 4u * 8u`);
}

/** A statement that writes `v`, of the type `load` gives, at the index `at`. Packed storage is written in fours only. */
export function store(access: Access, at: string, v: string): string {
  const { name, storage } = access;
  if (!isPacked(storage)) return `${name}[${at}] = ${elementOf(access)}(${v});`;
  return `${name}[${at}] = ${packed(range(4).map((k) => `${v}[${k}]`))};`;
}

/** A word of four elements, given as i32: each keeps its lowest byte. Products, for SwiftShader shifts lane by lane. */
export function packed(elements: readonly string[]): string {
  return elements.map((v, k) => `((u32(${v}) & 255u) * ${2 ** (8 * k)}u)`).join(' | ');
}

/** The byte of a word from bit `first` on, as i32. */
function byteOf(word: string, storage: Storage, first: string): string {
  const signed = storage === 'i8x4';
  return signed ? `extractBits(bitcast<i32>(${word}), ${first}, 8u)` : `i32(extractBits(${word}, ${first}, 8u))`;
}
