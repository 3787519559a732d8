/** The CPU references of global pools: every pixel folded, channel by channel. */
import { zeros, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';

/** Folds all pixels of each image with `step` from `start`, then `finish` (which gets the number of pixels). */
function globalPool(
  x: Tensor,
  output: TensorDesc,
  start: number,
  step: (acc: number, v: number) => number,
  finish: (acc: number, pixels: number) => number,
): Tensor {
  const y = zeros(output.dtype, output.shape);
  const channels = at(x.shape, x.shape.length - 1);
  const pixels = product(x.shape.slice(1, -1));
  const acc = new Float64Array(channels);
  for (let n = 0; n < at(x.shape, 0); n++) {
    acc.fill(start);
    for (let p = 0; p < pixels; p++) {
      const base = (n * pixels + p) * channels;
      for (let c = 0; c < channels; c++) acc[c] = step(acc[c] ?? 0, x.data[base + c] ?? 0);
    }
    acc.forEach((v, c) => {
      y.data[n * channels + c] = finish(v, pixels);
    });
  }
  return y;
}

/** `OpDefinition.reference` of GlobalAveragePool. */
export const globalAveragePoolReference: Reference<'GlobalAveragePool'> = (_node, inputs, outputs) => [
  globalPool(
    tensorAt(inputs, 0),
    at(outputs, 0),
    0,
    (acc, v) => acc + v,
    (acc, pixels) => acc / pixels,
  ),
];

/** `OpDefinition.reference` of GlobalMaxPool. */
export const globalMaxPoolReference: Reference<'GlobalMaxPool'> = (_node, inputs, outputs) => [
  globalPool(
    tensorAt(inputs, 0),
    at(outputs, 0),
    -Infinity,
    (acc, v) => (acc >= v || acc !== acc ? acc : v),
    (acc) => acc,
  ),
];
