/** Peaks and the clock behind them, on a real device. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPeaks } from '../../src/measure/adapter-peaks.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { GpuClock } from '../../src/measure/clock.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { measurePeaks } from '../../src/measure/peaks.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

describe('peaks', () => {
  it('are rates of every kernel, the best of which count', async () => {
    const peaks = await measurePeaks(device, { budgetMs: 300 });
    expect(isPeaks(peaks)).toBe(true);
    expect(isPeaks(JSON.parse(JSON.stringify(peaks)))).toBe(true);
    expect(peaks.gflops).toBe(Math.max(...peaks.arithmetic.map((s) => s.rate)));
    expect(peaks.gbps).toBe(Math.max(...peaks.bandwidth.map((s) => s.rate)));
    expect([...peaks.arithmetic, ...peaks.bandwidth].every((s) => s.rate > 0)).toBe(true);
    expect(peaks.dispatchUs).toBeGreaterThan(0);
    expect(peaks.timing).toBe(device.features.has('timestamp-query') ? 'timestamp' : 'wall');
  });

  it('stop when they are told to', async () => {
    const reason = new Error('enough');
    await expect(measurePeaks(device, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('that are no peaks are known', () => {
    for (const value of [
      undefined,
      null,
      3,
      {},
      { gflops: 1 },
      { gflops: NaN, gbps: 1, dispatchUs: 1, roundTripUs: 1 },
    ]) {
      expect(isPeaks(value)).toBe(false);
    }
  });
});

describe('the clock', () => {
  // More passes than one set of queries holds; by the host's clock each is a submit of its own.
  it.each([
    ['timestamp', 1030],
    ['wall', 10],
  ] as const)('times every pass in order (%s)', async (kind, count) => {
    const clock = new GpuClock(device, kind === 'wall');
    const times = await clock.time(Array.from({ length: count }, () => () => undefined));
    expect(times).toHaveLength(count);
    const valid = times.filter((t) => !Number.isNaN(t.ms));
    expect(valid.every((t) => t.ms >= 0)).toBe(true);
    expect(valid.map((t) => t.start)).toEqual(valid.map((t) => t.start).sort((a, b) => a - b));
    clock.destroy();
  });
});
