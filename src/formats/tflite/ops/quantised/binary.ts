/** Translations of functions of two quantised operands. */
import type { BinaryKind, QuantisedBinaryKind } from '../../../../ir/ops.ts';
import type { OperatorContext, TfliteTranslation } from '../../context.ts';
import { compared } from './byte-functions.ts';
import { lookUp } from './functions.ts';
import { affineAt, quantisedInput, requantisation, resultParameters } from './operands.ts';

function binary(c: OperatorContext, kind: QuantisedBinaryKind, activation: number): string {
  const operands = [...quantisedInput(c, 0), ...quantisedInput(c, 1), ...resultParameters(c)];
  return c.one('QLinearBinary', operands, { kind, ...requantisation(c, activation) });
}

const pRelu: TfliteTranslation = (c) => {
  const operands = [...quantisedInput(c, 0), ...quantisedInput(c, 1), ...resultParameters(c)];
  return c.one('QLinearPRelu', operands, requantisation(c));
};

/** Integers of both operands with eight more bits, at the scale 1. */
const comparison =
  (kind: BinaryKind): TfliteTranslation =>
  (c) =>
    c.binary(kind, lookUp(c, 0, compared(affineAt(c, 0)), 'int32'), lookUp(c, 1, compared(affineAt(c, 1)), 'int32'));

/** Rows of the operator table. */
export const BINARY = {
  ADD: (c: OperatorContext) => binary(c, 'add', c.options('Add').activation),
  SUB: (c: OperatorContext) => binary(c, 'sub', c.options('Sub').activation),
  MUL: (c: OperatorContext) => binary(c, 'mul', c.options('Mul').activation),
  SQUARED_DIFFERENCE: (c: OperatorContext) => binary(c, 'squaredDifference', 0),
  PRELU: pRelu,
  EQUAL: comparison('equal'),
  NOT_EQUAL: comparison('notEqual'),
  LESS: comparison('less'),
  LESS_EQUAL: comparison('lessOrEqual'),
  GREATER: comparison('greater'),
  GREATER_EQUAL: comparison('greaterOrEqual'),
};
