/** Anchors of region proposal networks and RetinaNet, corners in pixels of the picture. */
import type { Tensor } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import { checkSizes, perCell, type MapExtent } from './cells.ts';

type Corners = readonly [number, number, number, number];

/** Shapes that are moved over a map. */
export interface AnchorOptions {
  readonly map: MapExtent;
  /** Pixels from one cell to the next, down and to the right. */
  readonly stride: MapExtent;
  /** Heights over widths. */
  readonly ratios: readonly number[];
  /** Sides of squares of the same area, in pixels; of `rcnnAnchors` in squares of `base`. */
  readonly sizes: readonly number[];
}

/**
 * Anchors as torchvision has them, `[cells · ratios · sizes, 4]`: about the first pixel of each cell, half their sides
 * rounded. Those of RetinaNet are these, of `retinaSizes`. Throws InputError without sizes or ratios above 0.
 */
export function gridAnchors({ map, stride, ratios, sizes }: AnchorOptions): Tensor {
  check(ratios, sizes);
  const shapes = ratios.flatMap((ratio) =>
    sizes.map((size): Corners => {
      const [w, h] = [roundEven(size / Math.sqrt(ratio) / 2), roundEven((size * Math.sqrt(ratio)) / 2)];
      return [-w, -h, w, h];
    }),
  );
  return moved(map, stride, shapes);
}

/** The three sizes of a level of RetinaNet (Lin et al., arXiv:1708.02002), thirds of an octave apart, whole as torchvision has them. */
export function retinaSizes(size: number): readonly [number, number, number] {
  return [size, Math.floor(size * 2 ** (1 / 3)), Math.floor(size * 2 ** (2 / 3))];
}

/**
 * Anchors of the first Faster R-CNN (Ren et al., arXiv:1506.01497), `[cells · ratios · sizes, 4]`: corners are pixels inside,
 * so that one of sixteen is from 0 to 15. Each ratio's sides are whole, and then made as many times larger as `sizes` says.
 */
export function rcnnAnchors({ map, stride, ratios, sizes }: AnchorOptions, base = 16): Tensor {
  check(ratios, sizes);
  const middle = (base - 1) / 2;
  const shapes = ratios.flatMap((ratio) => {
    const w = roundEven(Math.sqrt((base * base) / ratio));
    const h = roundEven(w * ratio);
    return sizes.map((size): Corners => {
      const [x, y] = [(w * size - 1) / 2, (h * size - 1) / 2];
      return [middle - x, middle - y, middle + x, middle + y];
    });
  });
  return moved(map, stride, shapes);
}

function moved(map: MapExtent, [down, right]: MapExtent, shapes: readonly Corners[]): Tensor {
  return perCell(map, shapes.length, (row, column, k) => {
    const [x1, y1, x2, y2] = at(shapes, k);
    const [x, y] = [column * right, row * down];
    return [x1 + x, y1 + y, x2 + x, y2 + y];
  });
}

/** As NumPy and PyTorch round: halves to even numbers. */
function roundEven(v: number): number {
  const low = Math.floor(v);
  if (v - low !== 0.5) return Math.round(v);
  return low % 2 === 0 ? low : low + 1;
}

function check(ratios: readonly number[], sizes: readonly number[]): void {
  for (const numbers of [ratios, sizes]) checkSizes('anchors', numbers);
}
