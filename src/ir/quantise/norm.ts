/** Norms of quantised integers. */
import type { DType } from '../../core/dtype.ts';

/** The result is in 1/128: by how many bits integers are shifted before they are multiplied, and products after it. */
export function normBits(dtype: DType): { readonly before: number; readonly after: number } {
  return dtype === 'uint8' ? { before: 7, after: 0 } : { before: 0, after: 7 };
}
