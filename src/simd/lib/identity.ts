/** Which tensor a packed weight is made of, besides its source: part of its key. */
import type { Tensor } from '../../core/tensor.ts';

const NUMBERS = new WeakMap<Tensor, number>();
let count = 0;

/** A text that no other tensor has; the same for none. */
export function tensorKey(t: Tensor | undefined): string {
  if (!t) return '';
  let number = NUMBERS.get(t);
  if (number === undefined) NUMBERS.set(t, (number = ++count));
  return `#${number}`;
}
