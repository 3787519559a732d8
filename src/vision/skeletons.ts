/** Which key points are joined by lines: bones, fingers, outlines of a face. */
import { InputError } from '../core/errors.ts';

/**
 * Lines over key points, each a chain of indices: `[5, 7, 9]` goes from point 5 through 7 to 9. A chain that comes back to
 * its first point is an outline.
 */
export type Skeleton = readonly (readonly number[])[];

/** A person of COCO's 17 key points: limbs, trunk, and from the nose over the eyes to the ears and shoulders. */
const COCO: Skeleton = [
  [5, 7, 9],
  [6, 8, 10],
  [11, 13, 15],
  [12, 14, 16],
  [5, 6, 12, 11, 5],
  [0, 1, 3, 5],
  [0, 2, 4, 6],
  [1, 2],
];

/** A person of BlazePose's 33 landmarks. */
const BLAZEPOSE: Skeleton = [
  [0, 1, 2, 3, 7],
  [0, 4, 5, 6, 8],
  [9, 10],
  [11, 13, 15, 17, 19, 15, 21],
  [12, 14, 16, 18, 20, 16, 22],
  [11, 12, 24, 23, 11],
  [23, 25, 27, 29, 31, 27],
  [24, 26, 28, 30, 32, 28],
];

/** A hand of 21 landmarks: the fingers, and the palm between them. */
const HAND: Skeleton = [
  [0, 1, 2, 3, 4],
  [5, 6, 7, 8],
  [9, 10, 11, 12],
  [13, 14, 15, 16],
  [17, 18, 19, 20],
  [0, 5, 9, 13, 17, 0],
];

/** Outlines on the mesh of a face (Kartynnik et al., arXiv:1907.06724): oval, lips outside and inside, eyes, brows. */
const FACE_MESH: Skeleton = [
  [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109, 10,
  ],
  [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185, 61],
  [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191, 78],
  [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466, 263],
  [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246, 33],
  [276, 283, 282, 295, 285],
  [300, 293, 334, 296, 336],
  [46, 53, 52, 65, 55],
  [70, 63, 105, 66, 107],
];

/** The irises, which a mesh of 478 points has behind the others. */
const IRISES: Skeleton = [
  [469, 470, 471, 472, 469],
  [474, 475, 476, 477, 474],
];

/** By how many points there are. */
const SKELETONS: ReadonlyMap<number, Skeleton> = new Map([
  [17, COCO],
  [21, HAND],
  [33, BLAZEPOSE],
  [468, FACE_MESH],
  [478, [...FACE_MESH, ...IRISES]],
]);

/**
 * The lines that are usual for so many key points: 17 are COCO's, 21 a hand's, 33 BlazePose's, 468 and 478 a face mesh's.
 * None for other numbers.
 */
export function skeletonOf(points: number): Skeleton {
  return SKELETONS.get(points) ?? [];
}

/** Throws InputError for lines that go to points that there are not. */
export function checkSkeleton(skeleton: Skeleton, points: number): void {
  const isPoint = (i: unknown): boolean => Number.isInteger(i) && Number(i) >= 0 && Number(i) < points;
  for (const chain of skeleton) {
    const wrong = chain.find((i) => !isPoint(i));
    if (wrong === undefined) continue;
    throw new InputError(`a line of the skeleton goes to key point ${String(wrong)}, and there are ${points}`, {
      hint: 'Lines are chains of indices of key points, from 0 on',
    });
  }
}
