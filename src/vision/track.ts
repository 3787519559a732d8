/** Things that are found again keep their id: boxes of one frame are assigned to those of the frames before. */
import { InputError } from '../core/errors.ts';
import { requireOptions } from '../core/option-errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { boxOverlap, type UprightBox } from './regions.ts';

/** How a `Tracker` assigns. */
export interface TrackOptions {
  /**
   * What makes two boxes alike, from 0 to 1: `iou`, the default, intersection over union; `centers`, for small and fast things,
   * 1 where centres meet, down to 0 where they are as far apart as the boxes are long.
   */
  readonly by?: 'iou' | 'centers';
  /** How alike boxes of one thing are at least; 0.3 unless given. */
  readonly least?: number;
  /** Frames in a row in which a thing may not be found and keep its id; 15 unless given. */
  readonly maxMissed?: number;
}

/** What they may be. */
export const TRACK_OPTIONS: OptionRules<TrackOptions> = {
  by: ['iou', 'centers'],
  least: 'number',
  maxMissed: 'number',
};

/** What can be tracked: a box, and a class where there are several. */
export interface Trackable extends UprightBox {
  readonly index?: number;
}

/** With the id it has in all frames: 1, 2 and so on. */
export type Tracked<T> = T & { readonly id: number };

/** One thing. */
interface Track {
  readonly id: number;
  readonly index: number | undefined;
  box: UprightBox;
  /** When it was last found. */
  time: number;
  /** What its centre moves by in a unit of time. */
  velocity: readonly [number, number];
  missed: number;
}

/** How much of a track's velocity is what it moved by last. */
const NEW_VELOCITY = 0.5;

/** Gives things ids that last from frame to frame. */
export class Tracker {
  readonly #alike: (a: UprightBox, b: UprightBox) => number;
  readonly #least: number;
  readonly #maxMissed: number;
  #tracks: Track[] = [];
  #lastId = 0;
  #time = 0;

  /** Throws InputError for options out of range. */
  constructor(options: TrackOptions = {}) {
    const { by = 'iou', least = 0.3, maxMissed = 15 } = requireOptions('a tracker', options, TRACK_OPTIONS);
    if (!(least > 0 && least <= 1)) throw new InputError(`boxes are alike from 0 to 1, and least is ${least}`);
    if (!Number.isSafeInteger(maxMissed) || maxMissed < 0) {
      throw new InputError(`maxMissed is ${maxMissed}: it is a number of frames, 0 or more`);
    }
    this.#alike = by === 'iou' ? boxOverlap : closeness;
    this.#least = least;
    this.#maxMissed = maxMissed;
  }

  /** The ids there are, those of things that are missed for the moment too. */
  get ids(): ReadonlySet<number> {
    return new Set(this.#tracks.map(({ id }) => id));
  }

  /**
   * The things of the next frame, in their order, with ids. `time`, in any unit, is that of the frame, where frames are not
   * evenly spaced; a thing is looked for where it was last, and where it would be had it moved on. The pair that is most alike
   * is assigned first (greedily), only things of one class are. Throws InputError for a time that is not finite.
   */
  update<T extends Trackable>(found: readonly T[], time = this.#time + 1): Tracked<T>[] {
    if (!Number.isFinite(time)) throw new InputError(`a frame has the time ${time}`);
    this.#time = time;
    const ids: (number | undefined)[] = [];
    const free = new Set(this.#tracks);
    for (const { track, at } of this.#pairs(found)) {
      const box = found[at];
      if (!box || !free.has(track) || ids[at] !== undefined) continue;
      free.delete(track);
      follow(track, box, this.#time);
      ids[at] = track.id;
    }
    for (const track of free) track.missed++;
    this.#tracks = this.#tracks.filter(({ missed }) => missed <= this.#maxMissed);
    return found.map((thing, i) => ({ ...thing, id: ids[i] ?? this.#begin(thing) }));
  }

  /** Pairs of tracks and things of their class that may be the same, most alike first, older tracks first among equals. */
  #pairs(found: readonly Trackable[]): readonly { track: Track; at: number; alike: number }[] {
    return this.#tracks
      .flatMap((track) => {
        const boxes = [track.box, expected(track, this.#time)];
        return found.flatMap((thing, at) => {
          if (thing.index !== track.index) return [];
          const alike = Math.max(...boxes.map((box) => this.#alike(box, thing)));
          return alike >= this.#least ? [{ track, at, alike }] : [];
        });
      })
      .sort((a, b) => b.alike - a.alike);
  }

  #begin(thing: Trackable): number {
    const { index } = thing;
    const id = ++this.#lastId;
    this.#tracks.push({ id, index, box: plain(thing), time: this.#time, velocity: [0, 0], missed: 0 });
    return id;
  }
}

function plain({ x, y, width, height }: UprightBox): UprightBox {
  return { x, y, width, height };
}

/** Where a track would be if it moved on. */
function expected({ box, velocity: [vx, vy], time }: Track, now: number): UprightBox {
  return { ...box, x: box.x + vx * (now - time), y: box.y + vy * (now - time) };
}

function follow(track: Track, thing: UprightBox, now: number): void {
  const { box, velocity, time } = track;
  if (now > time) {
    const moved = [centre(thing)[0] - centre(box)[0], centre(thing)[1] - centre(box)[1]] as const;
    const [vx, vy] = moved.map((by, i) => (by / (now - time)) * NEW_VELOCITY + (velocity[i] ?? 0) * (1 - NEW_VELOCITY));
    track.velocity = [vx ?? 0, vy ?? 0];
  }
  Object.assign(track, { box: plain(thing), time: now, missed: 0 });
}

function centre({ x, y, width, height }: UprightBox): readonly [number, number] {
  return [x + width / 2, y + height / 2];
}

function closeness(a: UprightBox, b: UprightBox): number {
  const [ax, ay] = centre(a);
  const [bx, by] = centre(b);
  const length = (Math.hypot(a.width, a.height) + Math.hypot(b.width, b.height)) / 2;
  return 1 - Math.hypot(ax - bx, ay - by) / length;
}
