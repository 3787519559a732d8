/**
 * Where the second network of a pipeline looks: regions from what a detector found, and from the landmarks of the frame
 * before. The geometry is that of MediaPipe's calculators (google-ai-edge/mediapipe, `mediapipe/calculators/util` and
 * `mediapipe/modules`), in pixels of the picture in place of parts of its extents.
 */
import { InputError } from '../core/errors.ts';
import { intersectionOverUnion, type Box } from './decode/boxes.ts';
import type { PicturePoint, PictureRegion } from './region-spec.ts';

/** An upright rectangle: upper left corner and extents, as a `Detection` has them. */
export interface UprightBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Its corners. VOC's are of its first and last pixel, and the extents then their differences. */
export function boxCorners({ x, y, width, height }: UprightBox): Box {
  return { x1: x, y1: y, x2: x + width, y2: y + height };
}

/** The box that has such corners. */
export function uprightBox({ x1, y1, x2, y2 }: Box): UprightBox {
  return { x: x1, y: y1, width: x2 - x1, height: y2 - y1 };
}

/** Intersection over union of two boxes. */
export function boxOverlap(a: UprightBox, b: UprightBox): number {
  return intersectionOverUnion(boxCorners(a), boxCorners(b));
}

/** How `transformRegion` changes a region. */
export interface RegionTransform {
  /** Factors of the extents, after `square`; 1 unless given. */
  readonly scaleX?: number;
  readonly scaleY?: number;
  /** How far the centre moves along the region's own axes, in its extents before they change; 0 unless given. */
  readonly shiftX?: number;
  readonly shiftY?: number;
  /** Makes a square of the longer or the shorter side. */
  readonly square?: 'long' | 'short';
}

/** A face's box, and its mesh's: `face_detection_front_detection_to_roi.pbtxt`, `face_landmark_landmarks_to_roi.pbtxt`. */
export const FACE_TRANSFORM: RegionTransform = { scaleX: 1.5, scaleY: 1.5, square: 'long' };

/** A palm's box, to hold the fingers too: `palm_detection_detection_to_roi.pbtxt`. */
export const PALM_TRANSFORM: RegionTransform = { scaleX: 2.6, scaleY: 2.6, shiftY: -0.5, square: 'long' };

/** A whole hand's box. */
export const HAND_BOX_TRANSFORM: RegionTransform = { scaleX: 1.6, scaleY: 1.6, square: 'long' };

/** A hand's landmarks: `hand_landmark_landmarks_to_roi.pbtxt`. */
export const HAND_TRANSFORM: RegionTransform = { scaleX: 2, scaleY: 2, shiftY: -0.1, square: 'long' };

/** The circle around a person: `pose_detection_to_roi.pbtxt`, `pose_landmarks_to_roi.pbtxt`. */
export const POSE_TRANSFORM: RegionTransform = { scaleX: 1.25, scaleY: 1.25, square: 'long' };

/** The corners of an eye: `iris_landmark_landmarks_to_roi.pbtxt`. */
export const EYE_TRANSFORM: RegionTransform = { scaleX: 2.3, scaleY: 2.3, square: 'long' };

/** Points of the face mesh at the corners of each eye, from left to right; left is what is left in the picture. */
export const EYE_CORNERS = { left: [33, 133], right: [362, 263] } as const;

/** Of a hand's 21 points, those that a fist has where an open hand has them: `hand_landmarks_to_rect_calculator.cc`. */
const STEADY_HAND = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18];

/** Points of a hand: the wrist, and the first joints of three fingers. */
const WRIST = 0;
const INDEX = 5;
const MIDDLE = 9;
const RING = 13;

/** Upright. */
const LEVEL = 0;
const UPWARDS = Math.PI / 2;

/** An angle in [−π, π). */
export function normalisedAngle(angle: number): number {
  return angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
}

/**
 * By how much a region is turned, clockwise, in which the way from one point to another has the angle `target`, counted
 * counterclockwise from the x axis: `DetectionsToRectsCalculator::ComputeRotation`.
 */
export function turnBetween(from: PicturePoint, to: PicturePoint, target: number): number {
  return normalisedAngle(target - Math.atan2(-(to.y - from.y), to.x - from.x));
}

/** The region of an upright box, turned about its centre. */
export function boxRegion({ x, y, width, height }: UprightBox, angle = 0): PictureRegion {
  return { centerX: x + width / 2, centerY: y + height / 2, width, height, angle };
}

/** Intersection over union of two regions as if they were not turned: `AssociationNormRectCalculator`. */
export function regionOverlap(a: PictureRegion, b: PictureRegion): number {
  return boxOverlap(uprightRegion(a), uprightRegion(b));
}

function uprightRegion({ centerX, centerY, width, height }: PictureRegion): UprightBox {
  return { x: centerX - width / 2, y: centerY - height / 2, width, height };
}

/** Moves along the region's own axes, makes a square, scales: `RectTransformationCalculator`. */
export function transformRegion(region: PictureRegion, how: RegionTransform): PictureRegion {
  const { scaleX = 1, scaleY = 1, shiftX = 0, shiftY = 0, square } = how;
  const { centerX, centerY, width, height, angle = 0 } = region;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [across, down] = [width * shiftX, height * shiftY];
  const side = square && (square === 'long' ? Math.max(width, height) : Math.min(width, height));
  return {
    ...region,
    centerX: centerX + across * cos - down * sin,
    centerY: centerY + across * sin + down * cos,
    width: (side ?? width) * scaleX,
    height: (side ?? height) * scaleY,
  };
}

/** The upright box around points: `LandmarksToDetectionCalculator`. Throws InputError where there are none. */
export function boxAround(points: readonly PicturePoint[]): UprightBox {
  if (points.length === 0) throw new InputError('no box lies around no points');
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** The smallest region of a given angle that holds the points: `HandLandmarksToRectCalculator`. Throws as `boxAround`. */
export function regionAround(points: readonly PicturePoint[], angle: number): PictureRegion {
  const middle = boxRegion(boxAround(points));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const upright = points.map(({ x, y }) => {
    const [across, down] = [x - middle.centerX, y - middle.centerY];
    return { x: across * cos + down * sin, y: down * cos - across * sin };
  });
  const { centerX, centerY, ...extents } = boxRegion(boxAround(upright), angle);
  return {
    ...extents,
    centerX: middle.centerX + centerX * cos - centerY * sin,
    centerY: middle.centerY + centerX * sin + centerY * cos,
  };
}

/**
 * Where the face mesh looks, by a detected face: `eyes` are the one left in the picture and the other, the first key points
 * of BlazeFace. Face meshes see the border's pixels repeated (`outside: 'repeat'`), as all MediaPipe's landmark networks.
 */
export function faceRegion(face: UprightBox, eyes: readonly PicturePoint[]): PictureRegion {
  return landmarkRegion(boxRegion(face, turnBetween(at(eyes, 0), at(eyes, 1), LEVEL)), FACE_TRANSFORM);
}

/** Where the face mesh looks in the next frame, by its points in this one. Throws InputError for less than a mesh. */
export function faceMeshRegion(mesh: readonly PicturePoint[]): PictureRegion {
  const angle = turnBetween(at(mesh, EYE_CORNERS.left[0]), at(mesh, EYE_CORNERS.right[1]), LEVEL);
  return landmarkRegion(boxRegion(boxAround(mesh), angle), FACE_TRANSFORM);
}

/**
 * Where the iris network looks, by the points of a face mesh. It was made for the eye that is left in the picture (the
 * person's right one); the other is shown to it in a mirror.
 */
export function eyeRegion(mesh: readonly PicturePoint[], side: keyof typeof EYE_CORNERS): PictureRegion {
  if (!Object.hasOwn(EYE_CORNERS, side)) throw new InputError(`there is no eye "${String(side)}": it is left or right`);
  const [first, second] = EYE_CORNERS[side];
  const [from, to] = [at(mesh, first), at(mesh, second)];
  const region = boxRegion(boxAround([from, to]), turnBetween(from, to, LEVEL));
  return { ...landmarkRegion(region, EYE_TRANSFORM), mirror: side === 'right' };
}

/** Where the hand network looks, by a detected palm and its seven key points, of which the wrist and the middle finger turn it. */
export function palmRegion(palm: UprightBox, keyPoints: readonly PicturePoint[]): PictureRegion {
  return landmarkRegion(boxRegion(palm, turnBetween(at(keyPoints, 0), at(keyPoints, 2), UPWARDS)), PALM_TRANSFORM);
}

/** Where the hand network looks first, by a box of which nothing says how the hand in it is turned: upright. */
export function handBoxRegion(hand: UprightBox): PictureRegion {
  return landmarkRegion(boxRegion(hand), HAND_BOX_TRANSFORM);
}

/** Where the hand network looks in the next frame, by its 21 points in this one. */
export function handRegion(hand: readonly PicturePoint[]): PictureRegion {
  const knuckles = midpoint(midpoint(at(hand, INDEX), at(hand, RING)), at(hand, MIDDLE));
  const steady = STEADY_HAND.map((i) => at(hand, i));
  const angle = turnBetween(at(hand, WRIST), knuckles, UPWARDS);
  return landmarkRegion(regionAround(steady, angle), HAND_TRANSFORM);
}

/**
 * Where the pose network looks: a square around the circle about the middle of the hips that a second point lies on. Of a
 * detection they are its first two key points, of landmarks the first two auxiliary ones (33 and 34 of 39).
 */
export function poseRegion(hips: PicturePoint, scale: PicturePoint): PictureRegion {
  const side = 2 * Math.hypot(scale.x - hips.x, scale.y - hips.y);
  const angle = turnBetween(hips, scale, UPWARDS);
  return landmarkRegion({ centerX: hips.x, centerY: hips.y, width: side, height: side, angle }, POSE_TRANSFORM);
}

function landmarkRegion(region: PictureRegion, how: RegionTransform): PictureRegion {
  return { ...transformRegion(region, how), outside: 'repeat' };
}

function midpoint(a: PicturePoint, b: PicturePoint): PicturePoint {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** Throws InputError where there is no such point. */
function at(points: readonly PicturePoint[], index: number): PicturePoint {
  const point = points[index];
  if (point) return point;
  throw new InputError(`a region takes point ${index}, and there are ${points.length} points`);
}
