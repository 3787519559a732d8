/** The one comparator and its tolerance policy. */
import type { Tensor } from '../../src/core/tensor.ts';
import { compareTensors, type Tolerance } from '../../src/core/compare.ts';

export { floatTolerance } from '../../src/core/compare.ts';

/** Throws an Error describing the worst elements unless |actual − expected| ≤ atol + rtol·|expected| everywhere. */
export function expectClose(actual: Tensor, expected: Tensor, tolerance: Tolerance, label = ''): void {
  const report = compareTensors(actual, expected, tolerance);
  if (!report.ok) throw new Error(`${label ? `${label}: ` : ''}${report.text}`);
}
