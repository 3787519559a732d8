/**
 * Resizes one dimension by a filter whose weights are made on the host: each output element is a sum of neighbouring
 * input elements. An invocation makes `results` outputs that lie beside each other, whose windows overlap: it reads each
 * input element once for all of them.
 *
 * Layout: x[(outer·inputs + k)·blocks + block], y likewise with outputs; taps holds the first input element and the
 *   number of them for each group of `results` outputs; weights[group·span + k] the weights of its k-th element in each.
 * Bindings: 0 x read, 1 taps read u32, 2 weights read, vec4 of four results, 3 y read_write; x and y vec4 when width is 4,
 *   of `from` and `to`.
 * Workgroup: 64 × 1 × 1, one element or vector of `results` outputs per invocation.
 * Dispatch: dispatch1d(count, 64), count = outer · groups · blocks; when `together` [ceil(count / 64), groups], count =
 *   outer · blocks.
 * Spec: sums are float32; where `to` is an integer they move away from zero by `bias`, lose their fraction and saturate at
 *   `low` and `high`. width 4 where blocks are of four. together: a workgroup has one group, whose weights are read once.
 * Limits: no workgroup storage.
 */
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType, type Scalar } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const RESIZE_FILTER_WORKGROUP = 64;

export interface ResizeFilterSpec {
  readonly width: 1 | 4;
  readonly from: Scalar;
  readonly to: Scalar;
  readonly results: 1 | 4;
  readonly together: boolean;
}

export function resizeFilterShader({ width, from, to, results, together }: ResizeFilterSpec): ShaderModule {
  const floats = vectorType('f32', width);
  const settles = to !== 'f32';
  const each = (line: (r: number) => string): string => range(results).map(line).join('\n');
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(from, width) },
      { name: 'taps', access: 'read', element: 'u32' },
      { name: 'weights', access: 'read', element: vectorType('f32', results) },
      { name: 'y', access: 'read_write', element: vectorType(to, width) },
    ],
    params: {
      count: 'u32',
      blocks: 'u32',
      inputs: 'u32',
      outputs: 'u32',
      groups: 'u32',
      span: 'u32',
      ...(settles ? ({ bias: 'f32', low: 'f32', high: 'f32' } as const) : {}),
    },
    workgroupSize: [RESIZE_FILTER_WORKGROUP, 1, 1],
    declarations: elementFunctions(width, to),
    body: wgsl`
#if ${together}
  let i = gid.x;
  if (i >= params.count) { return; }
  let g = wid.y;
  let outer = i / params.blocks;
  let block = i - outer * params.blocks;
#else
  ${linearIndex(RESIZE_FILTER_WORKGROUP)}
  if (i >= params.count) { return; }
  let row = i / params.blocks;
  let block = i - row * params.blocks;
  let outer = row / params.groups;
  let g = row - outer * params.groups;
#endif
  let taps_end = taps[g * 2u + 1u];
  var at = (outer * params.inputs + taps[g * 2u]) * params.blocks + block;
${each((r) => `  var sum_${r} = ${floats}();`)}
  for (var k = 0u; k < taps_end; k++) {
    let v = ${floats}(x[at]);
    let weight = weights[g * params.span + k];
${each((r) => `    sum_${r} += weighed(v, ${results === 1 ? 'weight' : `weight[${u32(r)}]`});`)}
    at += params.blocks;
  }
${stored(results)}`,
  });
}

/** Declares `weighed`, an element's part in a sum, and `settled`, what a sum becomes. */
function elementFunctions(width: 1 | 4, to: Scalar): string {
  const floats = vectorType('f32', width);
  const settles = to !== 'f32';
  return wgsl`
fn weighed(v: ${floats}, weight: f32) -> ${floats} {
  // What has no weight has no part, be it infinite.
  return select(${floats}(), v, weight != 0.0) * weight;
}
fn settled(sum: ${floats}) -> ${vectorType(to, width)} {
#if ${settles}
  let whole = trunc(sum + sign(sum) * params.bias);
  return ${vectorType(to, width)}(clamp(whole, ${floats}(params.low), ${floats}(params.high)));
#else
  return sum;
#endif
}`;
}

/** Stores the sums of group g, of which the last may have fewer. */
function stored(results: 1 | 4): string {
  const others = range(results).slice(1);
  return wgsl`
  let o = g * ${u32(results)};
  let to = (outer * params.outputs + o) * params.blocks + block;
  y[to] = settled(sum_0);
${others
  .map((r) => `  if (o + ${u32(r)} < params.outputs) { y[to + ${u32(r)} * params.blocks] = settled(sum_${r}); }`)
  .join('\n')}`;
}
