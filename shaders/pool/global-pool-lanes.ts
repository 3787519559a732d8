/**
 * Global max and average pooling without workgroup memory: an invocation folds the pixels of a block of channels by
 * itself, or the lanes of a subgroup share the pixels out and then fold each other's results.
 *
 * Layout: x[x_offset + (n·pixels + p)·x_pitch + c], y[y_offset + n·y_pitch + c].
 * Bindings: 0 x read, 1 y read_write (both vec4 when width is 4).
 * Workgroup: workgroup × 1 × 1; with subgroups, one of them.
 * Dispatch: dispatch1d(count, workgroup), count = N · blocks, blocks = C / width; with subgroups dispatch1d(count, 1).
 * Spec: kind; width 4 when C % 4 = 0 and x and y are placed for vectors; xType, yType f32 or f16; workgroup; subgroup, where
 *   workgroup is the size of all subgroups.
 * Limits: no workgroup storage; subgroup needs the feature subgroups.
 */
import { range } from '../../src/util/arrays.ts';
import { foldFunction, GLOBAL_POOL_PARAMS, parts, type GlobalPoolSpec } from './global-pool.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';

export interface GlobalPoolLanesSpec extends GlobalPoolSpec {
  readonly workgroup: number;
  readonly subgroup: boolean;
}

export function globalPoolLanesShader(spec: GlobalPoolLanesSpec): ShaderModule {
  const { kind, width, xType, yType, workgroup, subgroup } = spec;
  const element = vectorType('f32', width);
  // Not subgroupMax, which leaves open what becomes of NaN.
  const step = u32(subgroup ? workgroup : 1);
  const [begin, each, end] = parts(spec, step);
  const folds = range(workgroup).map((l) => `  total = fold(total, subgroupBroadcast(acc, ${u32(l)}));`);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(xType, width) },
      { name: 'y', access: 'read_write', element: vectorType(yType, width) },
    ],
    params: { count: 'u32', ...GLOBAL_POOL_PARAMS },
    workgroupSize: [workgroup, 1, 1],
    subgroups: subgroup,
    declarations: foldFunction(spec),
    body: wgsl`
#if ${subgroup}
  let i = wid.y * groups.x + wid.x;
  let first = lane;
#else
  ${linearIndex(workgroup)}
  let first = 0u;
#endif
  if (i >= params.count) { return; }
  let n = i / params.blocks;
  let block = i - n * params.blocks;
  let pitch = params.x_pitch / ${u32(width)};
  let start = params.x_offset / ${u32(width)} + n * params.pixels * pitch + block;
  var acc = ${element}(params.start);${begin}
  for (var p = first; p < params.pixels; p += ${step}) {
    acc = fold(acc, ${element}(x[start + p * pitch]));${each}
  }${end}
#if ${subgroup}
  var total = ${element}(params.start);
${folds.join('\n')}
  if (lane != 0u) { return; }
#else
  let total = acc;
#endif
  let at = (params.y_offset + n * params.y_pitch) / ${u32(width)} + block;
#if ${kind === 'max'}
  y[at] = ${vectorType(yType, width)}(total);
#else
  y[at] = ${vectorType(yType, width)}(total / f32(params.pixels));
#endif`,
  });
}
