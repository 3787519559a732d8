/** The CPU reference of DeformRoiPool. */
import { zeros, type Tensor } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import {
  adaptiveGrid,
  boxSpan,
  imageOf,
  interpolated,
  mapElements,
  pixelOf,
  samplesFrom,
  type AxisSample,
} from '../lib/rois.ts';

type Attributes = NodeOf<'DeformRoiPool'>['attributes'];

/** Boxes that reach further out are as if they ended here, where ends are whole. */
const FURTHEST = 2 ** 18;

/** A box along an axis, in pixels, and how many bins and samples it has. */
interface Axis {
  readonly start: number;
  readonly size: number;
  readonly bins: number;
  readonly grid: number;
  readonly extent: number;
}

/** `OpDefinition.reference` of DeformRoiPool. */
export const deformRoiPoolReference: Reference<'DeformRoiPool'> = ({ attributes }, inputs, outputs) => {
  const [x, rois, offsets] = [tensorAt(inputs, 0), tensorAt(inputs, 1), inputs[2]];
  const { dtype, shape } = at(outputs, 0);
  const { outputHeight, outputWidth, groupHeight, groupWidth } = attributes;
  const y = zeros(dtype, shape);
  const [images, h, w, channels] = [at(x.shape, 0), at(x.shape, 1), at(x.shape, 2), at(shape, 3)];
  const each = channels / (offsets ? at(offsets.shape, 3) / 2 : 1);
  const element = mapElements(x);
  let out = 0;
  for (let r = 0; r < at(shape, 0); r++) {
    const image = imageOf(at(rois.data, r * 5), images);
    const [x1, y1, x2, y2] = [1, 2, 3, 4].map((i) => at(rois.data, r * 5 + i)) as [number, number, number, number];
    const down = axisOf(y1, y2, { bins: outputHeight, extent: h, attributes });
    const across = axisOf(x1, x2, { bins: outputWidth, extent: w, attributes });
    for (let i = 0; i < outputHeight; i++) {
      for (let j = 0; j < outputWidth; j++) {
        const group = part(i, outputHeight, groupHeight) * groupWidth + part(j, outputWidth, groupWidth);
        for (let c = 0; c < channels; c++) {
          const [dx, dy] = offsetOf(offsets, attributes, { r, i, j, group: Math.floor(c / each) });
          const rows = samplesOf(down, i, dy, attributes);
          const columns = samplesOf(across, j, dx, attributes);
          let sum = 0;
          const from = c * groupHeight * groupWidth + group;
          for (const v of rows)
            for (const u of columns) sum += interpolated(v, u, (a, b) => element(image, a, b, from));
          const all = attributes.samples === 'aligned' ? down.grid * across.grid : rows.length * columns.length;
          y.data[out++] = sum / Math.max(1, all);
        }
      }
    }
  }
  return [y];
};

/** Which of `parts` equal parts a bin belongs to. */
function part(bin: number, bins: number, parts: number): number {
  return Math.floor((bin * parts) / bins);
}

/** The offset, x before y, of bin (i, j) of a box. */
function offsetOf(
  offsets: Tensor | undefined,
  { outputHeight, outputWidth }: Attributes,
  { r, i, j, group }: { readonly r: number; readonly i: number; readonly j: number; readonly group: number },
): readonly [number, number] {
  if (!offsets) return [0, 0];
  const [, down = 1, across = 1, fields = 2] = offsets.shape;
  const place = ((r * down + part(i, outputHeight, down)) * across + part(j, outputWidth, across)) * fields + 2 * group;
  return [at(offsets.data, place), at(offsets.data, place + 1)];
}

function axisOf(
  low: number,
  high: number,
  { bins, extent, attributes }: { bins: number; extent: number; attributes: Attributes },
): Axis {
  const scale = Math.fround(attributes.spatialScale);
  if (attributes.samples === 'rounded') {
    const [first, last] = [pixelOf(low, 1, FURTHEST), pixelOf(high, 1, FURTHEST) + 1];
    const { start, size } = boxSpan(first, last, scale, 0.5);
    return { start, size: Math.max(size, Math.fround(0.1)), bins, grid: attributes.samplingRatio, extent };
  }
  const { start, size } = boxSpan(low, high, scale, 0.5);
  return { start, size, bins, grid: attributes.samplingRatio || adaptiveGrid(size, bins), extent };
}

/** Samples of a bin that is moved by an offset. */
function samplesOf(
  { start, size, bins, grid, extent }: Axis,
  bin: number,
  offset: number,
  { gamma, samples }: Attributes,
): AxisSample[] {
  const width = Math.fround(size / bins);
  const shift = Math.fround(Math.fround(Math.fround(gamma) * size) * offset);
  const from = Math.fround(Math.fround(start + Math.fround(bin * width)) + shift);
  const [phase, reach] = samples === 'aligned' ? [0.5, 1] : [0, 0.5];
  return samplesFrom(from, width, extent, { grid, phase, reach });
}
