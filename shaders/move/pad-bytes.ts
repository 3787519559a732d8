/**
 * Pads a tensor of narrow integers at both ends of each dimension, as pad.ts does; here they may lie four to a word.
 *
 * Layout: y dense over extents d, x over extents e with strides s; y coordinate c reads x coordinate c − b.
 * Bindings: 0 x read, 1 fill read (one element; only with hasFill), then y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: rank after merging; mode; hasFill, whether the constant is bound (0 otherwise); how x and y are stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { flatShader } from '../lib/flat.ts';
import { wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load } from '../lib/storage.ts';
import { coordinates, listFields } from '../lib/strided.ts';
import { insideSource, SOURCE_OF, type PadSpec } from './pad.ts';

export interface PadBytesSpec extends Omit<PadSpec, 'width'> {
  readonly x: Storage;
  readonly y: Storage;
}

export function padBytesShader({ rank, mode, hasFill, x, y }: PadBytesSpec): ShaderModule {
  const elements = { name: 'x', storage: x, width: 1 } as const;
  const fill: readonly Binding[] = hasFill ? [{ name: 'fill', access: 'read', element: 'i32' }] : [];
  return flatShader({
    together: [],
    others: [bindingOf(elements, 'read'), ...fill],
    y,
    params: {
      last: 'u32',
      ...listFields('d', rank),
      ...listFields('e', rank),
      ...listFields('b', rank),
      ...listFields('s', rank),
    },
    declarations: wgsl`
${SOURCE_OF[mode]}
fn padded(at: u32) -> i32 {
  ${coordinates(rank, 'at')}
  ${insideSource(rank)}
  if (inside) { return ${load(elements, 'source')}; }
  return ${hasFill ? 'fill[0]' : '0i'};
}`,
    body: `let r = vec4<i32>(${range(4)
      .map((k) => `padded(min(i * 4u + ${k}u, params.last))`)
      .join(', ')});`,
  });
}
