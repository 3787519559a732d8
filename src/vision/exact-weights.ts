/** Weights by which bytes are summed exactly, so that the picture comes out alike on every machine. */
import { axisWeights, roundsAsPillow, type AxisWeights, type Resampling, type ScaledAxis } from './axis-weights.ts';

/** Bits behind the binary point of a weight: those of two axes and a byte before it fit an int32. */
export const EXACT_BITS = 11;

/** The weights of `axisWeights` as multiples of 2^-11 that sum to 1; Pillow's stay, as they round after each axis. */
export function exactWeights(axis: ScaledAxis, how: Resampling): AxisWeights {
  const table = axisWeights(axis, how);
  if (roundsAsPillow(how)) return table;
  let [sum, steps] = [0, 0];
  const weights = table.weights.map((weight, i) => {
    if (i % table.taps === 0) [sum, steps] = [0, 0];
    sum += weight;
    const before = steps;
    steps = Math.round(sum * 2 ** EXACT_BITS);
    return (steps - before) / 2 ** EXACT_BITS;
  });
  return { ...table, weights };
}
