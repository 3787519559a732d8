/** When one plan is called faster than another. */
import { describe, expect, it } from 'vitest';
import { judgeTimes } from '../../src/cli/two-plans.ts';

const before = [10, 11, 10, 12, 10, 11, 10, 10, 30];

describe('judgeTimes', () => {
  it('claims a gain where nearly every pair shows it', () => {
    const after = before.map((ms, i) => (i === 8 ? 31 : ms / 2));
    expect(judgeTimes([before, after])).toEqual({ verdict: 'faster', beforeMs: 10, afterMs: 5, gain: 2 });
    expect(judgeTimes([after, before])).toMatchObject({ verdict: 'slower', gain: 0.5 });
  });

  it('claims none where it is noise', () => {
    const after = before.map((ms, i) => ms + (i % 3 === 0 ? 1 : -1));
    expect(judgeTimes([before, after])).toMatchObject({ verdict: 'even', gain: null });
    expect(judgeTimes([before, before])).toMatchObject({ verdict: 'even', gain: null });
  });
});
