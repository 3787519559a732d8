/** From a network's map of classes to one of the picture's own pixels, and what share of it each class has. */
import { InputError } from '../core/errors.ts';
import type { Tensor } from '../core/tensor.ts';
import { at } from '../util/arrays.ts';
import { classFilter, type DetectionOptions } from './decode/detections.ts';
import type { Matte } from './mattes.ts';
import { pictureMap, type PictureSize, type Preprocessing } from './picture-spec.ts';

/** How much of a picture belongs to a class. */
export interface ClassShare {
  readonly index: number;
  /** Absent where nobody named the classes. */
  readonly label?: string;
  /** How many of the picture's pixels. */
  readonly pixels: number;
  /** Of all its pixels, 0 to 1. */
  readonly share: number;
}

/** The class of each pixel of a picture. */
export interface SegmentedClasses {
  /** Extents of the picture. */
  readonly width: number;
  readonly height: number;
  /** A class a pixel, by rows from the top. */
  readonly data: Uint8Array | Uint16Array;
  /** Names of the classes; undefined where nobody named them. */
  readonly labels: readonly string[] | undefined;
  /** The class that is no thing; undefined where none is called background. */
  readonly background: number | undefined;
  /** What stands in `data` for pixels of no class: 255, of two bytes a pixel 65535. */
  readonly unlabelled: number;
  /** The classes that there are, the largest first. */
  readonly shares: readonly ClassShare[];
}

/** Which classes are given, and their names. */
type ClassChoice = Pick<DetectionOptions, 'allow' | 'deny'> & { readonly labels?: readonly string[] | undefined };

/** How networks that name a class of no thing call it. */
const BACKGROUND = /^_*background_*$/i;

/**
 * A network's map `[h, w]` of the input that `spec` makes, in the pixels of the picture: each has the class of the cell in which
 * its middle lies, and none where the input does not show it. uint8 with 255 for no class, or int32 with negative numbers. Pixels of
 * classes that are not asked for become background, where there is one, else unlabelled.
 * Throws InputError for classes that have no label where there are labels, and as `classFilter` does.
 */
export function toClassMap(
  map: Tensor,
  picture: PictureSize,
  spec: Preprocessing,
  choice: ClassChoice = {},
): SegmentedClasses {
  const { labels } = choice;
  const [rows = 0, columns = 0] = map.shape;
  const few = map.dtype === 'uint8' || (labels !== undefined && labels.length < 256);
  const data = few ? new Uint8Array(picture.width * picture.height) : new Uint16Array(picture.width * picture.height);
  const unlabelled = few ? 255 : 65535;
  const { scaleX, scaleY, offsetX, offsetY } = pictureMap(picture, spec);
  const across = cells(picture.width, columns, { scale: scaleX, offset: offsetX, extent: spec.width });
  const down = cells(picture.height, rows, { scale: scaleY, offset: offsetY, extent: spec.height });
  const given = classesOf(map, unlabelled, choice);
  for (let y = 0, to = 0; y < picture.height; y++) {
    const row = at(down, y) * columns;
    for (let x = 0; x < picture.width; x++, to++) {
      const column = across[x] ?? -1;
      data[to] = row < 0 || column < 0 ? unlabelled : (given[row + column] ?? unlabelled);
    }
  }
  return described({ ...picture, data, unlabelled }, labels);
}

/** A matte as two classes: background, and foreground where it reaches the threshold. Throws InputError as `classFilter` does. */
export function matteClasses({ width, height, data }: Matte, threshold: number, choice: ClassChoice): SegmentedClasses {
  const wanted = classFilter(choice);
  const foreground = wanted(1) ? 1 : 0;
  const classes = Uint8Array.from(data, (alpha) => (alpha >= threshold ? foreground : 0));
  return described({ width, height, data: classes, unlabelled: 255 }, choice.labels);
}

/** The class that is called background, if one is. */
function backgroundOf(labels: readonly string[] = []): number | undefined {
  const found = labels.findIndex((label) => BACKGROUND.test(label));
  return found < 0 ? undefined : found;
}

/** Of pixels along one axis the cells of the map, −1 where the input does not show them. */
function cells(
  length: number,
  count: number,
  { scale, offset, extent }: { readonly scale: number; readonly offset: number; readonly extent: number },
): Int32Array {
  return Int32Array.from({ length }, (_, i) => {
    const there = offset + scale * (i + 0.5);
    if (!(there >= 0 && there <= extent)) return -1;
    return Math.min(count - 1, Math.floor((there * count) / extent));
  });
}

/** The classes of the cells, those that are not asked for replaced. */
function classesOf({ dtype, data }: Tensor, unlabelled: number, choice: ClassChoice): ArrayLike<number> {
  const { labels } = choice;
  const wanted = classFilter(choice);
  const rest = backgroundOf(labels) ?? unlabelled;
  const known = new Map<number, number>();
  const classOf = (index: number): number => {
    if (index < 0 || (dtype === 'uint8' && index === 255)) return unlabelled;
    checkClass(index, labels?.length ?? unlabelled, labels !== undefined);
    return wanted(index) ? index : rest;
  };
  return Uint16Array.from(data as ArrayLike<number>, (value) => {
    const index = Number(value);
    let found = known.get(index);
    if (found === undefined) known.set(index, (found = classOf(index)));
    return found;
  });
}

function checkClass(index: number, count: number, named: boolean): void {
  if (index < count) return;
  const than = named ? `there are names of ${count}` : `a map holds ${count} at most`;
  throw new InputError(`a pixel is of class ${index}, and ${than}`, {
    hint: 'Labels are one for each class, in their order, the background’s among them where it has a number',
  });
}

/** A map with what is known of its classes. */
function described(
  map: Pick<SegmentedClasses, 'width' | 'height' | 'data' | 'unlabelled'>,
  labels: readonly string[] | undefined,
): SegmentedClasses {
  const { width, height, data, unlabelled } = map;
  const counts = new Float64Array(unlabelled + 1);
  for (const index of data) counts[index] = (counts[index] ?? 0) + 1;
  const shares = Array.from(counts.subarray(0, unlabelled), (pixels, index): ClassShare => {
    const label = labels?.[index];
    return { index, ...(label === undefined ? {} : { label }), pixels, share: pixels / data.length };
  });
  return {
    width,
    height,
    data,
    labels,
    background: backgroundOf(labels),
    unlabelled,
    shares: shares.filter(({ pixels }) => pixels > 0).sort((a, b) => b.pixels - a.pixels),
  };
}
