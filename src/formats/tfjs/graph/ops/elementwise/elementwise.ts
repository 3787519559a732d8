/** Translations of elementwise operators: arithmetic, comparisons, functions of one operand, casts, selection. */
import { isFloat } from '../../../../../core/dtype.ts';
import type { ActivationKind, BinaryKind, UnaryKind } from '../../../../../ir/ops.ts';
import type { GraphTranslation, NodeContext } from '../../context.ts';

const BINARY: Readonly<Record<string, BinaryKind>> = {
  Add: 'add',
  AddV2: 'add',
  BiasAdd: 'add',
  Sub: 'sub',
  Mul: 'mul',
  FloorDiv: 'floorDiv',
  Mod: 'floorMod', // TensorFlow.js gives Mod the sign of the divisor
  FloorMod: 'floorMod',
  Maximum: 'max',
  Minimum: 'min',
  Pow: 'pow',
  SquaredDifference: 'squaredDifference',
  Equal: 'equal',
  NotEqual: 'notEqual',
  Less: 'less',
  LessEqual: 'lessOrEqual',
  Greater: 'greater',
  GreaterEqual: 'greaterOrEqual',
  LogicalAnd: 'and',
  LogicalOr: 'or',
};

const UNARY: Readonly<Record<string, UnaryKind>> = {
  Abs: 'abs',
  Neg: 'neg',
  Exp: 'exp',
  Log: 'log',
  Sqrt: 'sqrt',
  Rsqrt: 'rsqrt',
  Reciprocal: 'reciprocal',
  Inv: 'reciprocal',
  Square: 'square',
  Sign: 'sign',
  Floor: 'floor',
  Ceil: 'ceil',
  Round: 'round',
  Sin: 'sin',
  Cos: 'cos',
  Erf: 'erf',
  LogicalNot: 'not',
  IsNan: 'isNaN',
};

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** Activations with fixed parameters. */
const ACTIVATION: Readonly<Record<string, readonly [ActivationKind, number, number]>> = {
  Relu: ['relu', 0, 0],
  Relu6: ['clip', 0, 6],
  Elu: ['elu', 1, 0],
  Selu: ['selu', SELU_ALPHA, SELU_SCALE],
  Sigmoid: ['sigmoid', 0, 0],
  Tanh: ['tanh', 0, 0],
  Softplus: ['softplus', 0, 0],
  Softsign: ['softsign', 0, 0],
};

const binary =
  (kind: BinaryKind): GraphTranslation =>
  (c) => {
    const layout = c.attr.string('data_format', 'NHWC');
    if (layout !== 'NHWC') c.refuse(`data_format ${layout}`);
    return c.binary(kind, c.input(0), c.input(1));
  };

/** TensorFlow.js floors the quotient of integers, whichever of the two operators asks for it. */
const divide: GraphTranslation = (c) => {
  const dtype = c.attr.dtype('T') ?? 'float32';
  return c.binary(isFloat(dtype) ? 'div' : 'floorDiv', c.input(0), c.input(1));
};

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

const identity: GraphTranslation = (c) => c.one('Identity', [c.input(0)], {});

function fromTable<T>(
  table: Readonly<Record<string, T>>,
  make: (entry: T) => GraphTranslation,
): [string, GraphTranslation][] {
  return Object.entries(table).map(([op, entry]) => [op, make(entry)]);
}

const unary =
  (kind: UnaryKind): GraphTranslation =>
  (c: NodeContext) =>
    c.one('Unary', [c.input(0)], { kind });

/** Rows of the operator table. */
export const ELEMENTWISE: Readonly<Record<string, GraphTranslation>> = {
  ...Object.fromEntries(fromTable(BINARY, binary)),
  ...Object.fromEntries(fromTable(UNARY, unary)),
  ...Object.fromEntries(
    fromTable(
      ACTIVATION,
      ([kind, alpha, beta]) =>
        (c: NodeContext) =>
          c.activate(c.input(0), { kind, alpha, beta }),
    ),
  ),
  RealDiv: divide,
  Div: divide,
  AddN: addN,
  LeakyRelu: (c) => c.activate(c.input(0), { kind: 'leakyRelu', alpha: c.attr.float('alpha', 0.2), beta: 0 }),
  Prelu: (c) => c.one('PRelu', [c.input(0), c.input(1)], {}),
  ClipByValue: clip,
  Cast: cast,
  Select: (c) => c.one('Where', c.inputs(0, 3), {}),
  SelectV2: (c) => c.one('Where', c.inputs(0, 3), {}),
  Identity: identity,
  IdentityN: (c) => c.inputs(),
  PlaceholderWithDefault: identity, // one that the signature does not list
  StopGradient: identity,
  PreventGradient: identity,
  Snapshot: identity,
};
