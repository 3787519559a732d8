/** From boxes that were kept to things in the picture: its own pixels, names of classes, those that are asked for. */
import { InputError } from '../../core/errors.ts';
import { nearestWithin } from '../../util/nearest-name.ts';
import { pictureMap, type PictureSize, type Preprocessing } from '../picture-spec.ts';
import type { ScoredBox } from './boxes.ts';

/** One thing that was found. */
export interface Detection {
  /** Upper left corner, in pixels of the picture. */
  readonly x: number;
  readonly y: number;
  /** Extents in pixels of the picture; the box lies within it. */
  readonly width: number;
  readonly height: number;
  readonly score: number;
  /** Class. */
  readonly index: number;
  /** Absent where nobody named the classes. */
  readonly label?: string;
}

/** A class: its label, or its index. */
export type ClassName = string | number;

/** Which boxes are given. */
export interface DetectionOptions {
  /** Lowest score; 0.3 unless given. */
  readonly threshold?: number;
  /** Boxes of one class that overlap more than this show one thing; 0.5 unless given. */
  readonly iou?: number;
  /** How many are given at most; 50 unless given. */
  readonly max?: number;
  /** Classes that are given; all unless given. */
  readonly allow?: readonly ClassName[];
  /** Classes that are not given, even if they are allowed. */
  readonly deny?: readonly ClassName[];
}

/** What of the options counts once boxes are kept. */
type Choice = Pick<DetectionOptions, 'max' | 'allow' | 'deny'> & { readonly labels?: readonly string[] | undefined };

/** True for the classes that are asked for. Throws InputError for a label there is not. */
export function classFilter({ allow, deny, labels }: Choice): (index: number) => boolean {
  const [allowed, denied] = [allow, deny].map((list) => list && new Set(list.map((name) => classIndex(name, labels))));
  return (index) => (!allowed || allowed.has(index)) && !denied?.has(index);
}

function classIndex(name: ClassName, labels: readonly string[] = []): number {
  const index = typeof name === 'number' ? name : labels.indexOf(name);
  if (Number.isSafeInteger(index) && index >= 0) return index;
  const meant = nearestWithin(String(name), labels);
  throw new InputError(`there is no class "${name}"`, {
    hint: meant === undefined ? 'Give a label of the model, or the index of a class' : `Did you mean ${meant}?`,
  });
}

/** A box, and what it is in the picture. */
interface PlacedBox<B> {
  readonly box: B;
  readonly detection: Detection;
}

/**
 * Boxes in pixels of the input that `spec` makes, best first, as detections in the picture, cut at its border. Throws
 * InputError as `classFilter` does.
 */
export function toDetections(
  boxes: readonly ScoredBox[],
  picture: PictureSize,
  spec: Preprocessing,
  choice: Choice = {},
): Detection[] {
  return placedBoxes(boxes, picture, spec, choice).map(({ detection }) => detection);
}

/** The same, each with the box that it comes from, which may hold more. */
export function placedBoxes<B extends ScoredBox>(
  boxes: readonly B[],
  picture: PictureSize,
  spec: Preprocessing,
  choice: Choice,
): PlacedBox<B>[] {
  const { max = 50, labels } = choice;
  const wanted = classFilter(choice);
  const { scaleX, scaleY, offsetX, offsetY } = pictureMap(picture, spec);
  const across = (x: number): number => Math.min(picture.width, Math.max(0, (x - offsetX) / scaleX));
  const down = (y: number): number => Math.min(picture.height, Math.max(0, (y - offsetY) / scaleY));
  const found = boxes.flatMap((box) => {
    const { x1, y1, x2, y2, score, index } = box;
    if (!wanted(index)) return [];
    const [x, y] = [across(x1), down(y1)];
    const [width, height] = [across(x2) - x, down(y2) - y];
    // A box in the border that the picture was padded with shows nothing of it; nor does one of NaN.
    if (!(width > 0 && height > 0)) return [];
    const label = labels?.[index];
    const detection = { x, y, width, height, score, index, ...(label === undefined ? {} : { label }) };
    return [{ box, detection }];
  });
  return found.slice(0, max);
}
