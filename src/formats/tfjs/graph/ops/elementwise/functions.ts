/** Translations of elementwise operators that classifiers seldom have: functions, comparisons, casts, selection. */
import type { UnaryKind } from '../../../../../ir/ops.ts';
import type { GraphTranslation, NodeContext } from '../../context.ts';
import { activation, binary, passedOn } from './elementwise.ts';

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

const unary =
  (kind: UnaryKind): GraphTranslation =>
  (c) =>
    c.one('Unary', [c.input(0)], { kind });

const addN: GraphTranslation = (c) => c.inputs(1).reduce((sum, x) => c.binary('add', sum, x), c.input(0));

const clip: GraphTranslation = (c) => {
  const [low, high] = [c.constantInput(1), c.constantInput(2)];
  const [alpha, beta] = [low?.data[0], high?.data[0]];
  if (alpha !== undefined && beta !== undefined && low?.data.length === 1 && high?.data.length === 1) {
    return c.activate(c.input(0), { kind: 'clip', alpha, beta });
  }
  return c.binary('min', c.binary('max', c.input(0), c.input(1)), c.input(2));
};

const cast: GraphTranslation = (c: NodeContext) => {
  const to = c.attr.dtype('DstT');
  if (!to) c.refuse('DstT');
  return c.one('Cast', [c.input(0)], { to });
};

/** Division that gives 0 where the divisor is 0. */
const divideNoNan: GraphTranslation = (c) => {
  const [a, b] = [c.input(0), c.input(1)];
  const zero = c.scalar(c.attr.dtype('T') ?? 'float32', 0);
  return c.one('Where', [c.binary('equal', b, zero), zero, c.binary('div', a, b)], {});
};

/** Rows of the operator table. */
export const FUNCTIONS = {
  FloorDiv: binary('floorDiv'),
  Mod: binary('floorMod'), // TensorFlow.js gives Mod the sign of the divisor
  FloorMod: binary('floorMod'),
  Maximum: binary('max'),
  Minimum: binary('min'),
  Pow: binary('pow'),
  Atan2: binary('atan2'),
  SquaredDifference: binary('squaredDifference'),
  Equal: binary('equal'),
  NotEqual: binary('notEqual'),
  Less: binary('less'),
  LessEqual: binary('lessOrEqual'),
  Greater: binary('greater'),
  GreaterEqual: binary('greaterOrEqual'),
  LogicalAnd: binary('and'),
  LogicalOr: binary('or'),
  Abs: unary('abs'),
  Neg: unary('neg'),
  Exp: unary('exp'),
  Log: unary('log'),
  Sqrt: unary('sqrt'),
  Rsqrt: unary('rsqrt'),
  Reciprocal: unary('reciprocal'),
  Inv: unary('reciprocal'),
  Square: unary('square'),
  Sign: unary('sign'),
  Floor: unary('floor'),
  Ceil: unary('ceil'),
  Round: unary('round'),
  Sin: unary('sin'),
  Cos: unary('cos'),
  Erf: unary('erf'),
  LogicalNot: unary('not'),
  IsNan: unary('isNaN'),
  Elu: activation('elu', 1),
  Selu: activation('selu', SELU_ALPHA, SELU_SCALE),
  Tanh: activation('tanh'),
  Softplus: activation('softplus'),
  Softsign: activation('softsign'),
  Prelu: (c: NodeContext) => c.one('PRelu', [c.input(0), c.input(1)], {}),
  ClipByValue: clip,
  AddN: addN,
  DivNoNan: divideNoNan,
  Cast: cast,
  StopGradient: passedOn,
  PreventGradient: passedOn,
  Snapshot: passedOn,
  Select: (c: NodeContext) => c.one('Where', c.inputs(0, 3), {}),
  SelectV2: (c: NodeContext) => c.one('Where', c.inputs(0, 3), {}),
};
