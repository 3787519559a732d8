/** The CPU reference of PsRoiPool. */
import { zeros } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at, range } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { imageOf, mapElements, pixelOf, wholeBins, type PixelRun } from '../lib/rois.ts';

/** Boxes that reach further out are as if they ended here: so far float32 divides them exactly into up to 64 bins. */
const FURTHEST = 2 ** 18;

/** `OpDefinition.reference` of PsRoiPool. */
export const psRoiPoolReference: Reference<'PsRoiPool'> = ({ attributes }, inputs, outputs) => {
  const [x, rois] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const { dtype, shape } = at(outputs, 0);
  const { outputHeight, outputWidth } = attributes;
  const y = zeros(dtype, shape);
  const [images, h, w] = [at(x.shape, 0), at(x.shape, 1), at(x.shape, 2)];
  const bins = outputHeight * outputWidth;
  const element = mapElements(x);
  let out = 0;
  for (let r = 0; r < at(shape, 0); r++) {
    const image = imageOf(at(rois.data, r * 5), images);
    const [x1, y1, x2, y2] = [1, 2, 3, 4].map((i) => at(rois.data, r * 5 + i)) as [number, number, number, number];
    const rows = binsOf(y1, y2, outputHeight, h, attributes);
    const columns = binsOf(x1, x2, outputWidth, w, attributes);
    for (let bin = 0; bin < bins; bin++) {
      const [down, across] = [at(rows, Math.floor(bin / outputWidth)), at(columns, bin % outputWidth)];
      for (let c = 0; c < at(shape, 3); c++) {
        y.data[out++] = mean(down, across, (row, column) => element(image, row, column, c * bins + bin));
      }
    }
  }
  return [y];
};

/** The bins of one axis of a box. */
function binsOf(
  low: number,
  high: number,
  bins: number,
  extent: number,
  { ends, spatialScale }: NodeOf<'PsRoiPool'>['attributes'],
): PixelRun[] {
  if (ends === 'scaled') {
    const start = pixelOf(low, spatialScale, FURTHEST);
    return wholeBins(start, Math.max(pixelOf(high, spatialScale, FURTHEST) - start, 1), bins, extent - 1);
  }
  const scale = Math.fround(spatialScale);
  const start = Math.fround(pixelOf(low, 1, FURTHEST) * scale);
  const end = Math.fround((pixelOf(high, 1, FURTHEST) + 1) * scale);
  return wholeBins(start, Math.max(Math.fround(end - start), Math.fround(0.1)), bins, extent);
}

/** The mean of the elements of a bin, or 0 where it has none. */
function mean(down: PixelRun, across: PixelRun, element: (row: number, column: number) => number): number {
  const [rows, columns] = [range(Math.max(0, down.to - down.from)), range(Math.max(0, across.to - across.from))];
  let sum = 0;
  for (const i of rows) for (const j of columns) sum += element(down.from + i, across.from + j);
  return sum / Math.max(1, rows.length * columns.length);
}
