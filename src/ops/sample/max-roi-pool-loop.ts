/** The CPU reference of MaxRoiPool. */
import { zeros } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { imageOf, mapElements } from '../lib/rois.ts';

/** Pixels `from` to before `to`. */
interface Run {
  readonly from: number;
  readonly to: number;
}

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
    const [x1, y1, x2, y2] = box.map((v) => pixelOf(v, spatialScale)) as [number, number, number, number];
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

/** The pixel next to a coordinate, halves away from zero. */
function pixelOf(coordinate: number, scale: number): number {
  const scaled = Math.fround(coordinate * Math.fround(scale));
  const size = Math.abs(scaled);
  const whole = Math.trunc(size) + (size % 1 >= 0.5 ? 1 : 0);
  return Number.isNaN(scaled) ? NaN : Math.sign(scaled) * Math.min(whole, FURTHEST);
}

/** The bins of one axis, as far as they lie on the map: those of a box without a number for an end have no pixels. */
function binsOf(low: number, high: number, bins: number, extent: number): Run[] {
  const size = Math.max(high - low + 1, 1);
  const onMap = (v: number): number => Math.min(Math.max(v, 0), extent) || 0;
  return range(bins).map((i) => ({
    from: onMap(low + Math.floor((i * size) / bins)),
    to: onMap(low + Math.ceil(((i + 1) * size) / bins)),
  }));
}

/** The greatest element of a bin, or 0 where it has none. */
function most(down: Run, across: Run, element: (row: number, column: number) => number): number {
  if (down.to <= down.from || across.to <= across.from) return 0;
  let greatest = -Infinity;
  for (let row = down.from; row < down.to; row++) {
    for (let column = across.from; column < across.to; column++) greatest = Math.max(greatest, element(row, column));
  }
  return greatest;
}
