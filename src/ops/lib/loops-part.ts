/** The long loops of the CPU references, in one piece: loaded when a graph is going to be evaluated. */
export { convolve } from '../conv/convolve.ts';
export { globalPool } from '../pool/global-pool-loop.ts';
export { matrixProduct } from '../product/matrix-product.ts';
export { pool } from '../pool/pool-loop.ts';
