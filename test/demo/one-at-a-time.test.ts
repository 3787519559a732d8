/** Frames of the demo's camera: one at a time, and none forgotten. */
import { describe, expect, it } from 'vitest';
import { OneAtATime } from '../../demo/src/one-at-a-time.ts';

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

describe('OneAtATime', () => {
  it('works on one item at a time, and drops what comes meanwhile', async () => {
    const { work, begun, finish, most } = slowWork();
    const dropped: number[] = [];
    const frames = new OneAtATime<number>(work, (item) => dropped.push(item));
    for (const item of [1, 2, 3]) frames.offer(item);
    expect(begun).toEqual([1]);
    expect(dropped).toEqual([2, 3]);
    await finish();
    frames.offer(4);
    expect(begun).toEqual([1, 4]);
    expect(most()).toBe(1);
  });

  it('drops everything once it is stopped', async () => {
    const { work, begun, finish } = slowWork();
    const dropped: number[] = [];
    const frames = new OneAtATime<number>(work, (item) => dropped.push(item));
    frames.offer(1);
    frames.stop();
    await finish();
    frames.offer(2);
    expect(begun).toEqual([1]);
    expect(dropped).toEqual([2]);
  });
});
