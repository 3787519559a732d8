/** Convolutions of each channel by itself, of any window: those three wide are fast. */
import { Depthwise, rows } from './lib/depthwise';

/** y = activation(x∗w + bias + residual) */
export function depthwise(params: usize, begin: i32, end: i32, scratch: usize): void {
  rows(changetype<Depthwise>(params), begin, end, scratch);
}
