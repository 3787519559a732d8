/** Objects of the shared pictures that were marked by hand: the truth that detectors are tested against. */
import { readFileSync } from 'node:fs';
import type { Box } from '../../src/vision/decode/boxes.ts';

/** Points of a face as the person has them: the right eye is to the left in the picture. */
export type FacePoint = 'rightEye' | 'leftEye' | 'nose' | 'rightMouth' | 'leftMouth';

/** One object; in pixels of the picture. */
export interface MarkedObject {
  readonly label: string;
  /** x, y, width, height. */
  readonly box: readonly [number, number, number, number];
  /** Too small or too much covered for anybody to be blamed who does not find it. */
  readonly difficult?: boolean;
  /** Of faces: x and y of what is to be seen. */
  readonly points?: Readonly<Partial<Record<FacePoint, readonly [number, number]>>>;
}

/** A picture with its size and all that is marked in it. */
export interface MarkedPicture {
  readonly width: number;
  readonly height: number;
  readonly objects: readonly MarkedObject[];
}

interface MarkedFile {
  readonly about: readonly string[];
  readonly pictures: Readonly<Record<'street.jpg' | 'faces_1.jpg', MarkedPicture>>;
}

const file = new URL('../vision/marked-objects.json', import.meta.url);

/** The marked pictures by their file's name. */
export const markedPictures = (JSON.parse(readFileSync(file, 'utf8')) as MarkedFile).pictures;

/** Corners of a marked object. */
export function markedBox({ box: [x, y, width, height] }: MarkedObject): Box {
  return { x1: x, y1: y, x2: x + width, y2: y + height };
}
