/** Translations of elementwise operators that classifiers have: arithmetic, activations, and what only passes on. */
import { isFloat } from '../../../../../core/dtype.ts';
import type { ActivationKind, BinaryKind } from '../../../../../ir/ops.ts';
import type { GraphTranslation, NodeContext } from '../../context.ts';

/** A function of two operands. */
export const binary =
  (kind: BinaryKind): GraphTranslation =>
  (c) => {
    const layout = c.attr.string('data_format', 'NHWC');
    if (layout !== 'NHWC') c.refuse(`data_format ${layout}`);
    return c.binary(kind, c.input(0), c.input(1));
  };

/** An activation with fixed parameters. */
export const activation =
  (kind: ActivationKind, alpha = 0, beta = 0): GraphTranslation =>
  (c) =>
    c.activate(c.input(0), { kind, alpha, beta });

/** TensorFlow.js floors the quotient of integers, whichever of the two operators asks for it. */
const divide: GraphTranslation = (c) => {
  const dtype = c.attr.dtype('T') ?? 'float32';
  return c.binary(isFloat(dtype) ? 'div' : 'floorDiv', c.input(0), c.input(1));
};

/** What passes on. */
export const passedOn: GraphTranslation = (c) => c.one('Identity', [c.input(0)], {});

/** Rows of the operator table. */
export const ELEMENTWISE = {
  Add: binary('add'),
  AddV2: binary('add'),
  BiasAdd: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  RealDiv: divide,
  Div: divide,
  Relu: activation('relu'),
  Relu6: activation('clip', 0, 6),
  LeakyRelu: (c: NodeContext) =>
    c.activate(c.input(0), { kind: 'leakyRelu', alpha: c.attr.float('alpha', 0.2), beta: 0 }),
  Sigmoid: activation('sigmoid'),
  Identity: passedOn,
  IdentityN: (c: NodeContext) => c.inputs(),
  PlaceholderWithDefault: passedOn, // one that the signature does not list
};
