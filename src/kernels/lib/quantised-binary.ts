/** Variants of functions of two quantised operands: side by side, or broadcast. */
import { qLinearBinaryShader, type QLinearBinarySpec } from '../../../shaders/quantise/q-linear-binary.ts';
import { broadcastStrides } from '../../core/broadcast.ts';
import { collapse, stridedDims } from '../../core/strided.ts';
import { extremesOf } from '../../core/extremes.ts';
import { elementCount } from '../../core/tensor.ts';
import type { OpKind } from '../../ir/ops.ts';
import { realPlan } from '../../ir/quantise/reals.ts';
import { at, sameArray } from '../../util/arrays.ts';
import { required, result, value, type CallOperand, type LowerContext, type Variant } from '../definition.ts';
import { flatVariant } from './flat.ts';
import { bitsConstant, constantScalar, constantScales, stepParams } from './quantised.ts';
import { listParams } from './strided.ts';

/** What one such function is, beside its operands: inputs 0 and 3. */
export interface BinaryFunction {
  readonly kind: QLinearBinarySpec['kind'];
  readonly rule: QLinearBinarySpec['rule'];
  /** Constants between the operands and the result. */
  readonly tables: readonly CallOperand[];
  readonly params: Readonly<Record<string, number>>;
}

/**
 * How near a tie, in steps, what comes of units may be wrong: the terms of a sum may be larger than it, and are off by their own
 * last digits; a product is off by its own. Of 1 tables tell always.
 */
function doubtOf(form: 'sum' | 'product', [a, b]: readonly [number, number], scale: number): number {
  const known = form === 'sum' ? a + b <= 16 * scale : a * b < 2 ** 90;
  return known ? 0.001 : 1;
}

/** A function of real numbers, whose tables are made of the operands' scales. */
export function functionOfReals<K extends 'QLinearBinary' | 'QLinearPRelu'>(
  context: LowerContext<K>,
  kind: BinaryFunction['kind'],
  form: 'sum' | 'product',
): BinaryFunction {
  const [lowest] = extremesOf(required(context, 0).dtype);
  const given = constantScales(context);
  const { terms, units, scale, one } = realPlan(form, lowest, given);
  return {
    kind,
    rule: 'real',
    tables: terms.map(bitsConstant),
    params: {
      a_offset: -lowest,
      b_offset: -lowest,
      ...stepParams(context.node.attributes, scale, constantScalar(context, 7)),
      a_unit: units[0],
      b_unit: units[1],
      a_zero: given.zeroPoints[0],
      b_zero: given.zeroPoints[1],
      doubt: doubtOf(form, units, scale),
      ...(kind === 'pRelu' ? { one } : {}),
    },
  };
}

/** `words`, where both operands have the result's shape, and `broadcast`. */
export function binaryVariants<K extends OpKind>(
  functionOf: (context: LowerContext<K>) => BinaryFunction,
): readonly Variant<K>[] {
  const make = (name: string, broadcasts: boolean): Variant<K> =>
    flatVariant(name, (context) => {
      const [a, b, y] = [required(context, 0), required(context, 3), result(context)];
      if (!broadcasts && !(sameArray(a.shape, y.shape) && sameArray(b.shape, y.shape))) return undefined;
      const { kind, rule, tables, params } = functionOf(context);
      const dims = collapse(
        stridedDims(y.shape, broadcastStrides(a.shape, y.shape), broadcastStrides(b.shape, y.shape)),
      );
      const walk = {
        last: Math.max(1, elementCount(y.shape)) - 1,
        ...listParams(
          'd',
          dims.map(({ extent }) => extent),
        ),
        ...listParams(
          'a_s',
          dims.map(({ strides }) => at(strides, 0)),
        ),
        ...listParams(
          'b_s',
          dims.map(({ strides }) => at(strides, 1)),
        ),
      };
      const { inputs, outputs } = context.node;
      return {
        shader: qLinearBinaryShader({
          kind,
          rule,
          strided: broadcasts ? dims.length : undefined,
          a: a.storage,
          b: b.storage,
          y: y.storage,
        }),
        operands: [value(inputs[0]), value(inputs[3]), ...tables, value(outputs[0])],
        params: { ...params, ...(broadcasts ? walk : {}) },
      };
    });
  return [make('words', false), make('broadcast', true)];
}
