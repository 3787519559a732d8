/** Roofline arithmetic, by hand. */
import { describe, expect, it } from 'vitest';
import { achieved, roofline } from '../../src/analysis/roofline.ts';

/** 100 GFLOP/s, 10 GB/s, 20 µs a dispatch: the ridge is at 10 operations per byte. */
const peaks = { gflops: 100, gbps: 10, dispatchUs: 20 };

describe('the roofline', () => {
  it.each([
    // 2·10⁸ operations take 2 ms, 10⁶ bytes 0.1 ms.
    ['compute', { multiplyAdds: 1e8, bytes: 1e6, dispatches: 1 }, 2, 200],
    // 2·10⁶ operations take 0.02 ms, 10⁷ bytes 1 ms.
    ['memory', { multiplyAdds: 1e6, bytes: 1e7, dispatches: 1 }, 1, 0.2],
    // 2·10⁴ operations take 0.2 µs, 10³ bytes 0.1 µs, three dispatches 60 µs.
    ['overhead', { multiplyAdds: 1e4, bytes: 1e3, dispatches: 3 }, 0.06, 20],
    ['memory', { multiplyAdds: 0, bytes: 1e6, dispatches: 1 }, 0.1, 0],
  ] as const)('is set by %s', (bound, work, ms, intensity) => {
    const result = roofline(work, peaks);
    expect(result.bound).toBe(bound);
    expect(result.ms).toBeCloseTo(ms, 12);
    expect(result.intensity).toBeCloseTo(intensity, 12);
    expect(Math.max(result.computeMs, result.memoryMs, result.overheadMs)).toBe(result.ms);
  });

  it('takes work that nobody does for overhead', () => {
    expect(roofline({ multiplyAdds: 0, bytes: 0, dispatches: 1 }, peaks)).toMatchObject({
      bound: 'overhead',
      intensity: 0,
    });
  });

  it('says what was reached', () => {
    const { gflops, gbps, percent } = achieved({ multiplyAdds: 1e8, bytes: 1e6, dispatches: 1 }, peaks, 4);
    expect([gflops, gbps, percent].map((v) => Number(v.toFixed(9)))).toEqual([50, 0.25, 50]);
    expect(achieved({ multiplyAdds: 1, bytes: 1, dispatches: 1 }, peaks, 0)).toEqual({
      gflops: 0,
      gbps: 0,
      percent: 0,
    });
    expect(achieved({ multiplyAdds: 1, bytes: 1, dispatches: 1 }, peaks, NaN).percent).toBe(0);
  });
});
