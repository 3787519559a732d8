/** Gemm → one matrix product. */
import { productKernels } from './products.ts';

export const gemm = productKernels<'Gemm'>();
