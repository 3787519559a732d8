/** Results of products of 8-bit integers, four channels at a time: sums brought to their scale, and written. */
import { isPacked, type Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { requantisedFunction, type RescaleRule } from './fixed-point.ts';
import { fours } from './flat.ts';
import { u32 } from './literal.ts';
import { wgsl, type Binding } from './module.ts';
import { lines } from './product.ts';
import { bindingOf, store } from './storage.ts';

/** Parameters of results, and of the sums of them that are split. */
export const QUANTISED_RESULT_PARAMS = {
  rows: 'u32',
  blocks: 'u32',
  out_c: 'u32',
  zero_point: 'i32',
  lowest: 'i32',
  highest: 'i32',
} as const;

/** Declares `fn write(row, block, r)`: four results, those of channels that there are. */
export function writeFunction(y: Storage): string {
  return isPacked(y)
    ? wgsl`
fn write(row: u32, block: u32, r: vec4<i32>) {
  ${store(fours('y', y), '(row * params.out_c / 4u + block)', 'r')}
}`
    : wgsl`
fn write(row: u32, block: u32, r: vec4<i32>) {
  let at = row * params.out_c + block * 4u;
  let lanes = params.out_c - block * 4u;
  y[at] = r.x;
  if (lanes > 1u) { y[at + 1u] = r.y; }
  if (lanes > 2u) { y[at + 2u] = r.z; }
  if (lanes > 3u) { y[at + 3u] = r.w; }
}`;
}

/** y, for `writeFunction`. */
export function resultBinding(y: Storage): Binding {
  return bindingOf(isPacked(y) ? fours('y', y) : { name: 'y', storage: y, width: 1 }, 'read_write');
}

const finishedLane = (k: number): string => `requantised(sum[${k}] + c${k}.x, c${k}.y, c${k}.z)`;

/** Declares `fn finished(sum, c0, c1, c2, c3) -> vec4<i32>`: sums of four channels as results. */
export function finishedFunction(rule: RescaleRule): string {
  return wgsl`
${requantisedFunction(rule)}
fn finished(sum: vec4<i32>, c0: vec4<i32>, c1: vec4<i32>, c2: vec4<i32>, c3: vec4<i32>) -> vec4<i32> {
  return vec4<i32>(${range(4).map(finishedLane).join(', ')});
}`;
}

/** Declares what `finished` takes of the channels of a block: a prefix, and the block. */
export function loadChannels(block: string, suffix: string): string {
  return lines(4, (k) => `    let c${k}${suffix} = channels[${block} * 4u + ${u32(k)}];`);
}
