/** Faces: key points by name, in the picture's pixels. */
import type { Tensor } from '../core/tensor.ts';
import { at } from '../util/arrays.ts';
import { BLAZEFACE_POINTS, FIVE_FACE_POINTS, pointNamesOf } from './point-names.ts';
import type { PictureSize, Preprocessing } from './picture-spec.ts';
import { projectBox, projectPoint, wholePictureMap, type PicturePoint, type PictureRegion } from './region-spec.ts';
import { faceRegion, uprightBox } from './regions.ts';
import type { ScoredBox } from './decode/boxes.ts';
import { placedBoxes, type Detection } from './decode/detections.ts';

/** A key point of a face, in pixels of the picture. It may lie beyond the picture's border. */
export interface NamedPoint extends PicturePoint {
  /** `left_eye`; left and right are those of the person. */
  readonly name: string;
}

/** One face. */
export interface Face extends Detection {
  readonly label: 'face';
  /** Eyes, nose, mouth, as many as the network gives: BlazeFace 6, YuNet 5, Ultra-Light none. */
  readonly points: readonly NamedPoint[];
  /**
   * 468 points of the face, where they were asked for and the network takes it for a face; with the irises 478: behind the
   * others the centre and four points of the border, of the right eye and then of the left. Depths are in pixels, too; less is
   * nearer.
   */
  readonly mesh?: readonly PicturePoint[];
}

/** A face, and where its mesh is looked for. */
export interface PlacedFace {
  readonly face: Face;
  readonly region: PictureRegion;
}

/**
 * Faces in the picture, best first: boxes in pixels of the input, cut at the picture's border, with key points `[K, P, 2]` if
 * there are any. A face with a number that is not finite is left out.
 */
export function toFaces(
  boxes: readonly ScoredBox[],
  points: Tensor | undefined,
  picture: PictureSize,
  { preprocessing, max }: { readonly preprocessing: Preprocessing; readonly max: number },
): PlacedFace[] {
  const map = wholePictureMap(picture, preprocessing);
  const names = pointNamesOf(points?.shape[1] ?? 0, [[], FIVE_FACE_POINTS, BLAZEFACE_POINTS]);
  const pointed = boxes.map((box, i) => {
    const own = points?.data.subarray(i * 2 * names.length, (i + 1) * 2 * names.length) ?? [];
    const places = names.map((name, k) => projectPoint({ name, x: at(own, 2 * k), y: at(own, 2 * k + 1) }, map));
    return { ...box, places };
  });
  const finite = pointed.filter(({ places }) => places.every(({ x, y }) => Number.isFinite(x + y)));
  return placedBoxes(finite, picture, preprocessing, { max }).map(({ box, detection }) => {
    // Uncut: a face at the border is as large as any.
    const whole = uprightBox(projectBox(box, map));
    const eyes = box.places.length > 0 ? box.places : LEVEL;
    return { face: { ...detection, label: 'face', points: box.places }, region: faceRegion(whole, eyes) };
  });
}

/** Eyes of a face whose network does not say how it is turned. */
const LEVEL = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
] as const;
