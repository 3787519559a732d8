/**
 * Rows over their L1 or L2 norm, times a factor for each column: x / (max(norm, least) + added) · scale.
 *
 * Layout: x and y dense [rows, length], scale [length], in vectors of the width.
 * Bindings: 0 x read f32, then scale read f32 where there is one, then y read_write f32; vec4 when width is 4.
 * Workgroup: 64 × 1 × 1; with 1 lane each invocation does a row of its own, with 64 the workgroup shares one.
 * Dispatch: dispatch1d(rows, 64 / lanes).
 * Spec: squares (L2, else L1); scaled; width 1 or 4; lanes 1 or 64.
 * Limits: 64 floats of workgroup storage with 64 lanes, none with 1.
 */
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { keepNanFunction, vectorType } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const LP_NORMALIZATION_WORKGROUP = 64;

export interface LpNormalizationSpec {
  readonly squares: boolean;
  readonly scaled: boolean;
  readonly width: 1 | 4;
  readonly lanes: 1 | typeof LP_NORMALIZATION_WORKGROUP;
}

/** A sum over the workgroup, which every invocation gets. */
const FOLD_SUM = wgsl`
var<workgroup> shared_sums: array<f32, ${u32(LP_NORMALIZATION_WORKGROUP)}>;
fn fold_sum(lane: u32, v: f32) -> f32 {
  shared_sums[lane] = v;
  for (var half = ${u32(LP_NORMALIZATION_WORKGROUP / 2)}; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { shared_sums[lane] += shared_sums[lane + half]; }
  }
  let total = workgroupUniformLoad(&shared_sums[0]);
  return total;
}`;

export function lpNormalizationShader({ squares, scaled, width, lanes }: LpNormalizationSpec): ShaderModule {
  const type = vectorType('f32', width);
  const shared = lanes > 1;
  const whole = width === 4 ? 'sums.x + sums.y + (sums.z + sums.w)' : 'sums';
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: type },
      ...(scaled ? [{ name: 'scale', access: 'read', element: type } as const] : []),
      { name: 'y', access: 'read_write', element: type },
    ],
    params: { rows: 'u32', length: 'u32', least: 'f32', added: 'f32' },
    workgroupSize: [LP_NORMALIZATION_WORKGROUP, 1, 1],
    declarations: wgsl`
${keepNanFunction(1)}
#if ${shared}
${FOLD_SUM}
#endif`,
    body: wgsl`
  ${linearIndex(LP_NORMALIZATION_WORKGROUP)}
#if ${shared}
  let row = wid.y * groups.x + wid.x;
  let lane = local_index;
#else
  let row = i;
  let lane = 0u;
#endif
  if (row >= params.rows) { return; }
  let base = row * params.length;
  var sums = ${type}();
  for (var k = lane; k < params.length; k += ${u32(lanes)}) {
    let v = x[base + k];
#if ${squares}
    sums += v * v;
#else
    sums += abs(v);
#endif
  }
#if ${shared}
  let total = fold_sum(lane, ${whole});
#else
  let total = ${whole};
#endif
#if ${squares}
  let norm = sqrt(total);
#else
  let norm = total;
#endif
  // Some drivers give the other operand of max where one is no number.
  let divisor = keep_nan(total, max(norm, params.least) + params.added);
  for (var k = lane; k < params.length; k += ${u32(lanes)}) {
#if ${scaled}
    y[base + k] = x[base + k] / divisor * scale[k];
#else
    y[base + k] = x[base + k] / divisor;
#endif
  }`,
  });
}
