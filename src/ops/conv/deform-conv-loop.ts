/** The CPU reference of DeformConv: samples of each tap and offset group, then their products with the weights. */
import { zeros, type Tensor } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { activationFunction } from '../lib/activation.ts';
import { groupedChannels } from '../lib/channels.ts';
import { tensorAt } from '../lib/operands.ts';

/** The pixels of one image that a sample at (y, x) is made of, and their weights; none where it lies outside, as NaN does. */
function corners(y: number, x: number, height: number, width: number): { readonly pixel: number; weight: number }[] {
  const [top, left] = [Math.floor(y), Math.floor(x)];
  return [0, 1].flatMap((down) =>
    [0, 1].flatMap((right) => {
      const [iy, ix] = [top + down, left + right];
      if (!(iy >= 0 && iy < height && ix >= 0 && ix < width)) return [];
      const weight = (down ? y - top : 1 - (y - top)) * (right ? x - left : 1 - (x - left));
      return [{ pixel: iy * width + ix, weight }];
    }),
  );
}

/** `OpDefinition.reference` of DeformConv. */
export const deformConvReference: Reference<'DeformConv'> = ({ attributes }, inputs, outputs) => {
  const [x, w, offset] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const [bias, mask] = [inputs[3], inputs[4]];
  const { dtype, shape } = at(outputs, 0);
  const { group, inC, inCPerGroup, outC } = groupedChannels(x.shape, w.shape, attributes.group);
  const [kernelH, kernelW, height, width] = [at(w.shape, 0), at(w.shape, 1), at(x.shape, 1), at(x.shape, 2)];
  const taps = kernelH * kernelW;
  const each = inC / attributes.offsetGroup;
  const samples = new Float64Array(taps * inC);
  const sampleAll = (n: number, oy: number, ox: number, pixel: number): void => {
    samples.fill(0);
    for (const place of range(attributes.offsetGroup * taps)) {
      const [first, tap] = [Math.floor(place / taps) * each, place % taps];
      const row = pixel * attributes.offsetGroup * taps + place;
      const y = axisAt(attributes, 0, oy, Math.floor(tap / kernelW)) + at(offset.data, 2 * row);
      const position = axisAt(attributes, 1, ox, tap % kernelW) + at(offset.data, 2 * row + 1);
      const factor = mask ? at(mask.data, row) : 1;
      for (const { pixel: from, weight } of corners(y, position, height, width)) {
        const source = (n * height * width + from) * inC + first;
        for (let c = 0; c < each; c++) {
          const sample = tap * inC + first + c;
          samples[sample] = at(samples, sample) + weight * at(x.data, source + c);
        }
      }
      for (let c = 0; c < each; c++) samples[tap * inC + first + c] = at(samples, tap * inC + first + c) * factor;
    }
  };
  const y = zeros(dtype, shape);
  const activate = activationFunction(attributes.activation);
  const [outH, outW, outPerGroup] = [at(shape, 1), at(shape, 2), outC / group];
  for (let out = 0; out < y.data.length; out++) {
    const m = out % outC;
    const pixel = Math.floor(out / outC);
    const n = Math.floor(pixel / (outH * outW));
    if (m === 0) sampleAll(n, Math.floor(pixel / outW) % outH, pixel % outW, pixel);
    const first = Math.floor(m / outPerGroup) * inCPerGroup;
    y.data[out] = activate(dot(samples, w, { taps, inC, inCPerGroup, outC, first, m }) + (bias ? at(bias.data, m) : 0));
  }
  return [y];
};

/** Where tap `k` of output `o` lies along an axis, before it is moved. */
function axisAt(
  { strides, dilations, pads }: Parameters<typeof deformConvReference>[0]['attributes'],
  axis: number,
  o: number,
  k: number,
): number {
  return o * at(strides, axis) + k * at(dilations, axis) - at(pads, axis);
}

interface Sum {
  readonly taps: number;
  readonly inC: number;
  readonly inCPerGroup: number;
  readonly outC: number;
  readonly first: number;
  readonly m: number;
}

/** The products of output channel `m`, whose group's input channels begin at `first`. */
function dot(samples: Float64Array, w: Tensor, { taps, inC, inCPerGroup, outC, first, m }: Sum): number {
  let sum = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (let c = 0; c < inCPerGroup; c++) {
      sum += at(samples, tap * inC + first + c) * at(w.data, (tap * inCPerGroup + c) * outC + m);
    }
  }
  return sum;
}
