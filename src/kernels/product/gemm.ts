/** Gemm → one matrix product. */
import { floatStorage } from '../../core/storage.ts';
import { broadcastStrides } from '../../core/broadcast.ts';
import { FLOATS } from '../../core/dtype.ts';
import { at } from '../../util/arrays.ts';
import { required, result, value, type KernelDefinition, type LowerContext } from '../definition.ts';
import { epilogueOf } from '../lib/epilogue.ts';
import type { Product } from './product.ts';
import { PRODUCT_PARTS } from './parts.ts';
import { preferredProducts, productVariants } from './variants.ts';

function productOf(context: LowerContext<'Gemm'>): Product {
  const { node, inputs } = context;
  const { transA, transB, alpha, beta, activation } = node.attributes;
  const [rows, columns] = [at(result(context).shape, 0), at(result(context).shape, 1)];
  const c = inputs[2];
  const [rowStride, columnStride] = broadcastStrides(c?.shape ?? [], [rows, columns]);
  const plain = alpha === 1 && (beta === 1 || !c);
  return {
    rows,
    depth: at(required(context, 0).shape, transA ? 0 : 1),
    columns,
    transA,
    transB,
    batch: [],
    a: value(node.inputs[0]),
    aPlacement: required(context, 0).placement,
    aType: floatStorage(required(context, 0)),
    b: value(node.inputs[1]),
    bType: floatStorage(required(context, 1)),
    constantB: context.constant(node.inputs[1] ?? ''),
    bias: c && { rowStride: rowStride ?? 0, columnStride: columnStride ?? 0 },
    scale: plain ? undefined : { alpha, beta },
    epilogue: epilogueOf(context, activation, { bias: 2 }),
  };
}

export const gemm: KernelDefinition<'Gemm'> = {
  kind: 'dispatch',
  inputs: [{ dtypes: FLOATS, storage: ['f16'] }, { storage: ['f16'] }, {}],
  outputs: { storage: ['f16'] },
  variants: productVariants(productOf),
  parts: PRODUCT_PARTS,
  preferred: (context) => preferredProducts(productOf(context), context.device),
};
