/** Faces whose meshes are known are followed by them: their boxes and key points move as the mesh does. */
import { pictureSize, type PictureSource } from '../pictures/source.ts';
import type { Face } from '../vision/faces.ts';
import { movedWith } from '../vision/moved-with.ts';
import type { PictureSize } from '../vision/picture-spec.ts';
import { boxCorners, uprightBox } from '../vision/regions.ts';
import type { FaceParts } from './face-parts.ts';
import { followRegions, type RegionSteps } from './follow-regions.ts';
import type { PictureRunOptions } from './picture-task.ts';
import { bestFirst } from './region-answers.ts';
import type { FollowStep } from './watch-task.ts';

/** What of the options of a detector of faces counts here. */
interface FollowedFaceOptions extends PictureRunOptions {
  readonly max?: number;
  readonly iris?: boolean;
}

/** What the detector does in a frame, and with which options its faces are followed. */
interface FaceSteps<Options> extends Omit<RegionSteps<Options, Face>, 'look'> {
  readonly isFollowed: (options: Options) => boolean;
}

/** Follows faces as `followRegions`; without meshes the detector runs on each frame. */
export function followFaces<Options extends FollowedFaceOptions>(
  parts: FaceParts,
  { isFollowed, ...steps }: FaceSteps<Options>,
): FollowStep<Options, Face[]> {
  // Each face as the detector found it: moved from frame to frame, it would drift, and lose what the border cuts off.
  const detected = new WeakMap<Face, Face>();
  const look = async (picture: PictureSource, faces: readonly Face[], options: Options): Promise<Face[]> => {
    const found: Face[] = [];
    for (const face of faces) {
      const first = detected.get(face) ?? face;
      const region = steps.regionOf(face);
      const seen = region && (await parts.meshOf(picture, region, options));
      if (!seen || !first.mesh) continue;
      const moved = cut({ ...movedWith(first, first.mesh, seen.mesh), ...seen }, pictureSize(picture));
      if (!(moved.width > 0 && moved.height > 0)) continue;
      detected.set(moved, first);
      found.push(moved);
    }
    return bestFirst(found);
  };
  const follow = followRegions({ ...steps, look });
  return (picture, options, previous) =>
    isFollowed(options) ? follow(picture, options, previous) : steps.detect(picture, options);
}

/** The face with what of its box lies in the picture. */
function cut(face: Face, { width, height }: PictureSize): Face {
  const { x1, y1, x2, y2 } = boxCorners(face);
  const [left, top] = [Math.max(0, x1), Math.max(0, y1)];
  return { ...face, ...uprightBox({ x1: left, y1: top, x2: Math.min(width, x2), y2: Math.min(height, y2) }) };
}
