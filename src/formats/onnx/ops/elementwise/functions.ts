/** Functions of elements that classifiers seldom have: the other activations, functions, comparisons, logic, selection. */
import { isFloat } from '../../../../core/dtype.ts';
import type { UnaryKind } from '../../../../ir/ops.ts';
import type { OnnxNode, OnnxTranslation } from '../../node.ts';
import { activation } from './activations.ts';
import { binary, chain, unsqueezeEnd } from './arithmetic.ts';

const DEFAULT_SELU_ALPHA = 1.6732632423543772;
const DEFAULT_SELU_GAMMA = 1.0507009873554805;

function unary(kind: UnaryKind): OnnxTranslation {
  return (n) => {
    n.attr.ignore('consumed_inputs');
    return n.one('Unary', [n.input(0)], { kind });
  };
}

function gelu(n: OnnxNode): string {
  const kind = n.attr.choice('approximate', 'none', ['none', 'tanh']) === 'tanh' ? 'geluTanh' : 'gelu';
  return n.activate(n.input(0), { kind, alpha: 0, beta: 0 });
}

/** Before opset 7 a slope of more than one element holds one per channel, axis 1. Integers, which few have, are chosen between. */
function pRelu(n: OnnxNode): string {
  const slope = n.input(1);
  const perChannel = n.opset < 7 && n.rank(1) === 1 && n.facts(1).length !== 1;
  const trailing = perChannel ? (n.rankKept ?? n.rank(0)) - 2 : 0;
  const [x, each] = [n.input(0), trailing > 0 ? unsqueezeEnd(n, slope, 1, trailing) : slope];
  const { dtype = 'float32' } = n.facts(0);
  if (isFloat(dtype)) return n.one('PRelu', [x, each], {});
  return n.one('Where', [n.binary('less', x, n.scalar(dtype, 0)), n.binary('mul', each, x), x], {});
}

function mean(n: OnnxNode): string {
  n.attr.ignore('consumed_inputs');
  const [first = '', ...others] = n.inputs();
  const sum = others.reduce((folded, next) => n.binary('add', folded, next), first);
  return n.binary('div', sum, n.scalar(n.facts(0).dtype ?? 'float32', n.inputCount));
}

/** Their rows. */
export const FUNCTIONS = {
  Elu: activation('elu', ['alpha', 1]),
  Selu: activation('selu', ['alpha', DEFAULT_SELU_ALPHA], ['gamma', DEFAULT_SELU_GAMMA]),
  Celu: activation('celu', ['alpha', 1]),
  Tanh: activation('tanh'),
  Softplus: activation('softplus'),
  Softsign: activation('softsign'),
  Mish: activation('mish'),
  Gelu: gelu,
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
  Tan: unary('tan'),
  Asin: unary('asin'),
  Acos: unary('acos'),
  Sinh: unary('sinh'),
  Cosh: unary('cosh'),
  Asinh: unary('asinh'),
  Acosh: unary('acosh'),
  Atanh: unary('atanh'),
  // atan2(x, 1)
  Atan: (n: OnnxNode) => n.binary('atan2', n.input(0), n.scalar(n.facts(0).dtype ?? 'float32', 1)),
  Erf: unary('erf'),
  IsNaN: unary('isNaN'),
  Not: (n: OnnxNode) => n.one('Unary', [n.input(0)], { kind: 'not' }),
  Equal: binary('equal'),
  Less: binary('less'),
  LessOrEqual: binary('lessOrEqual'),
  Greater: binary('greater'),
  GreaterOrEqual: binary('greaterOrEqual'),
  And: binary('and'),
  Or: binary('or'),
  Xor: binary('xor'),
  BitwiseAnd: binary('bitAnd'),
  BitwiseOr: binary('bitOr'),
  BitwiseXor: binary('bitXor'),
  Max: chain('max'),
  Min: chain('min'),
  Mean: mean,
  Where: (n: OnnxNode) => n.one('Where', [n.input(0), n.input(1), n.input(2)], {}),
};
