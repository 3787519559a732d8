/**
 * The CPU references of quantised products: those of real numbers on integers without their zero points, whose sums are
 * int32, brought to the result's scale.
 */
import type { Tensor, TensorDesc } from '../../core/tensor.ts';
import { productMultipliers } from '../../ir/quantise/multipliers.ts';
import type { Requantised } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import { convReference } from '../conv/conv-loop.ts';
import { convTransposeReference } from '../conv/conv-transpose-loop.ts';
import type { Reference, Tensors } from '../definition.ts';
import { centred, requantised, scalarAt, scalesOf } from '../lib/quantised.ts';
import { tensorAt } from '../lib/operands.ts';
import { matMulReference } from '../product/product-loop.ts';
import { realConv, realConvTranspose, realMatMul } from '../lib/real-products.ts';

/** A product of int32 tensors, exact but for int32's wrapping. */
type Product = (inputs: Tensors, outputs: readonly TensorDesc[]) => readonly Tensor[];

/** `inFloat`: whether the reference kernels form the product of the scales in single precision. */
function quantisedProduct(
  product: Product,
  { attributes, weightAxis, inFloat }: { attributes: Requantised; weightAxis: number; inFloat: boolean },
  inputs: Tensors,
  output: TensorDesc,
): readonly Tensor[] {
  const operands = [centred(inputs, 0), centred(inputs, 3, weightAxis), inputs[8]];
  const sums = at(product(operands, [{ dtype: 'int32', shape: output.shape }]), 0);
  const multipliers = productMultipliers(attributes.rounding, {
    first: scalarAt(inputs, 1),
    second: scalesOf(inputs, 3),
    result: scalarAt(inputs, 6),
    inFloat,
  });
  return [requantised(sums, multipliers, attributes, { zeroPoint: scalarAt(inputs, 7), output })];
}

/** `OpDefinition.reference` of QLinearConv. */
export const qLinearConvReference: Reference<'QLinearConv'> = (node, inputs, outputs) =>
  quantisedProduct(
    (operands, sums) => convReference(realConv(node), operands, sums),
    { attributes: node.attributes, weightAxis: -1, inFloat: tensorAt(inputs, 0).dtype === 'uint8' },
    inputs,
    at(outputs, 0),
  );

/** `OpDefinition.reference` of QLinearConvTranspose. */
export const qLinearConvTransposeReference: Reference<'QLinearConvTranspose'> = (node, inputs, outputs) =>
  quantisedProduct(
    (operands, sums) => convTransposeReference(realConvTranspose(node), operands, sums),
    { attributes: node.attributes, weightAxis: -1, inFloat: tensorAt(inputs, 0).dtype === 'uint8' },
    inputs,
    at(outputs, 0),
  );

/** `OpDefinition.reference` of QLinearMatMul. */
export const qLinearMatMulReference: Reference<'QLinearMatMul'> = (node, inputs, outputs) =>
  quantisedProduct(
    (operands, sums) => matMulReference(realMatMul(node), operands, sums),
    {
      attributes: node.attributes,
      weightAxis: node.attributes.transB ? -2 : -1,
      // One scale for the whole of b is rounded with a's, scales of columns are not.
      inFloat: tensorAt(inputs, 4).shape.length === 0,
    },
    inputs,
    at(outputs, 0),
  );
