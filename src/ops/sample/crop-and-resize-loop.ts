/** The CPU reference of CropAndResize. */
import { zeros } from '../../core/tensor.ts';
import { cropRatio, CROP_SLACK } from '../../ir/shapes/crop.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at, range } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { imageOf, interpolated, mapElements, type AxisSample } from '../lib/rois.ts';

type Mode = NodeOf<'CropAndResize'>['attributes']['mode'];

/** `OpDefinition.reference` of CropAndResize. */
export const cropAndResizeReference: Reference<'CropAndResize'> = ({ attributes }, inputs, outputs) => {
  const [x, boxes, images] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const { dtype, shape } = at(outputs, 0);
  const { outputHeight, outputWidth, mode, extrapolation } = attributes;
  const y = zeros(dtype, shape);
  const [count, h, w, channels] = [at(x.shape, 0), at(x.shape, 1), at(x.shape, 2), at(x.shape, 3)];
  const element = mapElements(x);
  let out = 0;
  for (let r = 0; r < at(shape, 0); r++) {
    const [y1, x1, y2, x2] = [0, 1, 2, 3].map((i) => at(boxes.data, r * 4 + i)) as [number, number, number, number];
    const columns = placesOf(x1, x2, outputWidth, w, mode);
    const image = imageOf(at(images.data, r), count);
    for (const down of placesOf(y1, y2, outputHeight, h, mode)) {
      for (const across of columns) {
        for (let c = 0; c < channels; c++) {
          y.data[out++] =
            down && across
              ? interpolated(down, across, (row, column) => element(image, row, column, c))
              : extrapolation;
        }
      }
    }
  }
  return [y];
};

/** Where the pixels of a crop lie along an axis; undefined beyond the image. */
function placesOf(low: number, high: number, size: number, extent: number, mode: Mode): (AxisSample | undefined)[] {
  const last = extent - 1;
  const step = Math.fround(Math.fround(high - low) * cropRatio(extent, size));
  return range(size).map((i) => {
    const place =
      size === 1
        ? Math.fround(Math.fround(0.5 * Math.fround(low + high)) * last)
        : Math.fround(Math.fround(low * last) + Math.fround(i * step));
    const slack = last * CROP_SLACK;
    if (!(place >= -slack && place <= last + slack)) return undefined;
    const inside = Math.min(Math.max(place, 0), last);
    const first = Math.floor(mode === 'nearest' ? Math.fround(inside + 0.5) : inside);
    return { low: first, high: Math.min(first + 1, last), share: mode === 'nearest' ? 0 : Math.fround(inside - first) };
  });
}
