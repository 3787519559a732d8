/** From a picture to a network's input, on the host. */
import { hostArray } from '../core/dtype.ts';
import { tensor, type Tensor } from '../core/tensor.ts';
import { byteTable, toByte } from './byte-table.ts';
import { roundsAsPillow } from './axis-weights.ts';
import { byteLuma, realLuma } from './luma.ts';
import { checkPixels, type Pixels } from './pixels.ts';
import { checkPreprocessing, inputShape, visiblePart, type Preprocessing } from './picture-spec.ts';
import type { PictureRegion } from './region-spec.ts';
import { resample, type Resampled } from './resample.ts';
import { sampleRegion } from './sample-region.ts';

/**
 * Makes the input tensor of a picture, or of a region of it. Alpha is ignored. Throws InputError for pixels, a specification or a
 * region that make no sense.
 */
export function preprocess(pixels: Pixels, spec: Preprocessing, region?: PictureRegion): Tensor {
  checkPixels(pixels);
  checkPreprocessing(spec);
  if (region) return normalise(sampleRegion(pixels, spec, region), 0, 0, spec);
  const part = visiblePart(pixels, spec);
  const shown = resample(pixels, part, spec.resize, spec.dtype !== 'float32');
  return normalise(shown, part.left, part.top, spec);
}

function normalise(part: Resampled, left: number, top: number, spec: Preprocessing): Tensor {
  const { width, height, layout, dtype } = spec;
  const plane = width * height;
  const source = channelsOf(spec);
  const data = hostArray(dtype, plane * source.length);
  source.forEach((read, c) => {
    const convert = conversion(spec, c);
    const [step, start] = layout === 'nchw' ? [1, c * plane] : [source.length, c];
    const border = convert(read(spec.padding ?? [], 0));
    for (let p = 0; p < plane; p++) data[start + p * step] = border;
    for (let y = 0; y < part.height; y++) {
      for (let x = 0; x < part.width; x++) {
        const value = convert(read(part.data, (y * part.width + x) * 3));
        data[start + ((y + top) * width + x + left) * step] = value;
      }
    }
  });
  return tensor(dtype, inputShape(spec), data);
}

/** What reads each channel of a pixel whose red is at `at`. */
function channelsOf({ channelOrder, dtype, resize }: Preprocessing): readonly ChannelReader[] {
  const colours = [0, 1, 2].map(
    (c): ChannelReader =>
      (data, at) =>
        data[at + c] ?? 0,
  );
  if (channelOrder !== 'grey') return channelOrder === 'rgb' ? colours : colours.toReversed();
  const luma = dtype !== 'float32' || roundsAsPillow(resize) ? byteLuma : realLuma;
  return [(data, at) => luma(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0)];
}

type ChannelReader = (data: ArrayLike<number>, at: number) => number;

/** What a channel's values, 0 to 255, become. */
function conversion(spec: Preprocessing, channel: number): (value: number) => number {
  const [m = 0, s = 1] = [spec.mean[channel], spec.std[channel]];
  if (spec.dtype === 'float32') return (value) => (value - m) / s;
  const table = byteTable(spec, channel);
  return (value) => table[toByte(value)] ?? NaN;
}
