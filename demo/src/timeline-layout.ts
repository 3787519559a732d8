/** Where the bars of a timeline lie: one after another on the time axis, in a lane for each kind of operator. */

/** What of a measured step is laid out. */
export interface TimedStep {
  readonly op: string;
  readonly ms: number;
}

/** A bar; `left` and `width` are parts of the whole time, 0 to 1. */
export interface Bar {
  readonly left: number;
  readonly width: number;
  readonly lane: number;
}

/** Lanes and bars. */
export interface Timeline {
  readonly lanes: readonly string[];
  readonly bars: readonly Bar[];
  readonly totalMs: number;
}

/** Lanes that are shown; the kinds that cost least share the last. */
const MOST_LANES = 8;
const OTHERS = 'Others';

/** Lays steps out in the order given; the costliest kind has the first lane. */
export function layOut(steps: readonly TimedStep[]): Timeline {
  const costs = new Map<string, number>();
  for (const { op, ms } of steps) costs.set(op, (costs.get(op) ?? 0) + ms);
  const kinds = [...costs].sort((a, b) => b[1] - a[1]).map(([op]) => op);
  const lanes = kinds.length > MOST_LANES ? [...kinds.slice(0, MOST_LANES - 1), OTHERS] : kinds;
  const totalMs = steps.reduce((sum, { ms }) => sum + ms, 0);
  let start = 0;
  const bars = steps.map(({ op, ms }): Bar => {
    const left = totalMs > 0 ? start / totalMs : 0;
    start += ms;
    const lane = lanes.indexOf(op);
    return { left, width: totalMs > 0 ? ms / totalMs : 0, lane: lane < 0 ? lanes.length - 1 : lane };
  });
  return { lanes, bars, totalMs };
}

/** Round values from 0 up to `total`, about `wanted` of them: steps of 1, 2 or 5 times a power of ten. */
export function ticks(total: number, wanted: number): number[] {
  if (!(total > 0)) return [0];
  const rough = total / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  return Array.from({ length: Math.floor(total / step + 1e-9) + 1 }, (_, i) => i * step);
}
