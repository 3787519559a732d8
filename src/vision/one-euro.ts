/**
 * The 1€ filter (Casiez, Roussel and Vogel, "1€ Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive
 * Systems", CHI 2012): a low-pass filter that gives way the faster a value moves, so that what rests does not tremble and what
 * moves does not lag.
 */
import { InputError } from '../core/errors.ts';
import { requireOptions } from '../core/option-errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import type { PicturePoint } from './region-spec.ts';
import type { UprightBox } from './regions.ts';
import type { Tracked } from './track.ts';

/** The constants of a 1€ filter, as the paper names them. */
export interface SmoothOptions {
  /** Cutoff frequency of what rests, in Hz: lower is steadier. 1 unless given. */
  readonly minCutoff?: number;
  /**
   * What the cutoff grows by with the speed, in Hz per unit of a second: higher lags less. 10 unless given, where speeds of key
   * points are in extents of their box, as MediaPipe's are.
   */
  readonly beta?: number;
  /** Cutoff frequency of the speed, in Hz; 1 unless given. */
  readonly derivativeCutoff?: number;
}

/** What they may be. */
export const SMOOTH_OPTIONS: OptionRules<SmoothOptions> = {
  minCutoff: 'positive',
  beta: 'number',
  derivativeCutoff: 'positive',
};

/** One value that is filtered. */
export class OneEuroFilter {
  readonly #minCutoff: number;
  readonly #beta: number;
  readonly #derivativeCutoff: number;
  #last: { readonly time: number; readonly value: number; readonly speed: number } | undefined;

  /** Throws InputError for options out of range. */
  constructor(options: SmoothOptions = {}) {
    const { minCutoff = 1, beta = 10, derivativeCutoff = 1 } = requireOptions('a filter', options, SMOOTH_OPTIONS);
    if (!(beta >= 0)) throw new InputError(`beta is ${beta}: it is 0 or more`);
    this.#minCutoff = minCutoff;
    this.#beta = beta;
    this.#derivativeCutoff = derivativeCutoff;
  }

  /**
   * The filtered value at a time in seconds. `unit` is what a speed of 1 is: the extent of the thing that moves. The first value
   * stays, and so does one that does not come after the last or is not finite, without being remembered in that case.
   */
  filter(value: number, time: number, unit = 1): number {
    if (!Number.isFinite(value)) return value;
    const last = this.#last;
    const elapsed = last ? time - last.time : 0;
    if (!last || !(elapsed > 0)) {
      this.#last = { time, value, speed: 0 };
      return value;
    }
    const speed = between(last.speed, (value - last.value) / unit / elapsed, share(this.#derivativeCutoff, elapsed));
    const cutoff = this.#minCutoff + this.#beta * Math.abs(speed);
    const filtered = between(last.value, value, share(cutoff, elapsed));
    this.#last = { time, value: filtered, speed };
    return filtered;
  }
}

/** α of a low-pass filter: what a new value counts. */
function share(cutoff: number, elapsed: number): number {
  const tau = 1 / (2 * Math.PI * cutoff);
  return 1 / (1 + tau / elapsed);
}

function between(from: number, to: number, part: number): number {
  return from + (to - from) * part;
}

/** What has key points, a mesh, or both. */
export interface Pointed extends UprightBox {
  readonly points?: readonly PicturePoint[];
  readonly mesh?: readonly PicturePoint[];
}

const LISTS = ['points', 'mesh'] as const;

/** Those of one thing: a list of points has three a point. */
type PointFilters = Readonly<Record<(typeof LISTS)[number], OneEuroFilter[]>>;

/** Filters the points of tracked things, each coordinate by itself. */
export class PointSmoother {
  readonly #options: SmoothOptions;
  readonly #filters = new Map<number, PointFilters>();

  /** Throws InputError for options out of range. */
  constructor(options: SmoothOptions = {}) {
    this.#options = options;
    void new OneEuroFilter(options);
  }

  /** The things of a frame at a time in seconds. What is known of ids that are not in `alive` is forgotten. */
  smooth<T extends Tracked<Pointed>>(things: readonly T[], time: number, alive: ReadonlySet<number>): T[] {
    for (const id of this.#filters.keys()) if (!alive.has(id)) this.#filters.delete(id);
    return things.map((thing) => {
      const filters = this.#filters.get(thing.id) ?? { points: [], mesh: [] };
      this.#filters.set(thing.id, filters);
      const unit = (thing.width + thing.height) / 2 || 1;
      const lists = LISTS.flatMap((list) => {
        const points = thing[list];
        return points ? [[list, this.#filtered(points, filters[list], time, unit)]] : [];
      });
      return { ...thing, ...Object.fromEntries(lists) };
    });
  }

  #filtered(points: readonly PicturePoint[], filters: OneEuroFilter[], time: number, unit: number): PicturePoint[] {
    const filtered = (value: number, at: number): number =>
      (filters[at] ??= new OneEuroFilter(this.#options)).filter(value, time, unit);
    return points.map((point, i) => ({
      ...point,
      x: filtered(point.x, 3 * i),
      y: filtered(point.y, 3 * i + 1),
      ...(point.z === undefined ? {} : { z: filtered(point.z, 3 * i + 2) }),
    }));
  }
}
