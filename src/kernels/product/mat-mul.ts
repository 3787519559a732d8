/** MatMul → one batched matrix product. */
import { floatStorage } from '../../core/storage.ts';
import { FLOATS } from '../../core/dtype.ts';
import { required, value, type KernelDefinition, type LowerContext } from '../definition.ts';
import { epilogueOf } from '../lib/epilogue.ts';
import { matrixWalk } from '../lib/matrices.ts';
import type { Product } from './product.ts';
import { PRODUCT_PARTS } from './parts.ts';
import { preferredProducts, productVariants } from './variants.ts';

function productOf(context: LowerContext<'MatMul'>): Product {
  const { node } = context;
  const [a, b] = [required(context, 0), required(context, 1)];
  const walk = matrixWalk(a.shape, b.shape, node.attributes);
  const epilogue = epilogueOf(context, node.attributes.activation, { bias: 2, weightScale: 3 });
  return {
    ...walk,
    a: value(node.inputs[0]),
    aPlacement: a.placement,
    aType: floatStorage(a),
    b: value(node.inputs[1]),
    bType: b.storage,
    constantB: context.constant(node.inputs[1] ?? ''),
    bias: epilogue.spec.bias ? { rowStride: 0, columnStride: 1 } : undefined,
    // The rows of the product, which are not those of the output where b is a vector.
    epilogue: { ...epilogue, params: { ...epilogue.params, y_pitch: walk.columns } },
  };
}

export const matMul: KernelDefinition<'MatMul'> = {
  kind: 'dispatch',
  inputs: [{ dtypes: FLOATS, storage: ['f16'] }, { storage: ['f16', 'i8x4'] }, {}],
  outputs: { storage: ['f16'] },
  variants: productVariants(productOf),
  parts: PRODUCT_PARTS,
  preferred: (context) => preferredProducts(productOf(context), context.device),
};
