/** Parts of tensors. */
import type { Shape } from './tensor.ts';

/** A part of a tensor: element k of dimension d is the whole's element `starts[d] + k·steps[d]`. */
export interface Part {
  readonly whole: Shape;
  readonly shape: Shape;
  readonly starts: readonly number[];
  readonly steps: readonly number[];
}
