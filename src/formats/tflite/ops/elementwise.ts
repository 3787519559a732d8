/** Translations of elementwise operators that classifiers have. */
import type { ActivationKind, BinaryKind } from '../../../ir/ops.ts';
import type { OperatorContext, TfliteTranslation } from '../context.ts';
import type { OptionsName } from '../schema.ts';

/** Tables of options that have a fused activation. */
type Fusing = Extract<OptionsName, 'Add' | 'Sub' | 'Mul' | 'Div'>;

/** A function of two operands with an activation behind it. */
export const arithmetic =
  (kind: BinaryKind, options: Fusing): TfliteTranslation =>
  (c) =>
    c.one('Binary', [c.input(0), c.input(1)], { kind, activation: c.fused(c.options(options).activation) });

/** An activation with fixed parameters. */
export const activation =
  (kind: ActivationKind, alpha = 0, beta = 0): TfliteTranslation =>
  (c) =>
    c.activate(c.input(0), { kind, alpha, beta });

/** Rows of the operator table. */
export const ELEMENTWISE = {
  ADD: arithmetic('add', 'Add'),
  SUB: arithmetic('sub', 'Sub'),
  MUL: arithmetic('mul', 'Mul'),
  DIV: arithmetic('div', 'Div'), // integers are truncated, as the engine does
  RELU: activation('relu'),
  RELU6: activation('clip', 0, 6),
  LOGISTIC: activation('sigmoid'),
  HARD_SWISH: activation('hardSwish'),
  LEAKY_RELU: (c: OperatorContext) =>
    c.activate(c.input(0), { kind: 'leakyRelu', alpha: c.options('LeakyRelu').alpha, beta: 0 }),
};
