/** The Gaussian error function. */

/**
 * Error function to float64 precision: 2x/√π·e^(−x²)·Σ (2x²)ⁿ/(2n+1)!! (Abramowitz & Stegun 7.1.6), whose terms are all
 * positive, so that nothing cancels.
 */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return ((2 * x) / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
