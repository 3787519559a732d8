/**
 * y = a + b, a − b, a · b, (a − b)² or PRelu (a, or a · b where a is below zero) of quantised operands, broadcast, brought to
 * y's scale. By the rule `real` they are real numbers: a table's entries, over the scale of y.
 *
 * Layout: y in order, four elements per invocation; a and b at the same position, or where they are broadcast at Σ c·s of its
 *   coordinates. Sums add a table's entries, by the integer: a_terms [256], b_terms [256]; of real numbers all have tables, of
 *   float32's bits.
 * Bindings: a read, b read, a_terms? read i32, b_terms? read i32, y read_write.
 * Workgroup: 64 × 1 × 1.
 * Dispatch: dispatch1d(count, 64).
 * Spec: kind; rule of rescaling; strided, the rank of a broadcast; how a, b and y are stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import type { QuantisedBinaryKind } from '../../src/ir/ops.ts';
import { flatShader, fours } from '../lib/flat.ts';
import { requantisedFunction, type RescaleRule } from '../lib/fixed-point.ts';
import { NEAREST_STEP, STEP_PARAMS } from '../lib/nearest-step.ts';
import { u32 } from '../lib/literal.ts';
import { wgsl, type ParamFields, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load } from '../lib/storage.ts';
import { coordinates, listFields, stridedOffset } from '../lib/strided.ts';

export interface QLinearBinarySpec {
  readonly kind: QuantisedBinaryKind | 'pRelu';
  readonly rule: RescaleRule | 'real';
  /** Absent where both operands have y's shape. */
  readonly strided?: number | undefined;
  readonly a: Storage;
  readonly b: Storage;
  readonly y: Storage;
}

/** What is added to an integer to make it an index of terms, or taken off it before a product. */
const OFFSETS: ParamFields = { a_offset: 'i32', b_offset: 'i32' };

/** Parameters that bring a result to its scale. */
export const RESULT_PARAMS = {
  multiplier: 'i32',
  shift: 'i32',
  zero_point: 'i32',
  lowest: 'i32',
  highest: 'i32',
} as const satisfies ParamFields;

/** An expression of the function of two real numbers, given by their bits. */
function realFunction(kind: QLinearBinarySpec['kind'], a: string, b: string): string {
  const [x, y] = [`bitcast<f32>(${a})`, `bitcast<f32>(${b})`];
  switch (kind) {
    case 'add':
      return `${x} + ${y}`;
    case 'sub':
      return `${x} - ${y}`;
    case 'pRelu':
      return `${x} * select(params.one, ${y}, ${x} < 0.0)`;
    default:
      return `${x} * ${y}`;
  }
}

/** True where integers are multiplied as they are, without tables. */
const multiplies = ({ kind, rule }: QLinearBinarySpec): boolean =>
  rule !== 'real' && (kind === 'mul' || kind === 'pRelu');

/** Statements that declare `rK`, the result of two integers with their offsets. */
function resultOf(spec: QLinearBinarySpec, left: string, right: string, k: number): string {
  const { kind, rule } = spec;
  const [a, b] = [`a_terms[(${left}) & 255i]`, `b_terms[(${right}) & 255i]`];
  if (rule === 'real') return `let r${k} = nearest_step(${realFunction(kind, a, b)});`;
  if (kind === 'pRelu') {
    return `let kept${k} = ${left};
  let below${k} = kept${k} < 0i;
  let r${k} = requantised(
    select(kept${k}, kept${k} * (${right}), below${k}),
    select(params.multiplier, params.slope_multiplier, below${k}),
    select(params.shift, params.slope_shift, below${k}),
  );`;
  }
  return `let sum${k} = ${multiplies(spec) ? `(${left}) * (${right})` : `${a} + ${b}`};
  let r${k} = requantised(${kind === 'squaredDifference' ? `sum${k} * sum${k}` : `sum${k}`}, params.multiplier, params.shift);`;
}

function paramsOf({ kind, rule, strided }: QLinearBinarySpec): ParamFields {
  const real = rule === 'real';
  const slope = real ? ({ one: 'f32' } as const) : ({ slope_multiplier: 'i32', slope_shift: 'i32' } as const);
  return {
    ...OFFSETS,
    ...(real ? STEP_PARAMS : RESULT_PARAMS),
    ...(kind === 'pRelu' ? slope : {}),
    ...(strided === undefined
      ? {}
      : { last: 'u32', ...listFields('d', strided), ...listFields('a_s', strided), ...listFields('b_s', strided) }),
  };
}

export function qLinearBinaryShader(spec: QLinearBinarySpec): ShaderModule {
  const { rule, strided, a, b, y } = spec;
  const operands = { a: { name: 'a', storage: a, width: 1 }, b: { name: 'b', storage: b, width: 1 } } as const;
  const at = (name: 'a' | 'b', lane: string, k: number): string =>
    strided === undefined ? `${name}_v.${lane}` : `${name}${k}`;
  const fetch = (k: number): string =>
    strided === undefined
      ? ''
      : wgsl`
  var a${k} = 0i;
  var b${k} = 0i;
  if (true) {
    let at = min(i * 4u + ${u32(k)}, params.last);
    ${coordinates(strided, 'at')}
    let a_at = ${stridedOffset(strided, 'a_s')};
    let b_at = ${stridedOffset(strided, 'b_s')};
    a${k} = ${load(operands.a, 'a_at')};
    b${k} = ${load(operands.b, 'b_at')};
  }`;
  const lane = (name: string, k: number): string => `${fetch(k)}
  ${resultOf(spec, `${at('a', name, k)} + params.a_offset`, `${at('b', name, k)} + params.b_offset`, k)}`;
  const terms = ['a_terms', 'b_terms'].map((name) => ({ name, access: 'read', element: 'i32' }) as const);
  return flatShader({
    together: strided === undefined ? [fours('a', a), fours('b', b)] : [],
    others: [
      ...(strided === undefined ? [] : [bindingOf(operands.a, 'read'), bindingOf(operands.b, 'read')]),
      ...(multiplies(spec) ? [] : terms),
    ],
    y,
    params: paramsOf(spec),
    declarations: rule === 'real' ? NEAREST_STEP : requantisedFunction(rule),
    body: `${['x', 'y', 'z', 'w'].map(lane).join('\n')}
  let r = vec4<i32>(r0, r1, r2, r3);`,
  });
}
