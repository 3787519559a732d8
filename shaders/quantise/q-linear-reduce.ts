/**
 * Sums of integers along some dimensions, brought to another scale.
 *
 * Layout: result e, at coordinates c over the kept extents d, sums x[Σ c·s + Σ k·f] − subtracted over all k below the folded
 *   extents e. y is dense over d. The float rule subtracts nothing: its zero points are in what it adds.
 * Bindings: x read, y read_write.
 * Workgroup: 64 × 1 × 1, four results per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: rule of rescaling; kept and folded ranks; how x and y are stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { requantisedFunction, SUM_AS_FLOAT, type RescaleRule } from '../lib/fixed-point.ts';
import { eachOfFour, flatShader } from '../lib/flat.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { APART } from '../lib/special-numbers.ts';
import { bindingOf, load } from '../lib/storage.ts';
import { coordinates, listFields, stridedOffset } from '../lib/strided.ts';
import { RESULT_PARAMS } from './q-linear-binary.ts';

export interface QLinearReduceSpec {
  readonly rule: RescaleRule | 'float';
  readonly kept: number;
  readonly folded: number;
  readonly x: Storage;
  readonly y: Storage;
}

const FLOAT_PARAMS = { multiplier: 'i32', added: 'i32', zero: 'u32', lowest: 'i32', highest: 'i32' } as const;

const FLOAT_RESULT = wgsl`
${APART}
fn result(sum: i32) -> i32 {
  ${SUM_AS_FLOAT}
  let y = apart(real * bitcast<f32>(params.multiplier)) + bitcast<f32>(params.added);
  return clamp(i32(clamp(round(y), -1e6, 1e6)), params.lowest, params.highest);
}`;

export function qLinearReduceShader({ rule, kept, folded, x, y }: QLinearReduceSpec): ShaderModule {
  const elements = { name: 'x', storage: x, width: 1 } as const;
  return flatShader({
    together: [],
    others: [bindingOf(elements, 'read')],
    y,
    params: {
      ...(rule === 'float' ? FLOAT_PARAMS : { ...RESULT_PARAMS, subtracted: 'i32' }),
      last: 'u32',
      terms: 'u32',
      ...listFields('d', kept),
      ...listFields('s', kept),
      ...listFields('e', folded),
      ...listFields('f', folded),
    },
    declarations: wgsl`
${rule === 'float' ? FLOAT_RESULT : requantisedFunction(rule)}
fn reduced(at: u32) -> i32 {
  ${coordinates(kept, 'at')}
  let base = ${stridedOffset(kept, 's')};
  var sum = 0i;
  for (var term = 0u; term < params.terms; term++) {
    ${coordinates(folded, 'term', 'e', 'k')}
    let source = base + ${stridedOffset(folded, 'f', 'k')};
    sum += ${load(elements, 'source')}${rule === 'float' ? '' : ' - params.subtracted'};
  }
  return ${rule === 'float' ? 'result(sum)' : 'requantised(sum, params.multiplier, params.shift)'};
}`,
    body: eachOfFour('reduced'),
  });
}
