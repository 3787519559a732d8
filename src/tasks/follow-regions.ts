/**
 * Things whose landmarks are known are looked for in the next frame where these say, without their detector: as MediaPipe follows
 * faces, hands and people (google-ai-edge/mediapipe, `hand_landmark_tracking_gpu.pbtxt` and its like).
 */
import { pictureSize, type PictureSource } from '../pictures/source.ts';
import type { PictureSize } from '../vision/picture-spec.ts';
import type { PictureRegion } from '../vision/region-spec.ts';
import { regionOverlap } from '../vision/regions.ts';
import type { FollowStep } from './watch-task.ts';

/** What a task does in a frame. */
export interface RegionSteps<Options, Thing> {
  /** Where a thing of the last frame is looked for; undefined where nothing says. */
  readonly regionOf: (thing: Thing) => PictureRegion | undefined;
  /** The things that are still there, best first: each is looked for in its region. */
  readonly look: (picture: PictureSource, things: readonly Thing[], options: Options) => Promise<Thing[]>;
  /** The things that the detector finds, and those that are known. */
  readonly detect: (picture: PictureSource, options: Options, known?: Thing[]) => Promise<Thing[]>;
}

/** The detector runs in one of so many frames at least: at 30 a second, a thing that comes is found after a third of one. */
const DETECT_EVERY = 10;

/** Regions of two things that overlap more hold one and the same: hands may clasp, so it is nearly all. */
const ONE_THING = 0.8;

/** By how much a region may be longer than the picture: a thing that fills it has a region of twice its extents. */
const LONGEST = 4;

/**
 * Follows things from frame to frame. The detector runs where nothing is followed, where a thing was lost, in every tenth frame,
 * unless there are as many as are asked for, and after a frame of other extents. Rejects as the steps do.
 */
export function followRegions<Options extends { readonly max?: number }, Thing>({
  regionOf,
  look,
  detect,
}: RegionSteps<Options, Thing>): FollowStep<Options, Thing[]> {
  let last: PictureSize | undefined;
  let since = 0;
  return async (picture, options, previous = []) => {
    const size = pictureSize(picture);
    const cut = last?.width !== size.width || last.height !== size.height;
    last = size;
    const sought = cut ? [] : previous.filter((thing) => isSeen(regionOf(thing), size));
    const known = sought.length > 0 ? apart(await look(picture, sought, options), regionOf) : [];
    const { max = Infinity } = options;
    const all = known.length > 0 && known.length >= Math.min(previous.length, max);
    since++;
    if (all && (since < DETECT_EVERY || known.length >= max)) return known;
    since = 0;
    return detect(picture, options, known);
  };
}

/** True of a region that shows something of the picture in its middle. Landmarks may lie anywhere. */
function isSeen(region: PictureRegion | undefined, { width, height }: PictureSize): boolean {
  if (!region) return false;
  const longest = LONGEST * Math.max(width, height);
  const extents = [region.width, region.height].every((extent) => extent > 0 && extent <= longest);
  return extents && isWithin(region.centerX, width) && isWithin(region.centerY, height);
}

function isWithin(place: number, extent: number): boolean {
  return place >= 0 && place <= extent;
}

/** Of things that have become one, the best. */
function apart<Thing>(things: readonly Thing[], regionOf: RegionSteps<unknown, Thing>['regionOf']): Thing[] {
  const kept: Thing[] = [];
  for (const thing of things) {
    const region = regionOf(thing);
    const isTwin = kept.some((other) => {
      const taken = regionOf(other);
      return region && taken && regionOverlap(region, taken) > ONE_THING;
    });
    if (!isTwin) kept.push(thing);
  }
  return kept;
}
