/** Poses of people: key points by name, in the picture's pixels. */
import type { Tensor } from '../core/tensor.ts';
import { at, range } from '../util/arrays.ts';
import { BLAZEPOSE_DETECTION_POINTS, COCO_POINTS, pointNamesOf } from './point-names.ts';
import { projectBox, projectPoint, type PicturePoint, type RegionMap } from './region-spec.ts';
import { boxAround, uprightBox, type UprightBox } from './regions.ts';
import type { WorldPoint } from './world-points.ts';
import type { ScoredBox } from './decode/boxes.ts';

/** A key point, in pixels of the picture. It may lie beyond the picture's border. */
export interface PosePoint extends PicturePoint {
  /** `left_shoulder`; left and right are those of the person. */
  readonly name: string;
  /** How sure the network is of it, 0 to 1. */
  readonly score: number;
  /** Whether nothing covers it, 0 to 1, where the network says it. */
  readonly visibility?: number;
  /** Whether it lies in the part of the picture that was looked at, 0 to 1, where the network says it. */
  readonly presence?: number;
}

/** One person. */
export interface Pose extends UprightBox {
  /** Of the person: the network's own, or the mean of the key points' scores where it gives none. */
  readonly score: number;
  readonly points: readonly PosePoint[];
  /** The key points in space, from the middle of the hips, where the network gives them. */
  readonly world?: readonly WorldPoint[];
}

/** What heads of poses give: key points `[P, K, 2]` and their scores `[P, K]`, and boxes where these have been kept. */
export type PoseResults = Readonly<Record<string, Tensor>>;

/**
 * Poses of the results of a head, best first. Those of a score below `threshold` are left out, and such with a number that is not
 * finite. A pose without a box of its own has that around the key points which score as much.
 */
export function toPoses(
  results: PoseResults,
  boxes: readonly ScoredBox[],
  map: RegionMap,
  threshold: number,
): readonly Pose[] {
  const { points, pointScores } = results;
  if (!points) return [];
  const [people = 0, count = 0] = points.shape;
  const names = pointNamesOf(count, [COCO_POINTS, BLAZEPOSE_DETECTION_POINTS]);
  return range(people).flatMap((person) => {
    const box = boxes[person];
    const own = names.map((name, k): PosePoint => {
      const i = person * count + k;
      const place = { x: at(points.data, 2 * i), y: at(points.data, 2 * i + 1) };
      return { ...projectPoint(place, map), name, score: pointScores?.data[i] ?? box?.score ?? NaN };
    });
    const score = box?.score ?? meanScore(own);
    const finite = own.every(({ x, y, score: s }) => Number.isFinite(x + y + s));
    return finite && score >= threshold
      ? [{ ...(box ? uprightBox(projectBox(box, map)) : boxOfPoints(own, threshold)), score, points: own }]
      : [];
  });
}

/** The box of the key points that score at least so much; of all where none does. */
export function boxOfPoints(points: readonly PosePoint[], threshold: number): UprightBox {
  const sure = points.filter(({ score }) => score >= threshold);
  return boxAround(sure.length > 0 ? sure : points);
}

function meanScore(points: readonly PosePoint[]): number {
  return points.reduce((sum, { score }) => sum + score, 0) / points.length;
}
