/** Hands: which one, and its joints, in the picture's pixels. */
import type { Tensor } from '../core/tensor.ts';
import { at, range } from '../util/arrays.ts';
import { PALM_POINTS, pointNamesOf } from './point-names.ts';
import { projectBox, projectPoint, type PicturePoint, type RegionMap } from './region-spec.ts';
import { uprightBox, type UprightBox } from './regions.ts';
import type { ScoredBox } from './decode/boxes.ts';
import type { WorldPoint } from './world-points.ts';

/** A joint of a hand, in pixels of the picture; `z` is its depth from the wrist, in the same unit, smaller is nearer. */
export interface HandPoint extends PicturePoint {
  /** `index_finger_tip` */
  readonly name: string;
}

/** One hand. */
export interface Hand extends UprightBox {
  /** That it is a hand, 0 to 1. */
  readonly score: number;
  /**
   * Whose hand it is as the person has it, in a picture that is not mirrored; of a mirrored one, as selfie cameras show it, it is
   * the other. Absent where no landmarks were looked for.
   */
  readonly handedness?: 'left' | 'right';
  /** How sure the network is of that, 0.5 to 1. */
  readonly handednessScore?: number;
  /** What the detector calls it, where it tells hands apart: `closed hand`. */
  readonly label?: string;
  /** Its 21 joints; where no landmarks were looked for, what the detector gives: the wrist and the first joints of fingers, or none. */
  readonly points: readonly HandPoint[];
  /** The joints in space, from about the middle of the hand, where the network gives them. */
  readonly world?: readonly WorldPoint[];
}

/** Classes of detectors of hands that are none: faces beside them, and the tips of fingers. */
const NO_HAND = /\b(face|tip)\b/;

/** What a detector of hands kept, with key points `[P, K, 2]` of each where it has some, and the names of its classes. */
export function toHands(
  boxes: readonly ScoredBox[],
  points: Tensor | undefined,
  map: RegionMap,
  labels: readonly string[] = [],
): readonly Hand[] {
  const [, count = 0] = points?.shape ?? [];
  const names = pointNamesOf(count, [PALM_POINTS]);
  return boxes.flatMap((box, palm) => {
    const label = labels[box.index];
    if (label !== undefined && NO_HAND.test(label)) return [];
    const extents = uprightBox(projectBox(box, map));
    const places = range(count).map((k) => {
      const i = 2 * (palm * count + k);
      const place = { x: at(points?.data ?? [], i), y: at(points?.data ?? [], i + 1) };
      return { ...projectPoint(place, map), name: at(names, k) };
    });
    const finite = [...Object.values(extents), ...places.flatMap(({ x, y }) => [x, y])].every(Number.isFinite);
    if (!finite || !(extents.width > 0 && extents.height > 0)) return [];
    return [{ ...extents, score: box.score, ...(label === undefined ? {} : { label }), points: places }];
  });
}
