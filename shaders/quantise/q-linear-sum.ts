/**
 * Adds up the parts of a product of 8-bit integers whose depth was split (q-linear-tiled.ts), and brings it to its scale.
 *
 * Layout: partial[split][row][block], channels and y as in q-linear-tiled.ts.
 * Bindings: partial read vec4<i32>, channels read vec4<i32>, y read_write.
 * Workgroup: 64 × 1 × 1, four channels of a row each.
 * Dispatch: dispatch1d(count, 64), count = rows · blocks.
 * Spec: rule of rescaling; how y is stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import type { RescaleRule } from '../lib/fixed-point.ts';
import { FLAT_WORKGROUP } from '../lib/flat.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import {
  finishedFunction,
  loadChannels,
  QUANTISED_RESULT_PARAMS,
  resultBinding,
  writeFunction,
} from '../lib/quantised-results.ts';

export interface QLinearSumSpec {
  readonly rule: RescaleRule;
  readonly y: Storage;
}

export function qLinearSumShader({ rule, y }: QLinearSumSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'partial', access: 'read', element: 'vec4<i32>' },
      { name: 'channels', access: 'read', element: 'vec4<i32>' },
      resultBinding(y),
    ],
    params: { count: 'u32', splits: 'u32', ...QUANTISED_RESULT_PARAMS },
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    declarations: `${finishedFunction(rule)}\n${writeFunction(y)}`,
    body: wgsl`
  ${linearIndex(FLAT_WORKGROUP)}
  if (i >= params.count) { return; }
  var sum = vec4<i32>();
  for (var s = 0u; s < params.splits; s++) { sum += partial[s * params.count + i]; }
  let row = i / params.blocks;
  let block = i - row * params.blocks;
${loadChannels('block', '')}
  write(row, block, finished(sum, c0, c1, c2, c3));`,
  });
}
