/** Elementwise operators that classifiers seldom have: casts, what casts on the way, and remainders. */
import { isFloat, type DType } from '../../../../core/dtype.ts';
import { extremesOf } from '../../../../core/extremes.ts';
import { NO_ACTIVATION } from '../../../../ir/ops.ts';
import { own } from '../../../../util/own.ts';
import type { OnnxNode } from '../../node.ts';
import { dataTypeName, dtypeOfTensor } from '../../tensor.ts';
import { operands } from './arithmetic.ts';

/**
 * The result has the type of the base. Powers of integers are exact where the exponent is a whole number, whatever its type:
 * a float32 power may lie just below what is then cut off.
 */
export function pow(n: OnnxNode): string {
  const [base, exponent] = operands(n);
  const [from, to] = [n.facts(0).dtype, n.facts(1).dtype];
  if (from === undefined || to === undefined || from === to) return power(n, base, exponent);
  const cast = (value: string, type: DType): string => n.one('Cast', [value], { to: type });
  if (isFloat(from)) return cast(power(n, cast(base, 'float32'), cast(exponent, 'float32')), from);
  const whole = cast(exponent, from);
  const exact = power(n, base, whole);
  const known = n.constantInput(1);
  if (!isFloat(to) || known?.data.every((v) => Number.isInteger(v))) return exact;
  const cut = cast(power(n, cast(base, 'float32'), cast(exponent, 'float32')), from);
  return n.one('Where', [n.binary('equal', cast(whole, to), exponent), exact, cut], {});
}

function power(n: OnnxNode, base: string, exponent: string): string {
  return n.main('Binary', [base, exponent], { kind: 'pow', activation: NO_ACTIVATION });
}

/** Names that opsets before 6 use for the target of a Cast. */
const CAST_NAMES: Readonly<Record<string, DType>> = {
  FLOAT: 'float32',
  DOUBLE: 'float32',
  FLOAT16: 'float16',
  INT64: 'int64',
  UINT64: 'uint64',
  INT32: 'int32',
  UINT32: 'uint32',
  INT16: 'int16',
  UINT16: 'uint16',
  INT8: 'int8',
  UINT8: 'uint8',
  BOOL: 'bool',
};

export function cast(n: OnnxNode): string {
  n.attr.ignore('saturate', 'round_mode'); // for float8 targets only, which the engine refuses
  if (n.opset < 6) {
    const name = n.attr.string('to', '');
    return n.one('Cast', [n.input(0)], { to: own(CAST_NAMES, name) ?? n.refuse(`to = ${name}`) });
  }
  const code = n.attr.int('to', 0);
  return n.one('Cast', [n.input(0)], { to: dtypeOfTensor(code) ?? n.refuse(`to = ${dataTypeName(code)}`) });
}

/** The type of input 0. Fails on integers, which would cut what the function compares with. */
function floatType(n: OnnxNode): DType {
  const { dtype = 'float32' } = n.facts(0);
  return isFloat(dtype) ? dtype : n.fail(`is not defined on ${dtype}`);
}

/** x > alpha ? x : 0. */
export function thresholdedRelu(n: OnnxNode): string {
  const dtype = floatType(n);
  const x = n.input(0);
  const over = n.binary('greater', x, n.scalar(dtype, n.attr.float('alpha', 1)));
  return n.one('Where', [over, x, n.scalar(dtype, 0)], {});
}

/** x · sigmoid(alpha · x). */
export function swish(n: OnnxNode): string {
  const alpha = n.attr.float('alpha', 1);
  const x = n.input(0);
  if (alpha === 1) return n.activate(x, { kind: 'swish', alpha: 0, beta: 0 });
  const scaled = n.binary('mul', x, n.scalar(n.facts(0).dtype ?? 'float32', alpha));
  return n.binary('mul', x, n.activate(scaled, { kind: 'sigmoid', alpha: 0, beta: 0 }));
}

/** x < −lambd ? x + bias : x > lambd ? x − bias : 0, computed as float32 whatever the type. */
export function shrink(n: OnnxNode): string {
  const { dtype = 'float32' } = n.facts(0);
  const [lambd, bias] = [n.attr.float('lambd', 0.5), n.attr.float('bias', 0)];
  const number = (value: number): string => n.scalar('float32', value);
  const single = dtype === 'float32';
  const x = single ? n.input(0) : n.one('Cast', [n.input(0)], { to: 'float32' });
  const right = n.one(
    'Where',
    [n.binary('greater', x, number(lambd)), n.binary('sub', x, number(bias)), number(0)],
    {},
  );
  const below = n.binary('less', x, number(-lambd));
  const y = n.one('Where', [below, n.binary('add', x, number(bias)), right], {});
  return single ? y : n.one('Cast', [y], { to: dtype });
}

/** Of either sign, or of one; of neither it is false everywhere, as a number is never less than itself. */
export function isInf(n: OnnxNode): string {
  const dtype = floatType(n);
  const [above, below] = [n.attr.flag('detect_positive', true), n.attr.flag('detect_negative', true)];
  const x = n.input(0);
  if (!above && !below) return n.binary('less', x, x);
  const size = above && below ? n.one('Unary', [x], { kind: 'abs' }) : x;
  return n.binary('equal', size, n.scalar(dtype, above ? Infinity : -Infinity));
}

/** All bits but those of x. Of a uint64 that the engine holds in 32 bits, the upper half would be set: none can be held. */
export function bitwiseNot(n: OnnxNode): string {
  const dtype = n.facts(0).dtype ?? n.unknown(0, 'element type');
  if (dtype === 'uint64') n.refuse('uint64, whose result is beyond 32 bits');
  const [low, high] = extremesOf(dtype);
  return n.binary('bitXor', n.input(0), n.scalar(dtype, low < 0 ? -1 : high));
}

export function castLike(n: OnnxNode): string {
  n.attr.ignore('saturate', 'round_mode');
  n.input(1);
  const to = n.facts(1).dtype ?? n.unknown(1, 'element type');
  return n.one('Cast', [n.input(0)], { to });
}

/** Unsigned integers only, which inference asks for. */
export function bitShift(n: OnnxNode): string {
  const direction = n.attr.string('direction', '');
  if (direction !== 'LEFT' && direction !== 'RIGHT') n.fail(`direction = "${direction}" is neither LEFT nor RIGHT`);
  return n.binary(direction === 'LEFT' ? 'bitShiftLeft' : 'bitShiftRight', n.input(0), n.input(1));
}

export function mod(n: OnnxNode): string {
  return n.binary(n.attr.flag('fmod', false) ? 'truncMod' : 'floorMod', n.input(0), n.input(1));
}
