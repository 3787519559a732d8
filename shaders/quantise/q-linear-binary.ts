/**
 * y = a + b, a − b, a · b, (a − b)² or PRelu (a, or a · b where a is below zero) of quantised operands, broadcast, brought to
 * y's scale. By the rule `real` they are real numbers: a table's entries, over the scale of y. A load costs as much as twenty
 * products: the numbers that tables hold are made of units first, within `doubt` of a step, which decides all but ties.
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
import { range } from '../../src/util/arrays.ts';
import { flatShader, fours } from '../lib/flat.ts';
import { INTEGERS_OF, requantisedFunction, type RescaleRule } from '../lib/fixed-point.ts';
import { NEAREST_STEP, STEP_PARAMS } from '../lib/nearest-step.ts';
import { u32 } from '../lib/literal.ts';
import { wgsl, type ParamFields, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load, type Access } from '../lib/storage.ts';
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

/** An expression of the function of two real numbers `x` and `y`, of `type`. */
function realFunction(kind: QLinearBinarySpec['kind'], x: string, y: string, type: 'f32' | 'vec4<f32>'): string {
  switch (kind) {
    case 'add':
      return `${x} + ${y}`;
    case 'sub':
      return `${x} - ${y}`;
    case 'pRelu':
      return `${x} * select(${type}(params.one), ${y}, ${x} < ${type}())`;
    default:
      return `${x} * ${y}`;
  }
}

/** Parameters of the units: what a step of an operand is worth, and its zero point. */
const UNIT_PARAMS: ParamFields = { a_unit: 'f32', b_unit: 'f32', a_zero: 'i32', b_zero: 'i32', doubt: 'f32' };

/** The real number of an operand's integer, of its table. */
function term(name: 'a' | 'b', integer: string): string {
  return `bitcast<f32>(${name}_terms[(${integer} + params.${name}_offset) & 255i])`;
}

/** Statements that declare `r` of `lefts` and `rights`, four integers each, as real numbers. */
function realResults(kind: QLinearBinarySpec['kind']): string {
  const exact = (k: number): string =>
    `nearest_step(${realFunction(kind, term('a', `lefts[${k}]`), term('b', `rights[${k}]`), 'f32')})`;
  return wgsl`
  let first = vec4<f32>(lefts - params.a_zero) * params.a_unit;
  let second = vec4<f32>(rights - params.b_zero) * params.b_unit;
  let near = (${realFunction(kind, 'first', 'second', 'vec4<f32>')}) * params.inverse + f32(params.zero_point);
  var r = integers_of(clamp(round(near), vec4<f32>(f32(params.lowest)), vec4<f32>(f32(params.highest))));
  if (!all(abs(fract(near) - 0.5) > vec4<f32>(params.doubt))) {
    r = vec4<i32>(${range(4).map(exact).join(', ')});
  }`;
}

/** True where integers are multiplied as they are, without tables. */
const multiplies = ({ kind, rule }: QLinearBinarySpec): boolean =>
  rule !== 'real' && (kind === 'mul' || kind === 'pRelu');

/** Statements that declare `r` of `lefts` and `rights`, four integers each, one by one. */
function integerResults(spec: QLinearBinarySpec): string {
  const { kind } = spec;
  const one = (k: number): string => {
    const [left, right] = [`lefts[${k}] + params.a_offset`, `rights[${k}] + params.b_offset`];
    if (kind === 'pRelu') {
      return `let kept${k} = ${left};
  let below${k} = kept${k} < 0i;
  let r${k} = requantised(
    select(kept${k}, kept${k} * (${right}), below${k}),
    select(params.multiplier, params.slope_multiplier, below${k}),
    select(params.shift, params.slope_shift, below${k}),
  );`;
    }
    const terms = `a_terms[(${left}) & 255i] + b_terms[(${right}) & 255i]`;
    return `let sum${k} = ${multiplies(spec) ? `(${left}) * (${right})` : terms};
  let r${k} = requantised(${kind === 'squaredDifference' ? `sum${k} * sum${k}` : `sum${k}`}, params.multiplier, params.shift);`;
  };
  return `${range(4).map(one).join('\n')}
  let r = vec4<i32>(r0, r1, r2, r3);`;
}

function paramsOf({ kind, rule, strided }: QLinearBinarySpec): ParamFields {
  const real = rule === 'real';
  const slope = real ? ({ one: 'f32' } as const) : ({ slope_multiplier: 'i32', slope_shift: 'i32' } as const);
  return {
    ...OFFSETS,
    ...(real ? { ...STEP_PARAMS, ...UNIT_PARAMS } : RESULT_PARAMS),
    ...(kind === 'pRelu' ? slope : {}),
    ...(strided === undefined
      ? {}
      : { last: 'u32', ...listFields('d', strided), ...listFields('a_s', strided), ...listFields('b_s', strided) }),
  };
}

/** Statements that declare what is at the operands' positions, where they are broadcast. */
function fetch(rank: number, a: Access, b: Access): string {
  const one = (k: number): string => wgsl`
  if (true) {
    let at = min(i * 4u + ${u32(k)}, params.last);
    ${coordinates(rank, 'at')}
    let a_at = ${stridedOffset(rank, 'a_s')};
    let b_at = ${stridedOffset(rank, 'b_s')};
    lefts[${u32(k)}] = ${load(a, 'a_at')};
    rights[${u32(k)}] = ${load(b, 'b_at')};
  }`;
  return `  var lefts = vec4<i32>();
  var rights = vec4<i32>();
${range(4).map(one).join('\n')}`;
}

export function qLinearBinaryShader(spec: QLinearBinarySpec): ShaderModule {
  const { kind, rule, strided, a, b, y } = spec;
  const operands = { a: { name: 'a', storage: a, width: 1 }, b: { name: 'b', storage: b, width: 1 } } as const;
  const terms = ['a_terms', 'b_terms'].map((name) => ({ name, access: 'read', element: 'i32' }) as const);
  const real = rule === 'real';
  return flatShader({
    together: strided === undefined ? [fours('a', a), fours('b', b)] : [],
    others: [
      ...(strided === undefined ? [] : [bindingOf(operands.a, 'read'), bindingOf(operands.b, 'read')]),
      ...(multiplies(spec) ? [] : terms),
    ],
    y,
    params: paramsOf(spec),
    declarations: real ? `${NEAREST_STEP}\n${INTEGERS_OF}` : requantisedFunction(rule),
    body: `${strided === undefined ? '  let lefts = a_v;\n  let rights = b_v;' : fetch(strided, operands.a, operands.b)}
${real ? realResults(kind) : integerResults(spec)}`,
  });
}
