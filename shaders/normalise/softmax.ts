/**
 * Softmax or log-softmax of slices of a tensor, each shifted by its largest element.
 *
 * Layout: x and y dense with the same strides: slice r starts at Σ c·s over the kept dimensions d, its element k lies
 *   at Σ q·f over the folded dimensions e.
 * Bindings: 0 x read f32, 1 y read_write f32.
 * Workgroup: 64 × 1 × 1; with 1 lane each invocation does a slice of its own, with 64 the workgroup shares one.
 * Dispatch: dispatch1d(slices, 64 / lanes).
 * Spec: keptRank and foldRank after collapsing; log; lanes 1 or 64.
 * Limits: 64 floats of workgroup storage with 64 lanes, none with 1.
 */
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { keepNanFunction } from '../lib/numbers.ts';
import { coordinates, listFields, stridedOffset } from '../lib/strided.ts';

/** Invocations per workgroup. */
export const SOFTMAX_WORKGROUP = 64;

export interface SoftmaxSpec {
  readonly keptRank: number;
  readonly foldRank: number;
  readonly log: boolean;
  readonly lanes: 1 | typeof SOFTMAX_WORKGROUP;
}

/** Declares a function that folds one float of each invocation of the workgroup with an operator; all get the result. */
function foldFunction(name: string, combine: string): string {
  return wgsl`
fn ${name}(lane: u32, v: f32) -> f32 {
  shared_values[lane] = v;
  for (var half = ${u32(SOFTMAX_WORKGROUP / 2)}; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      let a = shared_values[lane];
      let b = shared_values[lane + half];
      shared_values[lane] = ${combine};
    }
  }
  let total = workgroupUniformLoad(&shared_values[0]);
  return total;
}`;
}

/** A loop over the elements of a slice that are this lane's; the statement finds each one's index in `at`. */
function sliceLoop(foldRank: number, lanes: number): (statement: string) => string {
  return (statement) => `
  for (var k = lane; k < params.length; k += ${u32(lanes)}) {
    ${coordinates(foldRank, 'k', 'e', 'q')}
    let at = base + ${stridedOffset(foldRank, 'f', 'q')};
    ${statement}
  }`;
}

/** A NaN, also one that comes of ∞ − ∞, reaches every element of its slice. */
const POWER = 'keep_nan(x[at] - most, exp(x[at] - most))';

export function softmaxShader({ keptRank, foldRank, log, lanes }: SoftmaxSpec): ShaderModule {
  const shared = lanes > 1;
  const loop = sliceLoop(foldRank, lanes);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: 'f32' },
      { name: 'y', access: 'read_write', element: 'f32' },
    ],
    params: {
      slices: 'u32',
      length: 'u32',
      lowest: 'f32',
      ...listFields('d', keptRank),
      ...listFields('s', keptRank),
      ...listFields('e', foldRank),
      ...listFields('f', foldRank),
    },
    workgroupSize: [SOFTMAX_WORKGROUP, 1, 1],
    declarations: wgsl`
${keepNanFunction(1)}
#if ${shared}
var<workgroup> shared_values: array<f32, ${u32(SOFTMAX_WORKGROUP)}>;
${foldFunction('fold_max', 'max(a, b)')}
${foldFunction('fold_sum', 'a + b')}
#endif`,
    body: wgsl`
  ${linearIndex(SOFTMAX_WORKGROUP)}
#if ${shared}
  let slice = wid.y * groups.x + wid.x;
  let lane = local_index;
#else
  let slice = i;
  let lane = 0u;
#endif
  if (slice >= params.slices) { return; }
  ${coordinates(keptRank, 'slice')}
  let base = ${stridedOffset(keptRank, 's')};
  var most = params.lowest;
  ${loop('most = max(most, x[at]);')}
#if ${shared}
  most = fold_max(lane, most);
#endif
  var total = 0.0;
  ${loop(`total += ${POWER};`)}
#if ${shared}
  total = fold_sum(lane, total);
#endif
#if ${log}
  let log_total = keep_nan(total, log(total));
  ${loop('y[at] = x[at] - most - log_total;')}
#else
  ${loop(`y[at] = ${POWER} / total;`)}
#endif`,
  });
}
