/** The CPU reference of MaxRoiPool. */
import { zeros } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { imageOf, mapElements, pixelOf, wholeBins, type PixelRun } from '../lib/rois.ts';

/** Boxes that reach further out are as if they ended here: integers are exact so far. */
const FURTHEST = 2 ** 24;

/** `OpDefinition.reference` of MaxRoiPool. */
export const maxRoiPoolReference: Reference<'MaxRoiPool'> = ({ attributes }, inputs, outputs) => {
  const [x, rois] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const { dtype, shape } = at(outputs, 0);
  const { outputHeight, outputWidth, spatialScale } = attributes;
  const y = zeros(dtype, shape);
  const [images, h, w, channels] = [at(x.shape, 0), at(x.shape, 1), at(x.shape, 2), at(x.shape, 3)];
  const element = mapElements(x);
  let out = 0;
  for (let r = 0; r < at(shape, 0); r++) {
    const [image, ...box] = range(5).map((i) => at(rois.data, r * 5 + i));
    const [x1, y1, x2, y2] = box.map((v) => pixelOf(v, spatialScale, FURTHEST)) as [number, number, number, number];
    const columns = binsOf(x1, x2, outputWidth, w);
    for (const down of binsOf(y1, y2, outputHeight, h)) {
      for (const across of columns) {
        for (let c = 0; c < channels; c++) {
          y.data[out++] = most(down, across, (row, column) => element(imageOf(image ?? 0, images), row, column, c));
        }
      }
    }
  }
  return [y];
};

/** The bins of one axis, whose last pixel belongs to the box. */
function binsOf(low: number, high: number, bins: number, extent: number): PixelRun[] {
  return wholeBins(low, Math.max(high - low + 1, 1), bins, extent);
}

/** The greatest element of a bin, or 0 where it has none. */
function most(down: PixelRun, across: PixelRun, element: (row: number, column: number) => number): number {
  if (down.to <= down.from || across.to <= across.from) return 0;
  let greatest = -Infinity;
  for (let row = down.from; row < down.to; row++) {
    for (let column = across.from; column < across.to; column++) greatest = Math.max(greatest, element(row, column));
  }
  return greatest;
}
