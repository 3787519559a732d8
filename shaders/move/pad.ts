/**
 * Pads a tensor at both ends of each dimension, with a constant, by reflection, by repeating the edge or all of it.
 *
 * Layout: y dense over extents d, x over extents e with strides s; y coordinate c reads x coordinate c − b.
 * Elements move as bits; width 4 counts extents, begins and strides of the innermost dimension in vectors.
 * Bindings: 0 x read u32, 1 fill read u32 (one element; only with hasFill), then y read_write u32 (vec4 for x and y).
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: rank after merging; mode; width; hasFill, whether the constant is bound (0 otherwise).
 * Limits: no workgroup storage.
 */
import type { OpAttributes } from '../../src/ir/ops.ts';
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { coordinates, listFields } from '../lib/strided.ts';

/** Invocations per workgroup. */
export const PAD_WORKGROUP = 64;

export interface PadSpec {
  readonly rank: number;
  readonly mode: OpAttributes['Pad']['mode'];
  readonly width: 1 | 4;
  readonly hasFill: boolean;
}

/** Declares `fn source_of(p, extent) -> i32`: where a position of one dimension reads from. */
export const SOURCE_OF: { readonly [M in PadSpec['mode']]: string } = {
  constant: sourceFunction('p'),
  edge: sourceFunction('clamp(p, 0i, last)'),
  wrap: sourceFunction('(p % (last + 1i) + last + 1i) % (last + 1i)'),
  reflect: sourceFunction('last - abs(last - abs(p))'),
};

function sourceFunction(position: string): string {
  return wgsl`
fn source_of(p: i32, extent: u32) -> i32 {
  let last = i32(extent) - 1i;
  return ${position};
}`;
}

/** Declares `source`, the index in x of what is at the coordinates c0, c1, …, and whether it lies `inside`. */
export function insideSource(rank: number): string {
  const steps = range(rank).map((axis) => {
    const [position, extent] = [`p${axis}`, `params.e${axis}`];
    return wgsl`
  let ${position} = source_of(bitcast<i32>(c${axis} - params.b${axis}), ${extent});
  inside = inside & (u32(${position}) < ${extent});
  source += u32(${position}) * params.s${axis};`;
  });
  return `var inside = true;
  var source = 0u;
  ${steps.join('')}`;
}

export function padShader({ rank, mode, width, hasFill }: PadSpec): ShaderModule {
  const element = vectorType('u32', width);
  const fill: readonly Binding[] = hasFill ? [{ name: 'fill', access: 'read', element: 'u32' }] : [];
  return shaderModule({
    bindings: [{ name: 'x', access: 'read', element }, ...fill, { name: 'y', access: 'read_write', element }],
    params: {
      count: 'u32',
      ...listFields('d', rank),
      ...listFields('e', rank),
      ...listFields('b', rank),
      ...listFields('s', rank),
    },
    workgroupSize: [PAD_WORKGROUP, 1, 1],
    declarations: SOURCE_OF[mode],
    body: wgsl`
  ${linearIndex(PAD_WORKGROUP)}
  if (i >= params.count) { return; }
  ${coordinates(rank)}
  ${insideSource(rank)}
  if (inside) {
    y[i] = x[source];
  } else {
#if ${hasFill}
    y[i] = ${element}(fill[0]);
#else
    y[i] = ${element}(0u);
#endif
  }`,
  });
}
