/** The CPU reference of ConvTranspose: each input pixel, times the weights, is added to the output pixels it meets. */
import { zeros } from '../../core/tensor.ts';
import { transposedAxes, type TransposedAxis } from '../../ir/shapes/transposed-window.ts';
import { at, product } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { activationFunction } from '../lib/activation.ts';
import { groupedChannels } from '../lib/channels.ts';
import { tensorAt } from '../lib/operands.ts';
import { reals, rowAccumulator } from '../lib/rows.ts';

/** A pixel of the input, one of the output and one of the kernel that meet, as indices into their flattened extents. */
type Meeting = readonly [input: number, output: number, kernel: number];

/** Every meeting of an image, by the extents of its axes. */
function* meetings(axes: readonly TransposedAxis[], from: Meeting = [0, 0, 0]): Generator<Meeting> {
  const [axis, ...inner] = axes;
  if (!axis) {
    yield from;
    return;
  }
  for (let i = 0; i < axis.input; i++) {
    for (let k = 0; k < axis.kernel; k++) {
      const o = i * axis.stride + k * axis.dilation - axis.padBegin;
      if (o < 0 || o >= axis.output) continue;
      yield* meetings(inner, [from[0] * axis.input + i, from[1] * axis.output + o, from[2] * axis.kernel + k]);
    }
  }
}

/** `OpDefinition.reference` of ConvTranspose. */
export const convTransposeReference: Reference<'ConvTranspose'> = ({ attributes }, inputs, outputs) => {
  const [x, w] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const { dtype, shape } = at(outputs, 0);
  const { group, inC, inCPerGroup, outC } = groupedChannels(x.shape, w.shape, attributes.group);
  const axes = transposedAxes(attributes, x.shape.slice(1, -1), w.shape.slice(0, -2));
  const [inPixels, outPixels] = [product(axes.map((axis) => axis.input)), product(axes.map((axis) => axis.output))];
  const acc = new Float64Array(product(shape));
  const width = outC / group;
  const add = rowAccumulator({ acc, x: reals(x), w: reals(w), rowStride: outC, width });
  for (const [input, output, kernel] of meetings(axes)) {
    for (let n = 0; n < at(shape, 0); n++) {
      for (let g = 0; g < group; g++) {
        const xAt = (n * inPixels + input) * inC + g * inCPerGroup;
        add(xAt, kernel * inCPerGroup * outC + g * width, (n * outPixels + output) * outC + g * width, inCPerGroup);
      }
    }
  }
  const bias = inputs[2]?.data;
  const activate = activationFunction(attributes.activation);
  const y = zeros(dtype, shape);
  acc.forEach((sum, i) => {
    y.data[i] = activate(sum + (bias?.[i % outC] ?? 0));
  });
  return [y];
};
