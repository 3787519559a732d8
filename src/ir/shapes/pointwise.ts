/** Windows of one pixel. */
import type { Window } from '../ops.ts';

/**
 * True when each output sees the one input pixel at its own place: kernel 1×1, stride 1, no padding. Automatic padding
 * adds none to such a window.
 */
export function isPointwise({ strides, pads, padMode }: Window, kernel: readonly number[]): boolean {
  const padded = padMode === 'explicit' && pads.some((v) => v !== 0);
  return !padded && [...kernel, ...strides].every((v) => v === 1);
}
