/**
 * The best score of each box among all classes, and its class: the first of equal ones; NaN is no score.
 *
 * Layout: scores [batches, classes, n]; best and labels [batches, n].
 * Bindings: 0 scores read u32 (bits of floats), 1 best read_write u32 (the same), 2 labels read_write u32.
 * Workgroup: 64 × 1 × 1, one box per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: none.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { sortKeyFunctions } from '../lib/sort-key.ts';

/** Invocations per workgroup. */
export const BEST_CLASS_WORKGROUP = 64;

/** The bits of a NaN. */
const NO_SCORE = 0x7fc00000;

export function bestClassShader(): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'scores', access: 'read', element: 'u32' },
      { name: 'best', access: 'read_write', element: 'u32' },
      { name: 'labels', access: 'read_write', element: 'u32' },
    ],
    params: { count: 'u32', classes: 'u32', n: 'u32' },
    workgroupSize: [BEST_CLASS_WORKGROUP, 1, 1],
    declarations: sortKeyFunctions('f32', true),
    body: wgsl`
  ${linearIndex(BEST_CLASS_WORKGROUP)}
  if (i >= params.count) { return; }
  var at = (i / params.n) * params.n * params.classes + i % params.n;
  var found = ${u32(NO_SCORE)};
  var found_key = 0u;
  var label = 0u;
  for (var c = 0u; c < params.classes; c++) {
    let bits = scores[at];
    let key = sort_key(bitcast<f32>(bits));
    if (key != 0xffffffffu && key > found_key) {
      found = bits;
      found_key = key;
      label = c;
    }
    at += params.n;
  }
  best[i] = found;
  labels[i] = label;`,
  });
}
