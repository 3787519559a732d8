/**
 * Adds up the parts of a product of 8-bit integers whose depth was split (q-linear-tiled.ts), and brings it to its scale.
 *
 * Layout: partial[split][row][block], channels and y as in q-linear-tiled.ts.
 * Bindings: partial read vec4<i32>, channels read vec4<i32>, y read_write.
 * Workgroup: 64 × 1 × 1, four channels of a row each; with `neighbours` four neighbours of y.
 * Dispatch: dispatch1d(count, 64), count = rows · blocks; with `neighbours` ⌈rows · out_c / 4⌉.
 * Spec: rule of rescaling; how y is stored; neighbours, for packed rows that end within a word.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import type { RescaleRule } from '../lib/fixed-point.ts';
import { FLAT_WORKGROUP, fours } from '../lib/flat.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import {
  finishedFunction,
  loadChannels,
  QUANTISED_RESULT_PARAMS,
  resultBinding,
  writeFunction,
} from '../lib/quantised-results.ts';
import { store } from '../lib/storage.ts';

export interface QLinearSumSpec {
  readonly rule: RescaleRule;
  readonly y: Storage;
  readonly neighbours: boolean;
}

const SUM_OF_ELEMENT = wgsl`
fn result_at(at: u32) -> i32 {
  let row = at / params.out_c;
  let channel = at - row * params.out_c;
  var sum = 0i;
  for (var s = 0u; s < params.splits; s++) {
    sum += partial[(s * params.rows + row) * params.blocks + channel / 4u][channel % 4u];
  }
  let c = channels[channel];
  return requantised(sum + c.x, c.y, c.z);
}`;

const BLOCK = `
  var sum = vec4<i32>();
  for (var s = 0u; s < params.splits; s++) { sum += partial[s * params.count + i]; }
  let row = i / params.blocks;
  let block = i - row * params.blocks;
${loadChannels('block', '')}
  write(row, block, finished(sum, c0, c1, c2, c3));`;

/** Four neighbours of y; what lies past its end repeats the last. */
const nextResult = (k: number): string => `result_at(min(i * 4u + ${u32(k)}, params.rows * params.out_c - 1u))`;

export function qLinearSumShader({ rule, y, neighbours }: QLinearSumSpec): ShaderModule {
  const four = `
  let r = vec4<i32>(${range(4).map(nextResult).join(', ')});
  ${store(fours('y', y), 'i', 'r')}`;
  return shaderModule({
    bindings: [
      { name: 'partial', access: 'read', element: 'vec4<i32>' },
      { name: 'channels', access: 'read', element: 'vec4<i32>' },
      resultBinding(y),
    ],
    params: { count: 'u32', splits: 'u32', ...QUANTISED_RESULT_PARAMS },
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    declarations: `${finishedFunction(rule)}\n${neighbours ? SUM_OF_ELEMENT : writeFunction(y)}`,
    body: wgsl`
  ${linearIndex(FLAT_WORKGROUP)}
  if (i >= params.count) { return; }${neighbours ? four : BLOCK}`,
  });
}
