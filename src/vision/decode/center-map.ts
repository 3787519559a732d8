/** Decodes the maps of a CenterNet: Zhou et al., "Objects as Points", arXiv:1904.07850. */
import { InputError } from '../../core/errors.ts';
import { requireOptions } from '../../core/option-errors.ts';
import { shapeText, type Tensor } from '../../core/tensor.ts';
import type { ScoredBox } from './boxes.ts';

/** The maps of one picture. */
export interface CenterMaps {
  /** Probability of a centre, `[1, height, width, classes]`. */
  readonly scores: Tensor;
  /** Distances from a centre to the box's left, top, right and bottom, in input pixels, `[1, height, width, 4]`. */
  readonly extents: Tensor;
}

/** How `decodeCenterMap` chooses. */
export interface CenterMapOptions {
  /** Input pixels from one cell to the next. */
  readonly stride: number;
  readonly threshold: number;
  /** How many centres are taken at most. */
  readonly max: number;
}

/**
 * Boxes in input pixels around the cells whose score is the highest of its class among its eight neighbours, best first.
 * Peaks take the place of suppression. Throws InputError when the maps are none, and for options that are
 * left out or there are not.
 */
export function decodeCenterMap({ scores, extents }: CenterMaps, options: CenterMapOptions): ScoredBox[] {
  const [batch, height = 0, width = 0, classes = 0] = scores.shape;
  if (batch !== 1 || scores.shape.length !== 4 || extents.data.length !== height * width * 4) {
    throw new InputError(
      `${shapeText(scores.shape)} and ${shapeText(extents.shape)} are no maps of centres and extents of one picture`,
      { hint: 'They are [1, height, width, classes] and [1, height, width, 4]' },
    );
  }
  const { stride, threshold, max } = requireOptions<CenterMapOptions>('decodeCenterMap', options, {
    stride: 'positive',
    threshold: 'number',
    max: 'count',
  });
  if (stride === undefined || threshold === undefined || max === undefined) {
    throw new InputError('decodeCenterMap needs a stride, a threshold and a max');
  }
  const boxes: ScoredBox[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let index = 0; index < classes; index++) {
        const score = scores.data[(y * width + x) * classes + index] ?? 0;
        if (!(score >= threshold) || !isPeak(scores, [y, x, index])) continue;
        const [left = 0, top = 0, right = 0, bottom = 0] = extents.data.subarray((y * width + x) * 4);
        const [cx, cy] = [x * stride, y * stride];
        boxes.push({ x1: cx - left, y1: cy - top, x2: cx + right, y2: cy + bottom, index, score });
      }
    }
  }
  return boxes.sort((a, b) => b.score - a.score).slice(0, max);
}

function isPeak({ shape, data }: Tensor, [y, x, index]: readonly [number, number, number]): boolean {
  const [, height = 0, width = 0, classes = 0] = shape;
  const at = (row: number, column: number): number => data[(row * width + column) * classes + index] ?? 0;
  const score = at(y, x);
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
      if (at(row, column) > score) return false;
    }
  }
  return true;
}
