/** Elementwise operators that classifiers seldom have: casts, what casts on the way, and remainders. */
import type { DType } from '../../../../core/dtype.ts';
import { NO_ACTIVATION } from '../../../../ir/ops.ts';
import { own } from '../../../../util/own.ts';
import type { OnnxNode } from '../../node.ts';
import { dataTypeName, dtypeOfTensor } from '../../tensor.ts';
import { operands } from './arithmetic.ts';

/** Operands of different types are brought to float32; the result has the type of the base. */
export function pow(n: OnnxNode): string {
  const [base, exponent] = operands(n);
  const [from, to] = [n.facts(0).dtype, n.facts(1).dtype];
  const attributes = { kind: 'pow', activation: NO_ACTIVATION } as const;
  if (from === undefined || to === undefined || from === to) return n.one('Binary', [base, exponent], attributes);
  const asFloat = (value: string): string => n.one('Cast', [value], { to: 'float32' });
  const power = n.main('Binary', [asFloat(base), asFloat(exponent)], attributes);
  return n.one('Cast', [power], { to: from });
}

/** Names that opsets before 6 use for the target of a Cast. */
const CAST_NAMES: Readonly<Record<string, DType>> = {
  FLOAT: 'float32',
  DOUBLE: 'float32',
  FLOAT16: 'float16',
  INT64: 'int64',
  INT32: 'int32',
  UINT32: 'uint32',
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

/** x > alpha ? x : 0. */
export function thresholdedRelu(n: OnnxNode): string {
  const { dtype = 'float32' } = n.facts(0);
  const x = n.input(0);
  const over = n.binary('greater', x, n.scalar(dtype, n.attr.float('alpha', 1)));
  return n.one('Where', [over, x, n.scalar(dtype, 0)], {});
}

export function castLike(n: OnnxNode): string {
  n.attr.ignore('saturate', 'round_mode');
  n.input(1);
  const to = n.facts(1).dtype ?? n.unknown(1, 'element type');
  return n.one('Cast', [n.input(0)], { to });
}

export function mod(n: OnnxNode): string {
  return n.binary(n.attr.flag('fmod', false) ? 'truncMod' : 'floorMod', n.input(0), n.input(1));
}
