/** The order of the table of steps. */
import type { ProfileStep } from '../../src/index.ts';

/** What the table can be sorted by. */
export type StepKey = 'step' | 'node' | 'op' | 'ms' | 'gflops' | 'gbps';

/** A sorted copy; what has no value comes last either way. */
export function sortSteps<S extends Pick<ProfileStep, StepKey>>(steps: readonly S[], key: StepKey, down: boolean): S[] {
  const sign = down ? -1 : 1;
  return [...steps].sort((a, b) => {
    const [x, y] = [a[key], b[key]];
    if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0);
    return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y)));
  });
}
