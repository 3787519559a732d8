/** Translations of elementwise operators that classifiers seldom have: functions, comparisons, casts, selection. */
import type { BinaryKind, UnaryKind } from '../../../ir/ops.ts';
import type { OperatorContext, TfliteTranslation } from '../context.ts';
import { activation } from './elementwise.ts';

const unary =
  (kind: UnaryKind): TfliteTranslation =>
  (c) =>
    c.one('Unary', [c.input(0)], { kind });

const binary =
  (kind: BinaryKind): TfliteTranslation =>
  (c) =>
    c.binary(kind, c.input(0), c.input(1));

const addN: TfliteTranslation = (c) => c.inputs(1).reduce((sum, x) => c.binary('add', sum, x), c.input(0));

/** The erf of the exact function, or its approximation by tanh. */
const gelu: TfliteTranslation = (c) =>
  c.activate(c.input(0), { kind: c.options('Gelu').approximate ? 'geluTanh' : 'gelu', alpha: 0, beta: 0 });

/** The output's own type says what the elements become. */
const cast: TfliteTranslation = (c) => c.one('Cast', [c.input(0)], { to: c.outputDtype() });

/** SELECT's condition may have one element for each of the first dimension, SELECT_V2's is broadcast as any operand. */
const select: TfliteTranslation = (c) => {
  const [condition, x] = [c.shape(0), c.shape(1)];
  const isList = condition.length === 1 && x.length > 1;
  const spread = isList ? c.reshape(c.input(0), [-1, ...x.slice(1).map(() => 1)]) : c.input(0);
  return c.one('Where', [spread, c.input(1), c.input(2)], {});
};

const selectV2: TfliteTranslation = (c) => c.one('Where', c.inputs(0, 3), {});

/** Rows of the operator table. */
export const FUNCTIONS = {
  ABS: unary('abs'),
  NEG: unary('neg'),
  EXP: unary('exp'),
  LOG: unary('log'),
  SQRT: unary('sqrt'),
  RSQRT: unary('rsqrt'),
  SQUARE: unary('square'),
  SIGN: unary('sign'),
  FLOOR: unary('floor'),
  CEIL: unary('ceil'),
  ROUND: unary('round'),
  SIN: unary('sin'),
  COS: unary('cos'),
  LOGICAL_NOT: unary('not'),
  MAXIMUM: binary('max'),
  MINIMUM: binary('min'),
  POW: binary('pow'),
  ATAN2: binary('atan2'),
  SQUARED_DIFFERENCE: binary('squaredDifference'),
  FLOOR_DIV: binary('floorDiv'),
  FLOOR_MOD: binary('floorMod'),
  EQUAL: binary('equal'),
  NOT_EQUAL: binary('notEqual'),
  LESS: binary('less'),
  LESS_EQUAL: binary('lessOrEqual'),
  GREATER: binary('greater'),
  GREATER_EQUAL: binary('greaterOrEqual'),
  LOGICAL_AND: binary('and'),
  LOGICAL_OR: binary('or'),
  ADD_N: addN,
  RELU_N1_TO_1: activation('clip', -1, 1),
  RELU_0_TO_1: activation('clip', 0, 1),
  TANH: activation('tanh'),
  ELU: activation('elu', 1),
  GELU: gelu,
  PRELU: (c: OperatorContext) => c.one('PRelu', [c.input(0), c.input(1)], {}),
  CAST: cast,
  SELECT: select,
  SELECT_V2: selectV2,
};
