/** Frames of the demo's camera: one at a time, the newest first, and none forgotten. */
import { describe, expect, it } from 'vitest';
import { LatestOnly } from '../../demo/src/latest-only.ts';

/** A worker that finishes when told to. */
function slowWork(): {
  work: (item: number) => Promise<void>;
  begun: number[];
  finish: () => Promise<void>;
  most: () => number;
} {
  const begun: number[] = [];
  let [busy, most] = [0, 0];
  let release: (() => void) | undefined;
  return {
    begun,
    most: () => most,
    work: async (item) => {
      begun.push(item);
      most = Math.max(most, ++busy);
      await new Promise<void>((resolve) => (release = resolve));
      busy--;
    },
    finish: async () => {
      release?.();
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

describe('LatestOnly', () => {
  it('works on one item at a time, and of those that wait on the newest', async () => {
    const { work, begun, finish, most } = slowWork();
    const dropped: number[] = [];
    const frames = new LatestOnly<number>(work, (item) => dropped.push(item));
    for (const item of [1, 2, 3, 4]) frames.offer(item);
    expect(begun).toEqual([1]);
    expect(dropped).toEqual([2, 3]);
    await finish();
    expect(begun).toEqual([1, 4]);
    await finish();
    frames.offer(5);
    expect(begun).toEqual([1, 4, 5]);
    expect(most()).toBe(1);
  });

  it('drops what waits and what still comes once it is stopped', async () => {
    const { work, begun, finish } = slowWork();
    const dropped: number[] = [];
    const frames = new LatestOnly<number>(work, (item) => dropped.push(item));
    for (const item of [1, 2]) frames.offer(item);
    frames.stop();
    frames.offer(3);
    await finish();
    expect(begun).toEqual([1]);
    expect(dropped).toEqual([2, 3]);
  });
});
