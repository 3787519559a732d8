/** Translations of functions of one quantised operand: a table of 256 integers each. */
import { tensorOf } from '../../../../core/tensor.ts';
import { range } from '../../../../util/arrays.ts';
import { erf } from '../../../../util/erf.ts';
import type { OperatorContext, TfliteTranslation } from '../../context.ts';
import {
  eluOf,
  magnitude,
  negated,
  clipped,
  hardSwish,
  leakyRelu,
  logisticOf,
  realFunction,
  requantise,
  rsqrt,
  tanhOf,
  type ByteContext,
  type ByteFunction,
} from './byte-functions.ts';
import { affineAt, byteAt, fixedScale, RANGES, resultAffine, resultByte } from './operands.ts';

/** What a function of an input is made of. */
function contextOf(c: OperatorContext, index: number): ByteContext {
  return {
    from: affineAt(c, index),
    to: resultAffine(c),
    sameType: byteAt(c, index) === resultByte(c),
    range: RANGES[resultByte(c)],
    rounding: c.rounding,
  };
}

/** The table of a function of the integers of an input, in a type. */
function table(c: OperatorContext, index: number, dtype: 'int8' | 'uint8' | 'int32', f: ByteFunction): string {
  const [lowest] = RANGES[byteAt(c, index)];
  return c.constant(
    tensorOf(
      dtype,
      [256],
      range(256).map((i) => f(i + lowest)),
    ),
    'table',
  );
}

/** A function of an input, integer by integer. */
export function lookUp(
  c: OperatorContext,
  index: number,
  f: ByteFunction,
  dtype: 'int8' | 'uint8' | 'int32' = resultByte(c),
): string {
  return c.one('LookupTable', [c.rawInput(index), table(c, index, dtype, f)], {});
}

const row =
  (f: (context: ByteContext, c: OperatorContext) => ByteFunction): TfliteTranslation =>
  (c) =>
    lookUp(c, 0, f(contextOf(c, 0), c));

/** An input brought to the result's scale. */
export function rescaledInput(c: OperatorContext, index: number, f = requantise): string {
  return lookUp(c, index, f(contextOf(c, index)));
}

const gelu = (x: number): number => 0.5 * x * (1 + erf(x / Math.SQRT2));
const geluTanh = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** Rows of the operator table. */
export const BYTE_FUNCTIONS = {
  RELU: row((context) => clipped(context, [0, Infinity])),
  RELU6: row((context) => clipped(context, [0, 6])),
  RELU_N1_TO_1: row((context) => clipped(context, [-1, 1])),
  RELU_0_TO_1: row((context) => clipped(context, [0, 1])),
  LEAKY_RELU: row((context, c) => {
    const { alpha } = c.options('LeakyRelu');
    return Number.isFinite(alpha) ? leakyRelu(context, alpha) : c.fail(`has an alpha of ${alpha}`);
  }),
  LOGISTIC: row((context, c) => {
    fixedScale(c, 1 / 256, { int8: -128, uint8: 0 });
    return logisticOf(context);
  }),
  TANH: row((context, c) => {
    fixedScale(c, 1 / 128, { int8: 0, uint8: 128 });
    return tanhOf(context);
  }),
  HARD_SWISH: row(hardSwish),
  RSQRT: row(rsqrt),
  ABS: row(magnitude),
  EXP: row((context) => realFunction(context, Math.exp)),
  LOG: row((context) => realFunction(context, Math.log)),
  ELU: row(eluOf),
  GELU: row((context, c) => realFunction(context, c.options('Gelu').approximate ? geluTanh : gelu)),
  NEG: row((context, c) => negated(context) ?? c.refuse('integers of another scale than their negatives')),
};
