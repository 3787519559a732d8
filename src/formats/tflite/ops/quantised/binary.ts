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

/** Integers of eight bits and eight more fit 32 bits up to this scale. */
const MAX_COMPARED = 2 ** 14;

/** The integers of an operand with eight more bits, at the scale 1. */
function comparedAt(c: OperatorContext, index: number): string {
  const affine = affineAt(c, index);
  if (affine.scale > MAX_COMPARED) c.refuse(`a comparison of integers of scale ${affine.scale}`);
  return lookUp(c, index, compared(affine), 'int32');
}

const comparison =
  (kind: BinaryKind): TfliteTranslation =>
  (c) =>
    c.binary(kind, comparedAt(c, 0), comparedAt(c, 1));

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
