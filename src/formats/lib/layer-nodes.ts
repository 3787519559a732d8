/** Small compositions for layers whose extents only pictures decide: extents as values, and counting up to them. */
import { tensorOf } from '../../core/tensor.ts';
import type { LayerEmitter } from './layer-emitter.ts';

/** Large enough to come after every index, and an int32 still. */
export const LAST_INDEX = 2 ** 31 - 1;

/** One extent of a value, an int64 scalar. */
export function extentNode(e: LayerEmitter, x: string, axis: number): string {
  return e.one('Gather', [e.one('Shape', [x], {}), e.scalar('int64', axis)], { axis: 0 });
}

/** 0, 1, … to before an int64 scalar: int64 `[n]`. */
export function countedUp(e: LayerEmitter, n: string): string {
  return e.one('Range', [e.scalar('int64', 0), n, e.scalar('int64', 1)], {});
}

/** An int64 scalar, as a list of one. */
export function listed(e: LayerEmitter, x: string): string {
  return e.one('Unsqueeze', [x], { axes: [0] });
}

/** An int64 list of extents: numbers, and int64 scalars that are computed. */
export function extentList(e: LayerEmitter, extents: readonly (number | string)[]): string {
  const parts = extents.map((extent) => (typeof extent === 'string' ? listed(e, extent) : e.ints([extent])));
  return parts.length === 1 ? (parts[0] ?? '') : e.one('Concat', parts, { axis: 0 });
}

/** As float32. */
export function realOf(e: LayerEmitter, x: string): string {
  return e.one('Cast', [x], { to: 'float32' });
}

/** A constant list of float32, `[n]`. */
export function realList(e: LayerEmitter, values: readonly number[]): string {
  return e.constant(tensorOf('float32', [values.length], values), 'reals');
}

/** Arithmetic of an int64 value with a number. */
export function withWhole(
  e: LayerEmitter,
  kind: 'add' | 'mul' | 'min' | 'floorDiv' | 'floorMod',
  x: string,
  value: number,
): string {
  return e.binary(kind, x, e.scalar('int64', value));
}

/** `x·scale + shift` of float32, without what changes nothing. */
export function linear(e: LayerEmitter, x: string, scale: number, shift: number): string {
  const scaled = scale === 1 ? x : e.binary('mul', x, e.scalar('float32', scale));
  return shift === 0 ? scaled : e.binary('add', scaled, e.scalar('float32', shift));
}

/** 1 where an element of float32 is above the limit, else 0. */
export function above(e: LayerEmitter, x: string, limit: number): string {
  return e.one('Cast', [e.binary('greater', x, e.scalar('float32', limit))], { to: 'float32' });
}
