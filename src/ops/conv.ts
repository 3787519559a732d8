/** Convolution over one to three spatial dimensions, channels last: groups, dilation, any padding, fused epilogue. */
import { isFloat } from '../core/dtype.ts';
import { ShapeError } from '../core/errors.ts';
import { elementCount, shapeText, zeros, type Shape, type Tensor, type TensorDesc } from '../core/tensor.ts';
import type { NodeOf } from '../ir/ops.ts';
import { at, product, sameArray } from '../util/arrays.ts';
import { activationFunction } from './activation.ts';
import type { OpDefinition, Operands, Tensors } from './definition.ts';
import { operand, tensorAt } from './operands.ts';
import { reals, rowAccumulator, type Reals } from './rows.ts';
import { outputExtent, slidingWindows, windowAxes, type WindowTaps } from './window.ts';

/** Extents of a convolution beyond its window. */
interface Channels {
  readonly group: number;
  /** Input channels of all groups, and of one. */
  readonly inC: number;
  readonly inCPerGroup: number;
  readonly outC: number;
}

function channelsOf(x: Shape, w: Shape, group: number): Channels {
  const inC = at(x, x.length - 1);
  const inCPerGroup = at(w, w.length - 2);
  const outC = at(w, w.length - 1);
  if (!Number.isInteger(group) || group < 1 || outC % group !== 0) {
    throw new ShapeError(`${outC} output channels do not divide into ${group} groups`);
  }
  if (inCPerGroup * group !== inC) {
    throw new ShapeError(
      `the weights ${shapeText(w)} take ${inCPerGroup * group} input channels in ${group} groups, the input ${shapeText(x)} has ${inC}`,
    );
  }
  return { group, inC, inCPerGroup, outC };
}

function infer(node: NodeOf<'Conv'>, inputs: Operands): readonly TensorDesc[] {
  const x = operand(inputs, 0);
  const w = operand(inputs, 1);
  if (!isFloat(x.dtype) || !isFloat(w.dtype)) throw new ShapeError(`Conv of ${x.dtype} with ${w.dtype} is not defined`);
  if (w.shape.length !== x.shape.length) {
    throw new ShapeError(`weights ${shapeText(w.shape)} do not fit an input of rank ${x.shape.length}`);
  }
  const axes = windowAxes(node.attributes, x.shape, w.shape.slice(0, -2));
  const { outC } = channelsOf(x.shape, w.shape, node.attributes.group);
  const shape = [at(x.shape, 0), ...axes.map((axis) => outputExtent(axis)), outC];
  elementCount(shape);
  const bias = inputs[2];
  if (bias && !sameArray(bias.shape, [outC])) {
    throw new ShapeError(`the bias is ${shapeText(bias.shape)}, ${outC} output channels need ${outC}`);
  }
  const residual = inputs[3];
  if (residual && !sameArray(residual.shape, shape)) {
    throw new ShapeError(`the residual is ${shapeText(residual.shape)}, the output ${shapeText(shape)}`);
  }
  checkScale(node, inputs);
  return [{ dtype: x.dtype, shape }];
}

/** Throws ShapeError unless the scale, if there is one, has a factor for each channel, and each output sees one pixel. */
function checkScale({ attributes }: NodeOf<'Conv'>, inputs: Operands): void {
  const scale = inputs[4];
  if (!scale) return;
  const x = operand(inputs, 0).shape;
  const wanted = x.map((extent, i) => (i === 0 || i === x.length - 1 ? extent : 1));
  if (!isFloat(scale.dtype) || !sameArray(scale.shape, wanted)) {
    throw new ShapeError(`the scale is ${scale.dtype} ${shapeText(scale.shape)}, the input needs ${shapeText(wanted)}`);
  }
  const kernel = operand(inputs, 1).shape.slice(0, -2);
  const units = [...kernel, ...attributes.strides, attributes.group];
  if (!units.every((v) => v === 1) || !attributes.pads.every((v) => v === 0)) {
    throw new ShapeError('a scale needs a 1×1 window without padding, stride 1 and one group');
  }
}

/** x, each channel of each image multiplied by its factor. */
function scaledInput(x: Tensor, scale: Tensor | undefined): Reals {
  const data = reals(x);
  if (!scale) return data;
  const channels = at(x.shape, x.shape.length - 1);
  const image = data.length / at(x.shape, 0);
  return Float64Array.from(data, (v, i) => v * (scale.data[Math.floor(i / image) * channels + (i % channels)] ?? 0));
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

function reference(node: NodeOf<'Conv'>, inputs: Tensors, outputs: readonly TensorDesc[]): readonly Tensor[] {
  const x = tensorAt(inputs, 0);
  const w = tensorAt(inputs, 1);
  const { dtype, shape } = at(outputs, 0);
  const y = zeros(dtype, shape);
  const channels = channelsOf(x.shape, w.shape, node.attributes.group);
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
  const activate = activationFunction(node.attributes.activation);
  let out = 0;
  return () => {
    for (let m = 0; m < acc.length; m++, out++) {
      y.data[out] = activate((acc[m] ?? 0) + (bias?.[m] ?? 0) + (residual?.[out] ?? 0));
    }
  };
}

export const conv: OpDefinition<'Conv'> = {
  infer,
  reference,
  multiplyAdds: (_node, inputs, outputs) => {
    const w = inputs[1]?.shape ?? [];
    return product(at(outputs, 0).shape) * product(w.slice(0, -1));
  },
};
