/** Elementwise operators: activations, unary, binary and n-ary functions, comparison, logic, selection, casts. */
import type { DType } from '../../../core/dtype.ts';
import { tensorOf, type Tensor } from '../../../core/tensor.ts';
import { NO_ACTIVATION, RELU, type ActivationKind, type BinaryKind, type UnaryKind } from '../../../ir/ops.ts';
import type { OnnxNode } from '../node.ts';
import { dataTypeName, dtypeOf } from '../tensor.ts';
import type { OpImport, OpTable } from './table.ts';

/** Largest finite float32: the bound of a Clip that is open on one side, as ONNX itself defines the default. */
const FLOAT_MAX = 3.4028234663852886e38;

const DEFAULT_SELU_ALPHA = 1.6732632423543772;
const DEFAULT_SELU_GAMMA = 1.0507009873554805;

/** An activation whose parameters, if any, are float attributes. */
function activation(
  kind: ActivationKind,
  alpha?: readonly [string, number],
  beta?: readonly [string, number],
): OpImport {
  return (n) => {
    n.ignore('consumed_inputs');
    const parameters = { alpha: alpha ? n.float(...alpha) : 0, beta: beta ? n.float(...beta) : 0 };
    n.result('Activation', [n.in(0)], { activation: { kind, ...parameters } });
  };
}

function unary(kind: UnaryKind): OpImport {
  return (n) => {
    n.ignore('consumed_inputs');
    n.result('Unary', [n.in(0)], { kind });
  };
}

function binary(kind: BinaryKind): OpImport {
  return (n) => n.result('Binary', operands(n), { kind, activation: NO_ACTIVATION });
}

/** The two operands; before opset 7 the second one lines up with the first at `axis` instead of at the end. */
function operands(n: OnnxNode): [string, string] {
  n.ignore('consumed_inputs', 'broadcast');
  const [a, b] = [n.in(0), n.in(1)];
  if (!n.has('axis')) return [a, b];
  const axis = n.int('axis', 0);
  const [rankA, rankB] = [n.rank(0), n.rank(1)];
  const trailing = rankA - (axis < 0 ? axis + rankA : axis) - rankB;
  if (trailing < 0) n.fail(`axis ${axis} does not place rank ${rankB} inside rank ${rankA}`);
  return [a, trailing === 0 ? b : unsqueezeEnd(n, b, rankB, trailing)];
}

/** Appends `count` extents of 1. */
function unsqueezeEnd(n: OnnxNode, value: string, rank: number, count: number): string {
  return n.temp('Unsqueeze', [value], { axes: Array.from({ length: count }, (_, i) => rank + i) });
}

/** Sum, Max, Min: a chain of two-operand nodes. */
function chain(kind: BinaryKind): OpImport {
  return (n) => {
    n.ignore('consumed_inputs');
    const inputs = n.all();
    const last = inputs.pop() ?? '';
    const [first, ...middle] = inputs;
    if (first === undefined) {
      n.result('Identity', [last], {});
      return;
    }
    const attributes = { kind, activation: NO_ACTIVATION };
    const folded = middle.reduce((acc, next) => n.temp('Binary', [acc, next], attributes), first);
    n.result('Binary', [folded, last], attributes);
  };
}

function mean(n: OnnxNode): void {
  const attributes = { kind: 'add', activation: NO_ACTIVATION } as const;
  n.ignore('consumed_inputs');
  const [first = '', ...others] = n.all();
  const sum = others.reduce((acc, next) => n.temp('Binary', [acc, next], attributes), first);
  const count = scalar(n, n.inputCount, n.facts(0).dtype);
  n.result('Binary', [sum, count], { kind: 'div', activation: NO_ACTIVATION });
}

/** A scalar constant. */
export function scalar(n: OnnxNode, value: number, dtype: DType = 'float32'): string {
  return n.context.constant(`${n.name}/scalar`, tensorOf(dtype, [], [value]));
}

function clip(n: OnnxNode): void {
  n.ignore('consumed_inputs');
  if (n.opset < 11) {
    clipTo(n, n.float('min', -FLOAT_MAX), n.float('max', FLOAT_MAX));
    return;
  }
  const [min, max] = [n.optional(1), n.optional(2)];
  const [low, high] = [n.constant(1), n.constant(2)];
  const known = (min === '' || isFloatScalar(low)) && (max === '' || isFloatScalar(high));
  if (known && (low ?? high)) {
    clipTo(n, low?.data[0] ?? -FLOAT_MAX, high?.data[0] ?? FLOAT_MAX);
    return;
  }
  const atLeast = { kind: 'max', activation: NO_ACTIVATION } as const;
  const atMost = { kind: 'min', activation: NO_ACTIVATION } as const;
  if (min === '' && max === '') n.result('Identity', [n.in(0)], {});
  else if (max === '') n.result('Binary', [n.in(0), min], atLeast);
  else n.result('Binary', [min === '' ? n.in(0) : n.temp('Binary', [n.in(0), min], atLeast), max], atMost);
}

function isFloatScalar(t: Tensor | undefined): boolean {
  return t !== undefined && t.data.length === 1 && (t.dtype === 'float32' || t.dtype === 'float16');
}

function clipTo(n: OnnxNode, low: number, high: number): void {
  const bounds = { alpha: Math.max(low, -FLOAT_MAX), beta: Math.min(high, FLOAT_MAX) };
  const isRelu = bounds.alpha === 0 && bounds.beta === FLOAT_MAX;
  n.result('Activation', [n.in(0)], { activation: isRelu ? RELU : { kind: 'clip', ...bounds } });
}

function gelu(n: OnnxNode): void {
  const kind = n.choice('approximate', 'none', ['none', 'tanh']) === 'tanh' ? 'geluTanh' : 'gelu';
  n.result('Activation', [n.in(0)], { activation: { kind, alpha: 0, beta: 0 } });
}

function swish(n: OnnxNode): void {
  const alpha = n.float('alpha', 1);
  if (alpha !== 1) n.refuse(`alpha = ${alpha}`);
  n.result('Activation', [n.in(0)], { activation: { kind: 'swish', alpha: 0, beta: 0 } });
}

/** Before opset 7 a slope of more than one element holds one per channel, axis 1. */
function pRelu(n: OnnxNode): void {
  const slope = n.in(1);
  const perChannel = n.opset < 7 && n.rank(1) === 1 && n.facts(1).length !== 1;
  const trailing = perChannel ? n.rank(0) - 2 : 0;
  n.result('PRelu', [n.in(0), trailing > 0 ? unsqueezeEnd(n, slope, 1, trailing) : slope], {});
}

/** Operands of different types are brought to float32; the result has the type of the base. */
function pow(n: OnnxNode): void {
  const [base, exponent] = operands(n);
  const [from, to] = [n.facts(0).dtype, n.facts(1).dtype];
  const attributes = { kind: 'pow', activation: NO_ACTIVATION } as const;
  if (from === undefined || to === undefined || from === to) {
    n.result('Binary', [base, exponent], attributes);
    return;
  }
  const asFloat = (value: string): string => n.temp('Cast', [value], { to: 'float32' });
  const power = n.main('Binary', [asFloat(base), asFloat(exponent)], attributes);
  n.result('Cast', [power], { to: from });
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

function cast(n: OnnxNode): void {
  n.ignore('saturate', 'round_mode'); // for float8 targets only, which the engine refuses
  if (n.opset < 6) {
    const name = n.string('to', '');
    n.result('Cast', [n.in(0)], { to: CAST_NAMES[name] ?? n.refuse(`to = ${name}`) });
    return;
  }
  const code = n.int('to', 0);
  n.result('Cast', [n.in(0)], { to: dtypeOf(code) ?? n.refuse(`to = ${dataTypeName(code)}`) });
}

function not(n: OnnxNode): void {
  n.result('Unary', [n.in(0)], { kind: 'not' });
}

/** Elementwise operators. */
export const ELEMENTWISE: OpTable = {
  Relu: activation('relu'),
  LeakyRelu: activation('leakyRelu', ['alpha', 0.01]),
  Elu: activation('elu', ['alpha', 1]),
  Selu: activation('selu', ['alpha', DEFAULT_SELU_ALPHA], ['gamma', DEFAULT_SELU_GAMMA]),
  Celu: activation('celu', ['alpha', 1]),
  Sigmoid: activation('sigmoid'),
  HardSigmoid: activation('hardSigmoid', ['alpha', 0.2], ['beta', 0.5]),
  HardSwish: activation('hardSwish'),
  Tanh: activation('tanh'),
  Softplus: activation('softplus'),
  Softsign: activation('softsign'),
  Mish: activation('mish'),
  Gelu: gelu,
  Swish: swish,
  Clip: clip,
  PRelu: pRelu,
  Abs: unary('abs'),
  Neg: unary('neg'),
  Exp: unary('exp'),
  Log: unary('log'),
  Sqrt: unary('sqrt'),
  Reciprocal: unary('reciprocal'),
  Sign: unary('sign'),
  Floor: unary('floor'),
  Ceil: unary('ceil'),
  Round: unary('round'),
  Sin: unary('sin'),
  Cos: unary('cos'),
  Erf: unary('erf'),
  IsNaN: unary('isNaN'),
  Not: not,
  Add: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  Div: binary('div'),
  Pow: pow,
  Equal: binary('equal'),
  Less: binary('less'),
  LessOrEqual: binary('lessOrEqual'),
  Greater: binary('greater'),
  GreaterOrEqual: binary('greaterOrEqual'),
  And: binary('and'),
  Or: binary('or'),
  Xor: binary('xor'),
  Sum: chain('add'),
  Max: chain('max'),
  Min: chain('min'),
  Mean: mean,
  Where: (n) => n.result('Where', [n.in(0), n.in(1), n.in(2)], {}),
  Cast: cast,
};
