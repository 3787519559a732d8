/**
 * Resizes one dimension from a table made on the host: each output element is a sum of neighbouring input elements, or
 * one of them.
 *
 * Layout: x[(outer·inputs + k)·blocks + block], y likewise with outputs; taps holds the first input element and the
 *   number of them for each output position o; weights[o·window + k] their weights.
 * Bindings: 0 x read, 1 taps read u32, 2 weights read f32 (unless it moves), last y read_write; x and y vec4 when width is
 *   4, of `from` and `to`.
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64), count = outer · outputs · blocks; with rows [ceil(blocks / 64), outputs, outer].
 * Spec: moves: elements are moved as bits, `from` and `to` are u32; else sums are float32; where `to` is an integer they
 *   move away from zero by `bias`, lose their fraction and saturate at `low` and `high`. width 4 where blocks are of four. `rows`: a
 *   workgroup has one position, so that its weights are read once. `fours`: windows of four elements, their weights
 *   read as one vector, 0 beyond an output's own count.
 * Limits: no workgroup storage.
 */
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType, type Scalar } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const RESIZE_AXIS_WORKGROUP = 64;

export interface ResizeAxisSpec {
  readonly moves: boolean;
  readonly width: 1 | 4;
  readonly from: Scalar;
  readonly to: Scalar;
  readonly rows: boolean;
  readonly fours: boolean;
}

export function resizeAxisShader({ moves, width, from, to, rows, fours }: ResizeAxisSpec): ShaderModule {
  const floats = vectorType('f32', width);
  const settles = !moves && to !== 'f32';
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(from, width) },
      { name: 'taps', access: 'read', element: 'u32' },
      ...(moves ? [] : [{ name: 'weights', access: 'read', element: fours ? 'vec4<f32>' : 'f32' } as const]),
      { name: 'y', access: 'read_write', element: vectorType(to, width) },
    ],
    params: {
      count: 'u32',
      blocks: 'u32',
      inputs: 'u32',
      outputs: 'u32',
      window: 'u32',
      ...(settles ? ({ bias: 'f32', low: 'f32', high: 'f32' } as const) : {}),
    },
    workgroupSize: [RESIZE_AXIS_WORKGROUP, 1, 1],
    body: wgsl`
#if ${rows}
  let block = gid.x;
  if (block >= params.blocks) { return; }
  let outer = wid.z;
  let o = wid.y;
  let i = (outer * params.outputs + o) * params.blocks + block;
#else
  ${linearIndex(RESIZE_AXIS_WORKGROUP)}
  if (i >= params.count) { return; }
  let row = i / params.blocks;
  let block = i - row * params.blocks;
  let outer = row / params.outputs;
  let o = row - outer * params.outputs;
#endif
  var at = (outer * params.inputs + taps[o * 2u]) * params.blocks + block;
#if ${moves}
  y[i] = x[at];
#else
  var sum = ${floats}();
#if ${fours}
  let share = weights[o];
${range(4)
  .map((k) => tapOf(k, floats))
  .join('\n')}
#else
  let weight = o * params.window;
  for (var k = 0u; k < taps[o * 2u + 1u]; k++) {
    sum += ${floats}(x[at]) * weights[weight + k];
    at += params.blocks;
  }
#endif
#if ${settles}
  let whole = trunc(sum + sign(sum) * params.bias);
  y[i] = ${vectorType(to, width)}(clamp(whole, ${floats}(params.low), ${floats}(params.high)));
#else
  y[i] = sum;
#endif
#endif`,
  });
}

/** Adds one tap of four. One without weight has no part, be it infinite or beyond the last element. */
function tapOf(k: number, floats: string): string {
  return `  sum += select(${floats}(), ${floats}(x[at + ${u32(k)} * params.blocks]) * share[${u32(k)}], share[${u32(k)}] != 0.0);`;
}
