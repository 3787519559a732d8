/** Prior boxes of single-shot detectors: what follows from the sizes of their maps alone. All in shares of the picture. */
import { InputError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import { checkSizes, joinedRows, perCell, type MapExtent } from './cells.ts';

/** Attributes of Caffe's PriorBox. */
export interface PriorBoxOptions {
  readonly map: MapExtent;
  readonly picture: MapExtent;
  /** In pixels of the picture. */
  readonly minSizes: readonly number[];
  /** None, or one for each of `minSizes`, and greater. */
  readonly maxSizes: readonly number[];
  /** Beside 1. */
  readonly aspectRatios: readonly number[];
  /** Adds one over each aspect ratio. */
  readonly flip: boolean;
  /** Cuts what lies beyond the picture. */
  readonly clip: boolean;
  /** Pixels from one cell to the next; absent: as many as make the picture. */
  readonly step?: MapExtent | undefined;
  /** Where in a cell its centre is, 0.5 in the middle. */
  readonly offset: number;
}

/** What of a prior box layer says how large its boxes are. */
export type PriorSizes = Pick<PriorBoxOptions, 'minSizes' | 'maxSizes' | 'aspectRatios' | 'flip'>;

/**
 * Priors of Caffe's SSD (Liu et al., arXiv:1512.02325), corners `[cells · priors, 4]`: of each cell, the boxes of `ssdPriorSizes`.
 * Throws InputError for sizes that do not fit.
 */
export function ssdPriorBoxes(options: PriorBoxOptions): Tensor {
  const { map, picture, clip, offset } = options;
  checkSizes('prior boxes', [...picture, ...(options.step ?? [])]);
  const sizes = ssdPriorSizes(options);
  const [height, width] = picture;
  const step = options.step ?? ([height / map[0], width / map[1]] as const);
  return perCell(map, sizes.length, (row, column, k) => {
    const [w, h] = at(sizes, k);
    const [x, y] = [(column + offset) * step[1], (row + offset) * step[0]];
    const box = [(x - w / 2) / width, (y - h / 2) / height, (x + w / 2) / width, (y + h / 2) / height];
    return clip ? box.map((v) => Math.min(Math.max(v, 0), 1)) : box;
  });
}

/**
 * Widths and heights of the priors of a cell, in pixels: for each least size its square, the square of the mean size, and the aspect
 * ratios. Throws InputError for sizes that do not fit.
 */
export function ssdPriorSizes(options: PriorSizes): (readonly [width: number, height: number])[] {
  const { minSizes, maxSizes, aspectRatios } = options;
  checkSizes('prior boxes', minSizes);
  checkSizes('prior boxes', [...minSizes, ...maxSizes, ...aspectRatios]);
  if (maxSizes.length > 0 && (maxSizes.length !== minSizes.length || maxSizes.some((v, i) => v <= at(minSizes, i)))) {
    throw new InputError(
      `prior boxes of ${minSizes.join(', ')} need as many greater sizes, not ${maxSizes.join(', ')}`,
    );
  }
  const ratios = ratiosOf(options);
  return minSizes.flatMap((size, i) => [
    [size, size] as const,
    ...maxSizes.slice(i, i + 1).map((most) => [Math.sqrt(size * most), Math.sqrt(size * most)] as const),
    ...ratios.map((ratio) => [size * Math.sqrt(ratio), size / Math.sqrt(ratio)] as const),
  ]);
}

/** Aspect ratios other than 1, each once, and their reciprocals where these are wanted. */
function ratiosOf({ aspectRatios, flip }: PriorSizes): number[] {
  const ratios: number[] = [];
  // Caffe takes ratios that differ by less for one.
  const isNew = (ratio: number): boolean => [1, ...ratios].every((known) => Math.abs(known - ratio) >= 1e-6);
  for (const ratio of aspectRatios) {
    if (isNew(ratio)) ratios.push(ratio, ...(flip ? [1 / ratio] : []));
  }
  return ratios;
}

/** What TensorFlow's anchors of SSD follow from. */
export interface SsdAnchorOptions {
  /** Extents of the maps, largest first. */
  readonly maps: readonly MapExtent[];
  readonly minScale: number;
  readonly maxScale: number;
  readonly aspectRatios: readonly number[];
  /** The first map has three priors only: a small square, and two aspect ratios. */
  readonly reduceLowest: boolean;
}

/**
 * Anchors of TensorFlow's SSD, centres and sizes `[anchors, 4]` as x, y, width, height: scales are spread evenly over the
 * maps, and each map has a square between its own scale and the next.
 */
export function ssdAnchors({ maps, minScale, maxScale, aspectRatios, reduceLowest }: SsdAnchorOptions): Tensor {
  if (maps.length === 0) throw new InputError('anchors need a map');
  checkSizes('anchors', [minScale, maxScale, ...aspectRatios]);
  const scales = range(maps.length).map((k) =>
    maps.length === 1 ? minScale : minScale + ((maxScale - minScale) * k) / (maps.length - 1),
  );
  const parts = maps.map((map, k) => {
    const [scale, next] = [at(scales, k), scales[k + 1] ?? 1];
    const own =
      k === 0 && reduceLowest
        ? ([
            [0.1, 1],
            [scale, 2],
            [scale, 0.5],
          ] as const)
        : [...aspectRatios.map((ratio) => [scale, ratio] as const), [Math.sqrt(scale * next), 1] as const];
    return perCell(map, own.length, (row, column, i) => {
      const [size, ratio] = at(own, i);
      const [x, y] = [(column + 0.5) / map[1], (row + 0.5) / map[0]];
      return [x, y, size * Math.sqrt(ratio), size / Math.sqrt(ratio)];
    });
  });
  return joinedRows(parts);
}

/**
 * Anchors of BlazeFace and its like (Bazarevsky et al., arXiv:1907.05047), centres and sizes `[anchors, 4]`: all of the
 * picture's size, so many in each cell of each map.
 */
export function blazeAnchors(maps: readonly { readonly map: MapExtent; readonly count: number }[]): Tensor {
  return joinedRows(
    maps.map(({ map, count }) =>
      perCell(map, count, (row, column) => [(column + 0.5) / map[1], (row + 0.5) / map[0], 1, 1]),
    ),
  );
}
