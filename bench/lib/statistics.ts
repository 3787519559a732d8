/** What repeated timings come to: median, tail, best, spread. */

/** Of one series of measurements, in the unit they were given in (the benches: milliseconds). NaN for an empty one. */
export interface Summary {
  readonly runs: number;
  readonly median: number;
  readonly p90: number;
  readonly min: number;
  /** Interquartile range: the width of the middle half. */
  readonly spread: number;
}

/** Summarises measurements; their order does not matter. */
export function summarise(values: readonly number[]): Summary {
  return {
    runs: values.length,
    median: quantile(values, 0.5),
    p90: quantile(values, 0.9),
    min: quantile(values, 0),
    spread: quantile(values, 0.75) - quantile(values, 0.25),
  };
}

/**
 * The value below which a share `q` (0 to 1) of the values lies, interpolated between neighbours (Hyndman & Fan 1996,
 * definition 7). NaN for no values.
 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below === above ? below : below + (above - below) * (place - Math.floor(place));
}
