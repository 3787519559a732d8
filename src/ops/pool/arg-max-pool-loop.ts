/** The CPU reference of ArgMaxPool. */
import { zeros } from '../../core/tensor.ts';
import type { PoolWindow } from '../../ir/ops.ts';
import { at, product, stridesOf } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { slidingWindows } from '../lib/taps.ts';
import { windowAxes } from '../lib/window.ts';

/** The place of each pixel, given row by row, in the order that indices count in. */
function placesOf(extents: readonly number[], order: 'row' | 'column'): (pixel: number) => number {
  if (order === 'row') return (pixel) => pixel;
  const strides = stridesOf(extents);
  const places = stridesOf([...extents].reverse()).reverse();
  return (pixel) =>
    extents.reduce((sum, extent, i) => sum + (Math.floor(pixel / at(strides, i)) % extent) * at(places, i), 0);
}

/** `OpDefinition.reference` of ArgMaxPool. */
export const argMaxPoolReference: Reference<'ArgMaxPool'> = ({ attributes }, inputs, outputs) => {
  const x = tensorAt(inputs, 0);
  const { dtype, shape } = at(outputs, 0);
  const y = zeros(dtype, shape);
  const window: PoolWindow = attributes;
  const axes = windowAxes(window, x.shape, window.kernel);
  const extents = axes.map((axis) => axis.input);
  const [pixels, channels] = [product(extents), at(shape, shape.length - 1)];
  const place = placesOf(extents, attributes.storageOrder);
  const windows = slidingWindows(axes, shape.slice(1, -1));
  let out = 0;
  for (let n = 0; n < at(shape, 0); n++) {
    for (const taps of windows) {
      for (let c = 0; c < channels; c++) {
        const element = (pixel: number): number => at(x.data, (n * pixels + pixel) * channels + c);
        const best = largest(taps.pixels, element);
        y.data[out++] = best === undefined ? -1 : (n * channels + c) * pixels + place(best);
      }
    }
  }
  return [y];
};

/** The first of the pixels with the largest element, or NaN. */
function largest(pixels: readonly number[], element: (pixel: number) => number): number | undefined {
  let best: number | undefined;
  let most = -Infinity;
  for (const pixel of pixels) {
    const v = element(pixel);
    if (best !== undefined && !(v > most) && !(Number.isNaN(v) && !Number.isNaN(most))) continue;
    best = pixel;
    most = v;
  }
  return best;
}
