/**
 * Rows of what NonMaxSuppression chose: batch, class and index of each box, one segment after the other, and their scores.
 *
 * Layout: ids [segments, keep]; starts [segments], the first row of each; total[0], all rows; labels [batches, n], the class of
 * each box, where `labelled`; selected [segments · keep, 3], zero beyond total; with `scored` also scores, [segments, keep]
 * by place where `soft`, else [segments, n] by box, and chosen [segments · keep].
 * Bindings: 0 ids read u32, 1 starts read u32, 2 total read i32, 3 selected read_write i32, then labels read u32, scores read
 * f32 and chosen read_write f32.
 * Workgroup: 64 × 1 × 1, one place per invocation.
 * Dispatch: dispatch1d(segments · keep, 64).
 * Spec: labelled; scored; soft.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';

/** Invocations per workgroup. */
export const EMIT_WORKGROUP = 64;

export interface EmitSpec {
  readonly labelled: boolean;
  readonly scored: boolean;
  readonly soft: boolean;
}

export function emitShader({ labelled, scored, soft }: EmitSpec): ShaderModule {
  const labels: readonly Binding[] = labelled ? [{ name: 'labels', access: 'read', element: 'u32' }] : [];
  const scores: readonly Binding[] = scored
    ? [
        { name: 'scores', access: 'read', element: 'f32' },
        { name: 'chosen', access: 'read_write', element: 'f32' },
      ]
    : [];
  return shaderModule({
    bindings: [
      { name: 'ids', access: 'read', element: 'u32' },
      { name: 'starts', access: 'read', element: 'u32' },
      { name: 'total', access: 'read', element: 'i32' },
      { name: 'selected', access: 'read_write', element: 'i32' },
      ...labels,
      ...scores,
    ],
    params: { segments: 'u32', classes: 'u32', n: 'u32', keep: 'u32' },
    workgroupSize: [EMIT_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(EMIT_WORKGROUP)}
  if (i >= params.segments * params.keep) { return; }
  let all = u32(total[0]);
  if (i >= all) {
    selected[i * 3u] = 0i;
    selected[i * 3u + 1u] = 0i;
    selected[i * 3u + 2u] = 0i;
#if ${scored}
    chosen[i] = 0.0;
#endif
  }
  let segment = i / params.keep;
  let place = i % params.keep;
  var end = all;
  if (segment + 1u < params.segments) { end = starts[segment + 1u]; }
  let row = starts[segment] + place;
  if (row >= end) { return; }
  let id = ids[i];
  let batch = segment / params.classes;
#if ${labelled}
  let label = labels[batch * params.n + id];
#else
  let label = segment % params.classes;
#endif
  selected[row * 3u] = i32(batch);
  selected[row * 3u + 1u] = i32(label);
  selected[row * 3u + 2u] = i32(id);
#if ${scored && soft}
  chosen[row] = scores[i];
#endif
#if ${scored && !soft}
  chosen[row] = scores[segment * params.n + id];
#endif`,
  });
}
