/**
 * Moves narrow integers to where the nearest element of a resized tensor is theirs; they may lie four to a word.
 *
 * Layout: y in order over extents d; element c reads x at Σ p·s, where p is the coordinate c, or, along an axis that changes,
 *   places[t + c], made on the host. Where that is −1, y is `fill`.
 * Bindings: x read, places read i32, y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: changes, which axes do, of all after collapsing; crops, whether some elements are filled; vector, where the innermost
 *   axis does not change and comes in fours, and counts these; how x and y are stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { eachOfFour, flatShader } from '../lib/flat.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load, loadedType, type Access } from '../lib/storage.ts';
import { coordinates, listFields } from '../lib/strided.ts';

export interface ResizeBytesSpec {
  readonly changes: readonly boolean[];
  readonly crops: boolean;
  readonly vector: boolean;
  readonly x: Storage;
  readonly y: Storage;
}

export function resizeBytesShader({ changes, crops, vector, x, y }: ResizeBytesSpec): ShaderModule {
  const rank = changes.length;
  const elements: Access = { name: 'x', storage: x, width: vector ? 4 : 1 };
  const type = loadedType(elements);
  const changing = changes.flatMap((changed, axis) => (changed ? [axis] : []));
  const terms = changes.map((changed, axis) => `${changed ? `u32(p${axis})` : `c${axis}`} * params.s${axis}`);
  return flatShader({
    together: [],
    others: [bindingOf(elements, 'read'), { name: 'places', access: 'read', element: 'i32' }],
    y,
    params: {
      last: 'u32',
      ...listFields('d', rank),
      ...listFields('s', rank),
      ...listFields('t', rank),
      ...(crops ? ({ fill: 'i32' } as const) : {}),
    },
    declarations: wgsl`
fn nearest(at: u32) -> ${type} {
  ${coordinates(rank, 'at')}
  ${changing.map((axis) => `let p${axis} = places[params.t${axis} + c${axis}];`).join('\n  ')}
#if ${crops}
  if (${changing.map((axis) => `p${axis} < 0i`).join(' || ')}) { return ${type}(params.fill); }
#endif
  let source = ${terms.join(' + ')};
  return ${load(elements, 'source')};
}`,
    body: vector ? 'let r = nearest(i);' : eachOfFour('nearest'),
  });
}
