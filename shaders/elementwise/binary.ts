/**
 * y = activation(a ∘ b), elementwise with broadcasting.
 *
 * Layout: y, a and b are addressed as shaders/lib/broadcast.ts says.
 * Bindings: a read, b read (scalar or vec4 of their types), y read_write (vec4 when width is 4); the operand that y is
 *   written over is not bound.
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: kind; type a and b are computed in, result (dtype of y), activation
 *   (floats only), broadcast; stored, the element types of a, b and y in memory; inPlace, the operand y is written over; declared, functions of
 *   kinds that few graphs have.
 * Limits: no workgroup storage.
 */
import type { DType } from '../../src/core/dtype.ts';
import type { ActivationKind, BinaryKind } from '../../src/ir/ops.ts';
import { ACTIVATION_PARAMS, activateFunction } from '../lib/activation.ts';
import { broadcastFields, broadcastLoads, operandElement, outputIndex, type BroadcastSpec } from '../lib/broadcast.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { extremeFunctions, isNanFunction, vectorType, type Scalar } from '../lib/numbers.ts';
import { wrapped } from '../lib/special-numbers.ts';
import { powerFunction, remainderFunction } from '../lib/powers.ts';

/** Invocations per workgroup. */
export const BINARY_WORKGROUP = 64;

export interface BinarySpec {
  readonly kind: BinaryKind;
  readonly type: Scalar;
  readonly result: DType;
  readonly activation: ActivationKind;
  readonly broadcast: BroadcastSpec;
  readonly stored: readonly [a: Scalar | 'f16', b: Scalar | 'f16', y: Scalar | 'f16'];
  readonly inPlace: 'none' | 'a' | 'b';
  /** Declares what `kind` calls, where that is loaded for few graphs. */
  readonly declared: string;
}

/**
 * Expressions of a and b; `T` is the type of both, `B(…)` turns truth into 0 or 1, `O(…)` also asks that neither is NaN.
 * Functions are declared below.
 */
const EXPRESSIONS: { readonly [K in BinaryKind]: string } = {
  add: 'a + b',
  sub: 'a - b',
  mul: 'a * b',
  div: 'a / b',
  floorDiv: 'floor_div(a, b)',
  floorMod: 'floor_mod(a, b)',
  truncMod: 'trunc_mod(a, b)',
  atan2: 'angle(a, b)',
  pow: 'power(a, b)',
  min: 'lesser(a, b)',
  max: 'greater(a, b)',
  squaredDifference: '(a - b) * (a - b)',
  // Nothing compares with NaN but to be unequal; compilers that know no NaN may turn comparisons round.
  equal: 'B(O(a == b))',
  notEqual: 'B(!(O(a == b)))',
  less: 'B(O(a < b))',
  lessOrEqual: 'B(O(a <= b))',
  greater: 'B(O(a > b))',
  greaterOrEqual: 'B(O(a >= b))',
  and: 'B((a != T(0)) & (b != T(0)))',
  or: 'B((a != T(0)) | (b != T(0)))',
  xor: 'B((a != T(0)) != (b != T(0)))',
  bitAnd: 'a & b',
  bitOr: 'a | b',
  bitXor: 'a ^ b',
  bitShiftLeft: 'shift(a, b)',
  bitShiftRight: 'shift(a, b)',
};

/** Operand names: those of their parameters, too. */
export const BINARY_OPERANDS = ['a', 'b'] as const;

export function binaryShader(spec: BinarySpec): ShaderModule {
  const { kind, type, result, activation, broadcast, stored, inPlace, declared } = spec;
  const { width } = broadcast;
  const vector = vectorType(type, width);
  const element = vectorType(stored[2], width);
  const truth = vectorType('i32', width);
  const expression = EXPRESSIONS[kind]
    .replaceAll('T(', `${vector}(`)
    .replaceAll('B(', `select(${truth}(0), ${truth}(1), `)
    .replaceAll('O(', type === 'f32' ? '!(is_nan(a) | is_nan(b)) & (' : '(')
    .replaceAll(/\b([ab])\b/g, '$1_v');
  const activated = activation !== 'none';
  const floats = vectorType('f32', width);
  const buffers = BINARY_OPERANDS.map((name) => (name === inPlace ? 'y' : name));
  const operands = BINARY_OPERANDS.map(
    (name, k) => ({ name, access: 'read', element: operandElement(broadcast, k, stored[k] ?? type) }) as const,
  );
  return shaderModule({
    bindings: [...operands.filter(({ name }) => name !== inPlace), { name: 'y', access: 'read_write', element }],
    params: { ...broadcastFields(broadcast, BINARY_OPERANDS), ...(activated ? ACTIVATION_PARAMS : {}) },
    workgroupSize: [BINARY_WORKGROUP, 1, 1],
    declarations: [declared || helpers(kind, type, width), activated ? activateFunction(activation, floats) : ''].join(
      '\n',
    ),
    body: wgsl`
  ${linearIndex(BINARY_WORKGROUP)}
  if (i >= params.count) { return; }
  ${broadcastLoads(broadcast, BINARY_OPERANDS, [type, type], buffers)}
  let r = ${wrapped(expression, result, width)};
#if ${activated}
  y[${outputIndex(broadcast)}] = ${element}(activate(r));
#else
  y[${outputIndex(broadcast)}] = ${element}(r);
#endif`,
  });
}

/** Declarations of the function a kind calls, if it does. */
function helpers(kind: BinaryKind, type: Scalar, width: 1 | 4): string {
  if (kind === 'min' || kind === 'max') return extremeFunctions(type, width);
  const vector = vectorType(type, width);
  const text = type === 'f32' ? floatHelper(kind, width) : integerHelper(kind, type);
  return text.replaceAll(/\bT\b/g, vector);
}

function floatHelper(kind: BinaryKind, width: 1 | 4): string {
  switch (kind) {
    case 'floorDiv':
      return 'fn floor_div(a: T, b: T) -> T { return floor(a / b); }';
    case 'truncMod':
      return remainderFunction(width);
    case 'floorMod':
      return wgsl`${remainderFunction(width)}
fn floor_mod(a: T, b: T) -> T {
  let rest = trunc_mod(a, b);
  return select(rest, rest + b, (rest != T(0)) & ((rest < T(0)) != (b < T(0))));
}`;
    case 'pow':
      return powerFunction(width);
    case 'equal':
    case 'notEqual':
    case 'less':
    case 'lessOrEqual':
    case 'greater':
    case 'greaterOrEqual':
      return isNanFunction(width);
    default:
      return '';
  }
}

function integerHelper(kind: BinaryKind, type: Scalar): string {
  // Unsigned numbers have nothing below zero: truncating and flooring are the same.
  const signed = type === 'i32';
  switch (kind) {
    case 'truncMod':
      return 'fn trunc_mod(a: T, b: T) -> T { return a % b; }';
    case 'floorMod':
      return signed ? FLOOR_MOD_SIGNED : 'fn floor_mod(a: T, b: T) -> T { return a % b; }';
    case 'floorDiv':
      return signed ? FLOOR_DIV_SIGNED : 'fn floor_div(a: T, b: T) -> T { return a / b; }';
    case 'pow':
      return powerInteger(signed);
    default:
      return '';
  }
}

const FLOOR_MOD_SIGNED = `
fn floor_mod(a: T, b: T) -> T {
  let rest = a % b;
  return select(rest, rest + b, (rest != T(0)) & ((rest < T(0)) != (b < T(0))));
}`;

/** The truncated quotient, less one where it was rounded up: a − rest could leave the type. */
const FLOOR_DIV_SIGNED = `
fn floor_div(a: T, b: T) -> T {
  let rest = a % b;
  return a / b - select(T(0), T(1), (rest != T(0)) & ((rest < T(0)) != (b < T(0))));
}`;

/** Repeated squaring, one round for each bit of the exponent; results wrap. */
function powerInteger(signed: boolean): string {
  return wgsl`
fn power(a: T, b: T) -> T {
  var result = T(1);
  var factor = a;
  var rest = b;
  for (var bit = 0u; bit < 32u; bit++) {
    result = select(result, result * factor, (rest & T(1)) != T(0));
    factor = factor * factor;
    rest = rest / T(2);
  }
#if ${signed}
  let parity = select(T(1), T(-1), (b & T(1)) == T(1));
  let quotient = select(select(T(0), parity, a == T(-1)), T(1), a == T(1));
  result = select(result, quotient, b < T(0));
#endif
  return result;
}`;
}
