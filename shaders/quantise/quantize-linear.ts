/**
 * y = round(x / scale) + zero point, saturated, elementwise. A product with the inverse is near enough but beside ties, and
 * where floats end: there the quotient is IEEE's.
 *
 * Layout: x and y as stored, in order; an element's scale is scale[(i / inner) % extent], or of blocks
 *   scale[((i / inner / extent) · blocks + (i / inner) % extent / block_size) · inner + i % inner].
 * Bindings: x read, scale read f32, zero_point? read i32, y read_write.
 * Workgroup: 64 × 1 × 1, four elements per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: rule, how quotients are rounded; scales, which of the above; zeroPoint; how x and y are stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { INTEGERS_OF } from '../lib/fixed-point.ts';
import { flatShader, fours } from '../lib/flat.ts';
import { u32 } from '../lib/literal.ts';
import { wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import { isNanFunction } from '../lib/numbers.ts';
import { QUOTIENT } from '../lib/quotient.ts';

/** Whose scale an element has: the only one, one of an axis's, a block's. */
export type ScaleKind = 'scalar' | 'axis' | 'blocks';

/** Parameters of `scaleIndex`. */
export const SCALE_PARAMS = {
  scalar: {},
  axis: { inner: 'u32', extent: 'u32' },
  blocks: { inner: 'u32', extent: 'u32', blocks: 'u32', block_size: 'u32' },
} as const;

/** An expression of the scale's index of the element at `at`. */
export function scaleIndex(kind: ScaleKind, at: string): string {
  if (kind === 'scalar') return '0u';
  const row = `(${at}) / params.inner`;
  if (kind === 'axis') return `${row} % params.extent`;
  return `(${row} / params.extent * params.blocks + ${row} % params.extent / params.block_size) * params.inner + (${at}) % params.inner`;
}

/** The bindings of scales and zero points. */
export function scaleBindings(zeroPoint: boolean, zeroElement: 'i32' | 'u32' = 'i32'): Binding[] {
  return [
    { name: 'scale', access: 'read', element: 'f32' },
    ...(zeroPoint ? [{ name: 'zero_point', access: 'read', element: zeroElement } as const] : []),
  ];
}

export interface QuantizeLinearSpec {
  readonly rule: 'even' | 'away' | 'reciprocal';
  readonly scales: ScaleKind;
  readonly zeroPoint: boolean;
  readonly x: Storage;
  readonly y: Storage;
}

/** Statements that leave x over a scale in `q`, and its nearest integer in `rounded`. */
const ROUNDED: { readonly [R in QuantizeLinearSpec['rule']]: string } = {
  reciprocal: `
  let q = x * quotient(1.0, scale);
  let rounded = round(q);`,
  even: `
  let q = quotient(x, scale);
  let rounded = round(q);`,
  away: `
  let q = quotient(x, scale);
  // What is cut off is exact; q + 0.5 is not where q is just below a half.
  let whole = trunc(q);
  let rounded = whole + select(0.0, sign(q), abs(q - whole) >= 0.5);`,
};

/**
 * Declares `fn quantised(x, scale, zero) -> i32`: whatever is beyond saturates in every type. NaN is the zero point, but to ONNX's
 * rule 0.
 */
function quantisedFunction(rule: QuantizeLinearSpec['rule']): string {
  return wgsl`
${QUOTIENT}
${isNanFunction(1)}
fn quantised(x: f32, scale: f32, zero: i32) -> i32 {
  ${ROUNDED[rule]}
  if (is_nan(q)) { return ${rule === 'even' ? '0i' : 'zero'}; }
  return i32(clamp(rounded, -1e6, 1e6)) + zero;
}`;
}

const four = (element: (k: number) => string): string => range(4).map(element).join(', ');

export function quantizeLinearShader({ rule, scales, zeroPoint, x, y }: QuantizeLinearSpec): ShaderModule {
  return flatShader({
    together: [fours('x', x)],
    others: scaleBindings(zeroPoint),
    y,
    params: { lowest: 'i32', highest: 'i32', ...SCALE_PARAMS[scales] },
    declarations: `${quantisedFunction(rule)}
${INTEGERS_OF}`,
    body: wgsl`
  let at = vec4<u32>(${four((k) => scaleIndex(scales, `i * 4u + ${u32(k)}`))});
  let steps = vec4<f32>(${four((k) => `scale[at[${k}]]`)});
  let zeros = vec4<i32>(${zeroPoint ? four((k) => `zero_point[at[${k}]]`) : '0'});
  let inverse = 1.0 / steps;
  let near = x_v * inverse;
  let lowest = vec4<f32>(f32(params.lowest));
  let held = clamp(round(near) + vec4<f32>(zeros), lowest, vec4<f32>(f32(params.highest)));
  var r = integers_of(held);
  // Beside a tie, or one of the three may be subnormal, infinite or no number.
  let sure = (abs(fract(near) - 0.5) > abs(near) * 1e-6) & (abs(inverse) > vec4<f32>(2e-38)) & (abs(inverse) < vec4<f32>(1e30));
  if (!all(sure)) {
    let exact = vec4<i32>(${four((k) => `quantised(x_v[${k}], steps[${k}], zeros[${k}])`)});
    r = clamp(exact, vec4<i32>(params.lowest), vec4<i32>(params.highest));
  }`,
  });
}
