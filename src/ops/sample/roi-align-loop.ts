/** The CPU reference of RoiAlign. */
import { zeros, type Tensor } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at, range } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import {
  adaptiveGrid,
  boxSpan,
  imageOf,
  interpolated,
  neighbours,
  mapElements,
  samplesFrom,
  type AxisSample,
  type Element,
} from '../lib/rois.ts';

type Attributes = NodeOf<'RoiAlign'>['attributes'];

/** The samples of a bin along one axis that are not too far out, and how many it has with those. */
interface BinSamples {
  readonly samples: readonly AxisSample[];
  readonly grid: number;
}

/** `OpDefinition.reference` of RoiAlign. */
export const roiAlignReference: Reference<'RoiAlign'> = ({ attributes }, inputs, outputs) => {
  const [x, rois, batch] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const { dtype, shape } = at(outputs, 0);
  const y: Tensor = zeros(dtype, shape);
  const [images, h, w, channels] = [at(x.shape, 0), at(x.shape, 1), at(x.shape, 2), at(x.shape, 3)];
  const element = mapElements(x);
  let out = 0;
  for (let r = 0; r < at(shape, 0); r++) {
    const [x1, y1, x2, y2] = [0, 1, 2, 3].map((i) => at(rois.data, r * 4 + i)) as [number, number, number, number];
    const rows = binsOf(y1, y2, attributes.outputHeight, h, attributes);
    const columns = binsOf(x1, x2, attributes.outputWidth, w, attributes);
    const image = imageOf(at(batch.data, r), images);
    for (const down of rows) {
      for (const across of columns) {
        for (let c = 0; c < channels; c++) {
          y.data[out++] = pooled(down, across, attributes.mode, (row, column) => element(image, row, column, c));
        }
      }
    }
  }
  return [y];
};

/** The bins of one axis of a box. */
function binsOf(low: number, high: number, bins: number, extent: number, attributes: Attributes): BinSamples[] {
  const half = attributes.coordinateMode === 'half_pixel';
  const span = boxSpan(low, high, Math.fround(attributes.spatialScale), half ? 0.5 : 0);
  // Not a maximum: that of a box without an end must not be one pixel.
  const size = !half && span.size < 1 ? 1 : span.size;
  const bin = Math.fround(size / bins);
  const grid = attributes.samplingRatio || adaptiveGrid(size, bins);
  return range(bins).map((i) => {
    const start = Math.fround(span.start + Math.fround(i * bin));
    return { grid, samples: samplesFrom(start, bin, extent, { grid, phase: 0.5, reach: 1 }) };
  });
}

/** Samples that are too far out are 0. */
function pooled(down: BinSamples, across: BinSamples, mode: Attributes['mode'], element: Element): number {
  const count = down.grid * across.grid;
  if (mode === 'avg') {
    let sum = 0;
    for (const y of down.samples) for (const x of across.samples) sum += interpolated(y, x, element);
    return sum / Math.max(1, count);
  }
  if (count === 0) return 0;
  let most = down.samples.length * across.samples.length < count ? 0 : -Infinity;
  for (const y of down.samples) {
    for (const x of across.samples) {
      for (const [row, column, w] of neighbours(y, x)) most = Math.max(most, w === 0 ? 0 : w * element(row, column));
    }
  }
  return most;
}
