/** The CPU references of max and average pooling: one loop, which both fold with. */
import { extremesOf } from '../../core/extremes.ts';
import { zeros, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import type { PoolWindow } from '../../ir/ops.ts';
import { at, product } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { slidingWindows, type WindowTaps } from '../lib/taps.ts';
import { windowAxes } from '../lib/window.ts';

/** How a pool folds the elements of a window. */
interface PoolFold {
  readonly start: number;
  readonly step: (acc: number, v: number) => number;
  readonly finish: (acc: number, taps: WindowTaps) => number;
}

/** The mean of what a window sees; one that is dilated may see nothing but padding: 0, as in onnxruntime. */
export const meanFold = ({ countIncludePad }: { readonly countIncludePad: boolean }): PoolFold => ({
  start: 0,
  step: (acc, v) => acc + v,
  finish: (acc, taps) => acc / Math.max(1, countIncludePad ? taps.padded : taps.pixels.length),
});

/** Folds every window of `x`, channel by channel. */
export function foldWindows(x: Tensor, window: PoolWindow, output: TensorDesc, fold: PoolFold): Tensor {
  const y = zeros(output.dtype, output.shape);
  const axes = windowAxes(window, x.shape, window.kernel);
  const windows = slidingWindows(axes, output.shape.slice(1, -1));
  const channels = at(x.shape, x.shape.length - 1);
  const imagePixels = product(axes.map((axis) => axis.input));
  const acc = new Float64Array(channels);
  const { step } = fold;
  let out = 0;
  for (let n = 0; n < at(x.shape, 0); n++) {
    for (const taps of windows) {
      acc.fill(fold.start);
      for (const pixel of taps.pixels) {
        const base = (n * imagePixels + pixel) * channels;
        for (let c = 0; c < channels; c++) acc[c] = step(acc[c] ?? 0, x.data[base + c] ?? 0);
      }
      for (let c = 0; c < channels; c++) y.data[out++] = fold.finish(acc[c] ?? 0, taps);
    }
  }
  return y;
}

/** `OpDefinition.reference` of MaxPool. */
export const maxPoolReference: Reference<'MaxPool'> = ({ attributes }, inputs, outputs) => [
  foldWindows(tensorAt(inputs, 0), attributes, at(outputs, 0), {
    start: extremesOf(at(outputs, 0).dtype)[0],
    step: (acc, v) => (acc >= v || acc !== acc ? acc : v),
    finish: (acc) => acc,
  }),
];

/** `OpDefinition.reference` of AveragePool. */
export const averagePoolReference: Reference<'AveragePool'> = ({ attributes }, inputs, outputs) => [
  foldWindows(tensorAt(inputs, 0), attributes, at(outputs, 0), meanFold(attributes)),
];

/** `OpDefinition.reference` of LpPool. */
export const lpPoolReference: Reference<'LpPool'> = ({ attributes }, inputs, outputs) => [
  foldWindows(tensorAt(inputs, 0), attributes, at(outputs, 0), {
    start: 0,
    step: (acc, v) => acc + Math.abs(v) ** attributes.p,
    finish: (acc) => acc ** (1 / attributes.p),
  }),
];
