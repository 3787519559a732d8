/**
 * Picks slices of narrow integers by index along one axis, as gather.ts does; here they may lie four to a word.
 *
 * Layout: x [outer, extent, inner], indices [picks], y [outer, picks, inner].
 * Bindings: 0 x read, 1 indices read i32, 2 y read_write; where it is counted, the count read i32 before y.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: vector, where inner comes in fours, and counts these; counted; how x and y are stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { eachOfFour, flatShader } from '../lib/flat.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load, loadedType, type Access } from '../lib/storage.ts';
import { POSITION_FUNCTION, THERE_BINDING, extentThere } from './gather.ts';

export interface GatherBytesSpec {
  readonly vector: boolean;
  readonly counted: boolean;
  readonly x: Storage;
  readonly y: Storage;
}

export function gatherBytesShader({ vector, counted, x, y }: GatherBytesSpec): ShaderModule {
  const elements: Access = { name: 'x', storage: x, width: vector ? 4 : 1 };
  return flatShader({
    together: [],
    others: [
      bindingOf(elements, 'read'),
      { name: 'indices', access: 'read', element: 'i32' },
      ...(counted ? [THERE_BINDING] : []),
    ],
    y,
    params: { last: 'u32', extent: 'u32', inner: 'u32', picks: 'u32' },
    declarations: wgsl`
${POSITION_FUNCTION}
fn picked(at: u32) -> ${loadedType(elements)} {
  let row = at / params.inner;
  let outer = row / params.picks;
  ${counted ? wgsl`if (there[0] == 0i) { return ${loadedType(elements)}(); }` : ''}
  let place = outer * params.extent + position(indices[row - outer * params.picks], ${extentThere(counted)});
  let source = place * params.inner + at - row * params.inner;
  return ${load(elements, 'source')};
}`,
    body: vector ? 'let r = picked(i);' : eachOfFour('picked'),
  });
}
