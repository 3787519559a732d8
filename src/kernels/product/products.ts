/** Gemm and MatMul → one batched matrix product. */
import { broadcastStrides } from '../../core/broadcast.ts';
import { isFloat } from '../../core/dtype.ts';
import { lazy } from '../../core/on-demand.ts';
import { floatStorage } from '../../core/storage.ts';
import { required, value, type Dispatched, type LowerContext } from '../definition.ts';
import { epilogueOf } from '../lib/epilogue.ts';
import { withLazyVariant } from '../lib/lazy-variant.ts';
import { matrixWalk } from '../lib/matrices.ts';
import { PRODUCT_PARTS } from './parts.ts';
import type { Product } from './product.ts';
import { preferredProducts, productVariants } from './variants.ts';

type ProductOp = 'Gemm' | 'MatMul';

function productOf<K extends ProductOp>(context: LowerContext<K>): Product {
  const { node } = context;
  const [a, b] = [required(context, 0), required(context, 1)];
  const walk = matrixWalk(a.shape, b.shape, node.attributes);
  const { alpha, beta, activation } = { alpha: 1, beta: 1, ...node.attributes };
  const epilogue = epilogueOf(context, activation, { bias: 2, weightScale: 3 });
  const { bias } = epilogue.spec;
  const [rowStride = 0, columnStride = 0] = broadcastStrides(context.inputs[2]?.shape ?? [], [walk.rows, walk.columns]);
  return {
    ...walk,
    a: value(node.inputs[0]),
    aPlacement: a.placement,
    aType: floatStorage(a),
    b: value(node.inputs[1]),
    bType: b.storage,
    constantB: context.constant(node.inputs[1] ?? ''),
    bias: bias ? { rowStride, columnStride } : undefined,
    scale: alpha === 1 && (beta === 1 || !bias) ? undefined : { alpha, beta },
    // The rows of the product, which are not those of the output where b is a vector.
    epilogue: { ...epilogue, params: { ...epilogue.params, y_pitch: walk.columns } },
  };
}

/** The kernels of these operators: those of integers are loaded for nodes that have such. */
export function productKernels<K extends ProductOp>(): Dispatched<K> {
  return withLazyVariant<K>(
    {
      kind: 'dispatch',
      inputs: [{ storage: ['f16'] }, { storage: ['f16', 'i8x4'] }, {}],
      outputs: { storage: ['f16'] },
      variants: productVariants<K>(productOf),
      parts: PRODUCT_PARTS,
      preferred: (context) => preferredProducts(productOf(context), context.device),
    },
    {
      name: 'integers',
      needs: (_, [a]) => a !== undefined && !isFloat(a.dtype),
      calls: lazy(() => import('./integers.ts'), 'integerProductCalls'),
    },
  );
}
