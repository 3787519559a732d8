/** What nodes with QLinearConv's inputs are to the kernels: x, w and y with scale and zero point behind each, and a bias. */
import { productMultipliers } from '../../ir/quantise/multipliers.ts';
import type { Tensor } from '../../core/tensor.ts';
import { required, result, value, type LowerContext } from '../definition.ts';
import type { ProductElements, WeightSpec } from '../lib/int8-weights.ts';
import { constantAt, constantScalar } from '../lib/quantised.ts';
import type { QuantisedConv } from '../lib/quantised-conv.ts';

/** Operators that have these inputs. */
type Product = 'QLinearConv' | 'QLinearConvTranspose' | 'QLinearMatMul';

/** True where the scales of x and w are multiplied in single precision: convolutions of unsigned x, one scale for the whole of a matrix. */
function multipliesInFloat<K extends Product>(context: LowerContext<K>): boolean {
  if (context.node.op === 'QLinearMatMul') return constantAt(context, 4).shape.length === 0;
  return required(context, 0).dtype === 'uint8';
}

/** The multipliers that bring sums to the scale of y. */
export function multipliersOf<K extends Product>(context: LowerContext<K>): WeightSpec['multipliers'] {
  return productMultipliers(context.node.attributes.rounding, {
    first: constantScalar(context, 1),
    second: Array.from(constantAt(context, 4).data),
    result: constantScalar(context, 6),
    inFloat: multipliesInFloat(context),
  });
}

/** The bias, where there is one. */
export function biasOf<K extends Product>(context: LowerContext<K>): ArrayLike<number> | undefined {
  return context.inputs[8] && constantAt(context, 8).data;
}

/** The weights with what rescales their sums. Throws PlanError where they are no constants. */
export function scaledWeights<K extends Product>(
  context: LowerContext<K>,
  elementsOf: (w: Tensor) => ProductElements,
): WeightSpec {
  const w = constantAt(context, 3);
  return {
    ...elementsOf(w),
    unsigned: { x: required(context, 0).dtype === 'uint8', w: w.dtype === 'uint8' },
    xZeroPoint: constantScalar(context, 2),
    wZeroPoints: constantAt(context, 5).data,
    bias: biasOf(context),
    multipliers: multipliersOf(context),
  };
}

/** The convolution of these extents and weights. */
export function quantisedConv<K extends Product>(
  context: LowerContext<K>,
  product: Pick<QuantisedConv, 'window' | 'group' | 'weights'>,
): QuantisedConv {
  const { inputs, outputs, attributes } = context.node;
  const x = required(context, 0);
  return {
    ...product,
    x: value(inputs[0]),
    y: value(outputs[0]),
    storage: { x: x.storage, y: result(context).storage },
    unsigned: x.dtype === 'uint8',
    zeroPoint: constantScalar(context, 7),
    range: attributes.range,
  };
}
