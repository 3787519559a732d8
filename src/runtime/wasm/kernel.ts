/** What a module of kernels exports. */

/** A kernel: see `SimdCall`. */
export type Kernel = (params: number, begin: number, end: number, scratch: number) => void;
