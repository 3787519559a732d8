/** Watching with a task: its options, ids of what it finds, and points that do not tremble. */
import type { OptionRules } from '../core/option-rules.ts';
import { requireOptions } from '../core/option-errors.ts';
import type { WatchSource } from '../pictures/frames.ts';
import type { PictureSource } from '../pictures/source.ts';
import { PointSmoother, type SmoothOptions } from '../vision/one-euro.ts';
import type { UprightBox } from '../vision/regions.ts';
import { Tracker, type Tracked, type TrackOptions } from '../vision/track.ts';
import { WATCH_OPTIONS, Watching, type WatchCallback, type Watched, type WatchOptions } from './watch.ts';

/** How a task follows things. */
export interface FollowOptions {
  /** How a thing is found again, to keep its `id`: see `TrackOptions`. */
  readonly track?: TrackOptions;
  /** Steadies `points` and `mesh` of each thing with a 1€ filter: true, or its constants. Default false. */
  readonly smooth?: boolean | SmoothOptions;
}

/** Options of a task's `watch`: those of its call, too. */
export type TaskWatchOptions<Options> = Options & WatchOptions & FollowOptions;

/** An answer while watching: things with boxes have an id, also where they are the `instances` of an answer. */
export type WatchedAnswer<Answer> = Answer extends readonly (infer T extends UprightBox)[]
  ? Tracked<T>[]
  : Answer extends { readonly instances: readonly (infer T extends UprightBox)[] }
    ? Omit<Answer, 'instances'> & { readonly instances: readonly Tracked<T>[] }
    : Answer;

/** What `watch` gives: a promise of what stops it, and the results themselves. */
export type WatchBegun<Answer> = Promise<Watching<WatchedAnswer<Answer>>> &
  AsyncIterable<Watched<WatchedAnswer<Answer>>>;

const FOLLOW_OPTIONS: OptionRules<FollowOptions> = { track: 'object', smooth: 'any' };

/** What a task makes of a frame, by its options and its answer for the last. */
export type FollowStep<Options, Answer> = (
  picture: PictureSource,
  options: Options,
  previous: Answer | undefined,
) => Promise<Answer>;

/** See `PictureTask.watch`. Throws InputError for what cannot be watched, and for options that there are not. */
export function watchTask<Options extends { readonly signal?: AbortSignal | undefined }, Answer>(
  task: { readonly call: string; readonly options: OptionRules<Options> },
  step: FollowStep<Options, Answer>,
  source: WatchSource,
  second?: WatchCallback<WatchedAnswer<Answer>> | TaskWatchOptions<Options>,
  third?: TaskWatchOptions<Options>,
): Watching<WatchedAnswer<Answer>> {
  const isOptions = typeof second === 'object' && third === undefined;
  const rules = { ...task.options, ...WATCH_OPTIONS, ...FOLLOW_OPTIONS } as OptionRules<TaskWatchOptions<Options>>;
  const chosen = requireOptions('watch', isOptions ? second : third, rules);
  const { onError, every, signal, track, smooth, ...rest } = chosen as WatchOptions & FollowOptions;
  const follow = follower<Answer>(track, smooth);
  let previous: Answer | undefined;
  return new Watching(
    source,
    async ({ picture, timestamp }, _, stopped) => {
      previous = await step(picture, { ...rest, signal: stopped } as Options, previous);
      return follow(previous, timestamp);
    },
    isOptions ? undefined : (second as WatchCallback<WatchedAnswer<Answer>> | undefined),
    { signal, ...(onError && { onError }), ...(every === undefined ? {} : { every }) },
  );
}

/** Gives ids to the things of an answer, at a time in milliseconds, and steadies their points. */
function follower<Answer>(
  track: TrackOptions | undefined,
  smooth: boolean | SmoothOptions = false,
): (answer: Answer, timestamp: number) => WatchedAnswer<Answer> {
  const tracker = new Tracker(track);
  const smoother = smooth === false ? undefined : new PointSmoother(smooth === true ? {} : smooth);
  const followed = (things: readonly UprightBox[], timestamp: number): readonly Tracked<UprightBox>[] => {
    const tracked = tracker.update(things, timestamp);
    return smoother?.smooth(tracked, timestamp / 1000, tracker.ids) ?? tracked;
  };
  return (answer, timestamp) => {
    if (isBoxes(answer)) return followed(answer, timestamp) as WatchedAnswer<Answer>;
    if (!hasInstances(answer)) return answer as WatchedAnswer<Answer>;
    return { ...answer, instances: followed(answer.instances, timestamp) } as WatchedAnswer<Answer>;
  };
}

function hasInstances(answer: unknown): answer is { readonly instances: readonly UprightBox[] } {
  return typeof answer === 'object' && answer !== null && 'instances' in answer && isBoxes(answer.instances);
}

function isBoxes(answer: unknown): answer is readonly UprightBox[] {
  return (
    Array.isArray(answer) &&
    answer.every((thing) => ['x', 'y', 'width', 'height'].every((name) => name in Object(thing)))
  );
}
