/** The CPU reference of GridSample. */
import { zeros } from '../../core/tensor.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { GRID_CUBIC, MOST_PIXELS, TAPS } from '../../ir/shapes/grid-sample.ts';
import { at, product, range, stridesOf } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';

type How = OpAttributes['GridSample'];

/** An element along one dimension, or a place in the map, and its weight. */
interface Weighted {
  readonly at: number;
  readonly weight: number;
}

/** `OpDefinition.reference` of GridSample. */
export const gridSampleReference: Reference<'GridSample'> = ({ attributes }, inputs, outputs) => {
  const [x, grid] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const { dtype, shape } = at(outputs, 0);
  const y = zeros(dtype, shape);
  const extents = x.shape.slice(1, -1);
  const [dims, channels] = [extents.length, at(shape, shape.length - 1)];
  const perImage = product(shape.slice(1, -1));
  for (let pixel = 0; pixel < product(shape.slice(0, -1)); pixel++) {
    const axes = extents.map((extent, d) =>
      tapsAt(placeOf(at(grid.data, pixel * dims + dims - 1 - d), extent, attributes), extent, attributes),
    );
    const image = Math.floor(pixel / perImage) * product(extents);
    const taps = combined(axes, stridesOf(extents));
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (const tap of taps) sum += tap.weight * at(x.data, (image + tap.at) * channels + c);
      y.data[pixel * channels + c] = sum;
    }
  }
  return [y];
};

/** The place among the elements of a dimension that a number of the grid stands for, in float32. */
function placeOf(g: number, extent: number, { alignCorners }: How): number {
  const from = Math.fround(Math.fround(g) + 1);
  const place = alignCorners
    ? Math.fround(Math.fround(from / 2) * (extent - 1))
    : Math.fround(Math.fround(Math.fround(from * extent) - 1) / 2);
  return Number.isNaN(place) ? -MOST_PIXELS : Math.min(MOST_PIXELS, Math.max(-MOST_PIXELS, place));
}

/** The elements of one dimension that have a part in what lies at a place, with weights other than 0. */
function tapsAt(place: number, extent: number, how: How): Weighted[] {
  const first = { nearest: roundedToEven(place), linear: Math.floor(place), cubic: Math.floor(place) - 1 }[how.mode];
  return range(TAPS[how.mode]).flatMap((k) => {
    const at = insideOf(first + k, extent, how);
    const weight = how.mode === 'nearest' ? 1 : filter(how.mode, Math.abs(place - first - k));
    return at === undefined || weight === 0 ? [] : [{ at, weight }];
  });
}

/** Of two whole numbers that are as near the even one. */
function roundedToEven(v: number): number {
  const low = Math.floor(v);
  if (v - low !== 0.5) return Math.round(v);
  return low % 2 === 0 ? low : low + 1;
}

function filter(mode: 'linear' | 'cubic', t: number): number {
  if (mode === 'linear') return 1 - t;
  const a = GRID_CUBIC;
  return t <= 1 ? ((a + 2) * t - (a + 3)) * t * t + 1 : ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
}

/** The element that stands for `i`, which may lie beyond the edge; undefined where there is none. */
function insideOf(i: number, extent: number, { padding, alignCorners }: How): number | undefined {
  if (i >= 0 && i < extent) return i;
  if (padding === 'zeros') return undefined;
  if (padding === 'border' || extent === 1) return i < 0 ? 0 : extent - 1;
  const period = 2 * (alignCorners ? extent - 1 : extent);
  const within = i - Math.floor(i / period) * period;
  if (within < extent) return within;
  return (alignCorners ? period : period - 1) - within;
}

function combined(axes: readonly (readonly Weighted[])[], strides: readonly number[]): Weighted[] {
  return axes.reduce<Weighted[]>(
    (all, axis, d) =>
      all.flatMap((tap) =>
        axis.map(({ at: i, weight }) => ({ at: tap.at + i * at(strides, d), weight: tap.weight * weight })),
      ),
    [{ at: 0, weight: 1 }],
  );
}
