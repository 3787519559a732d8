/** When the detector runs while things are followed, and what moves with points. */
import { describe, expect, it } from 'vitest';
import type { PictureSource } from '../../src/pictures/source.ts';
import { followRegions } from '../../src/tasks/follow-regions.ts';
import { movedWith } from '../../src/vision/moved-with.ts';
import type { PictureRegion } from '../../src/vision/region-spec.ts';

const pixels = (width = 100, height = 80): PictureSource => ({
  width,
  height,
  data: new Uint8Array(4 * width * height),
});
const region = (centerX: number, side = 20): PictureRegion => ({ centerX, centerY: 40, width: side, height: side });

/** Things are their regions. `sees` says what is found in one, the detector finds `all` that are not known. */
function scene(all: readonly PictureRegion[], sees: (thing: PictureRegion) => PictureRegion | undefined = (r) => r) {
  const counts = { detected: 0, looked: 0 };
  const step = followRegions<{ readonly max?: number }, PictureRegion>({
    regionOf: (thing) => thing,
    look: async (_, things) => {
      counts.looked += things.length;
      return things.flatMap((thing) => sees(thing) ?? []);
    },
    detect: async (_, __, known = []) => {
      counts.detected++;
      return [...known, ...all.filter((thing) => !known.includes(thing))];
    },
  });
  const film = async (frames: readonly PictureSource[], options = {}): Promise<PictureRegion[]> => {
    let answer: PictureRegion[] | undefined;
    for (const frame of frames) answer = await step(frame, options, answer);
    return answer ?? [];
  };
  return { film, counts };
}
const near = (value: number): unknown => expect.closeTo(value, 9);
const frames = (count: number): PictureSource[] => Array.from({ length: count }, () => pixels());

describe('things that are followed', () => {
  it('need the detector in one frame of ten, and in no other while there are as many as are asked for', async () => {
    const two = scene([region(20), region(70)]);
    expect(await two.film(frames(20))).toHaveLength(2);
    expect(two.counts).toEqual({ detected: 2, looked: 38 });
    const asked = scene([region(20), region(70)]);
    await asked.film(frames(40), { max: 2 });
    expect(asked.counts.detected).toBe(1);
  });

  it('are looked for by the detector where there are none, where one was lost, and in a picture of other extents', async () => {
    const none = scene([]);
    expect(await none.film(frames(4))).toEqual([]);
    expect(none.counts).toEqual({ detected: 4, looked: 0 });
    const lost = scene([region(20), region(70)], (thing) => (thing.centerX < 50 ? thing : undefined));
    expect(await lost.film(frames(3))).toHaveLength(2);
    expect(lost.counts.detected).toBe(3);
    const cut = scene([region(20)]);
    await cut.film([pixels(), pixels(), pixels(60, 80), pixels(60, 80)]);
    expect(cut.counts).toEqual({ detected: 2, looked: 2 });
  });

  it.each([region(-1), region(101), region(50, 0), region(50, 1e9), region(NaN), region(50, NaN)])(
    'are lost in %j, which shows nothing of the picture',
    async (away) => {
      const { film, counts } = scene([away]);
      await film(frames(3));
      expect(counts).toEqual({ detected: 3, looked: 0 });
    },
  );

  it('are one where they have become one', async () => {
    const { film, counts } = scene([region(20), region(70)], (thing) => region(thing.centerX < 50 ? 30 : 31));
    expect(await film(frames(2), { max: 1 })).toEqual([region(30)]);
    expect(counts.detected).toBe(1);
  });
});

describe('boxes and points that move with others', () => {
  const thing = { x: 10, y: 10, width: 10, height: 20, points: [{ x: 12, y: 12, z: 3 }] };
  const from = [
    { x: 10, y: 10 },
    { x: 20, y: 10 },
    { x: 20, y: 30 },
  ];

  it('are turned, scaled and moved', () => {
    // A quarter turn clockwise about the origin, twice as large, and moved by (100, 1).
    const turned = from.map(({ x, y }) => ({ x: 100 - 2 * y, y: 1 + 2 * x }));
    const { points, ...box } = movedWith(thing, from, turned);
    expect(box).toEqual({ x: near(50), y: near(11), width: near(20), height: near(40) });
    expect(points).toEqual([{ x: near(76), y: near(25), z: 3 }]);
  });

  it('only move where all others lie in one place, and do not mind that one frame has more of them', () => {
    const [one = { x: 0, y: 0 }] = from;
    expect(movedWith(thing, [one, one], [{ x: 11, y: 12 }])).toMatchObject({ x: 11, y: 12, width: 10, height: 20 });
  });
});
