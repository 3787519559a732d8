/** The CPU reference of Conv: the loops over windows, groups and channels. */
import { zeros, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at, product } from '../../util/arrays.ts';
import { activationFunction } from '../lib/activation.ts';
import { groupedChannels, type Channels } from '../lib/channels.ts';
import type { Tensors } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { reals, rowAccumulator, type Reals } from '../lib/rows.ts';
import { slidingWindows, type WindowTaps } from '../lib/taps.ts';
import { windowAxes } from '../lib/window.ts';

/** x, each channel of each image multiplied by its factor. */
function scaledInput(x: Tensor, scale: Tensor | undefined): Reals {
  const data = reals(x);
  if (!scale) return data;
  const channels = at(x.shape, x.shape.length - 1);
  const image = data.length / at(x.shape, 0);
  return new Float64Array(data).map((v, i) => v * (scale.data[Math.floor(i / image) * channels + (i % channels)] ?? 0));
}

/** Adds `taps` neighbouring input pixels, through as many neighbouring kernel positions, to one output pixel. */
type AddPixels = (xAt: number, wAt: number, taps: number) => void;

function pixelAdder(x: Reals, w: Reals, acc: Float64Array, { group, inC, inCPerGroup, outC }: Channels): AddPixels {
  if (inCPerGroup === 1 && outC === group) {
    return (xAt, wAt, taps) => {
      for (let t = 0; t < taps * outC; t += outC) {
        for (let c = 0; c < outC; c++) acc[c] = (acc[c] ?? 0) + (x[xAt + t + c] ?? 0) * (w[wAt + t + c] ?? 0);
      }
    };
  }
  const width = outC / group;
  const add = rowAccumulator({ acc, x, w, rowStride: outC, width });
  // Without groups, neighbouring pixels and their weights are one long run of channels.
  if (group === 1) return (xAt, wAt, taps) => add(xAt, wAt, 0, taps * inC);
  return (xAt, wAt, taps) => {
    for (let t = 0; t < taps; t++) {
      for (let g = 0; g < group; g++) {
        add(xAt + t * inC + g * inCPerGroup, wAt + t * inCPerGroup * outC + g * width, g * width, inCPerGroup);
      }
    }
  };
}

/** How many taps from `first` on are neighbours both in the input and in the kernel. */
function runLength({ pixels, kernel }: WindowTaps, first: number): number {
  let end = first + 1;
  while (
    end < pixels.length &&
    pixels[end] === (pixels[end - 1] ?? 0) + 1 &&
    kernel[end] === (kernel[end - 1] ?? 0) + 1
  ) {
    end++;
  }
  return end - first;
}

/** `OpDefinition.reference` of Conv. */
export function convReference(
  node: NodeOf<'Conv'>,
  inputs: Tensors,
  outputs: readonly TensorDesc[],
): readonly Tensor[] {
  const x = tensorAt(inputs, 0);
  const w = tensorAt(inputs, 1);
  const { dtype, shape } = at(outputs, 0);
  const y = zeros(dtype, shape);
  const channels = groupedChannels(x.shape, w.shape, node.attributes.group);
  const axes = windowAxes(node.attributes, x.shape, w.shape.slice(0, -2));
  const windows = slidingWindows(axes, shape.slice(1, -1));
  const acc = new Float64Array(channels.outC);
  const add = pixelAdder(scaledInput(x, inputs[4]), reals(w), acc, channels);
  const finish = epilogue(node, inputs, y, acc);
  const imagePixels = product(axes.map((axis) => axis.input));
  const kernelPixel = channels.inCPerGroup * channels.outC;
  for (let n = 0; n < at(shape, 0); n++) {
    for (const taps of windows) {
      acc.fill(0);
      for (let i = 0, run = 0; i < taps.pixels.length; i += run) {
        run = runLength(taps, i);
        add((n * imagePixels + at(taps.pixels, i)) * channels.inC, at(taps.kernel, i) * kernelPixel, run);
      }
      finish();
    }
  }
  return [y];
}

/** Bias, residual and activation of the accumulated pixel, written at the next output pixel. */
function epilogue(node: NodeOf<'Conv'>, inputs: Tensors, y: Tensor, acc: Float64Array): () => void {
  const bias = inputs[2]?.data;
  const residual = inputs[3]?.data;
  const scale = inputs[5]?.data;
  const activate = activationFunction(node.attributes.activation);
  let out = 0;
  return () => {
    for (let m = 0; m < acc.length; m++, out++) {
      y.data[out] = activate((acc[m] ?? 0) * (scale?.[m] ?? 1) + (bias?.[m] ?? 0) + (residual?.[out] ?? 0));
    }
  };
}
