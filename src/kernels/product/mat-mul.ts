/** MatMul → one batched matrix product. */
import { productKernels } from './products.ts';

export const matMul = productKernels<'MatMul'>();
