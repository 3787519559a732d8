/** The CPU references of products that give their sums: those of real numbers, on integers without their zero points. */
import { zeros, type Tensor } from '../../core/tensor.ts';
import { convReference } from '../conv/conv-loop.ts';
import type { Reference, Tensors } from '../definition.ts';
import { readBroadcast } from '../lib/elementwise.ts';
import { tensorAt } from '../lib/operands.ts';
import { integerConv, integerMatMul } from '../lib/real-products.ts';
import { matMulReference } from '../product/product-loop.ts';

/** The operand at `index` without its zero points, which are broadcast to it. */
function centred(inputs: Tensors, index: number): Tensor {
  const [x, zeroPoint] = [tensorAt(inputs, index), inputs[index + 2]];
  const y = zeros('int32', x.shape);
  const zeroAt = zeroPoint ? readBroadcast(zeroPoint, x) : () => 0;
  for (let i = 0; i < y.data.length; i++) y.data[i] = (x.data[i] ?? 0) - zeroAt(i);
  return y;
}

/** `OpDefinition.reference` of ConvInteger. */
export const convIntegerReference: Reference<'ConvInteger'> = (node, inputs, outputs) =>
  convReference(integerConv(node), [centred(inputs, 0), centred(inputs, 1)], outputs);

/** `OpDefinition.reference` of MatMulInteger. */
export const matMulIntegerReference: Reference<'MatMulInteger'> = (node, inputs, outputs) =>
  matMulReference(integerMatMul(node), [centred(inputs, 0), centred(inputs, 1)], outputs);
