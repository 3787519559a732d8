/** The long loops of the CPU references, in one piece: loaded when a graph is going to be evaluated. */
export { convolve } from './convolve.ts';
export { globalPool } from './global-pool-loop.ts';
export { matrixProduct } from './matrix-product.ts';
export { pool } from './pool-loop.ts';
