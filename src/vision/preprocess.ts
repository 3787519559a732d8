/** From a picture to a network's input, on the host. */
import { hostArray } from '../core/dtype.ts';
import { tensor, type Tensor } from '../core/tensor.ts';
import { byteTable, toByte } from './byte-table.ts';
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
  const data = hostArray(dtype, plane * 3);
  const source = spec.channelOrder === 'rgb' ? [0, 1, 2] : [2, 1, 0];
  for (let c = 0; c < 3; c++) {
    const from = source[c] ?? c;
    const convert = conversion(spec, c);
    const [step, start] = layout === 'nchw' ? [1, c * plane] : [3, c];
    const border = convert(spec.padding?.[from] ?? 0);
    for (let p = 0; p < plane; p++) data[start + p * step] = border;
    for (let y = 0; y < part.height; y++) {
      for (let x = 0; x < part.width; x++) {
        const value = convert(part.data[(y * part.width + x) * 3 + from] ?? 0);
        data[start + ((y + top) * width + x + left) * step] = value;
      }
    }
  }
  return tensor(dtype, inputShape(spec), data);
}

/** What a channel's values, 0 to 255, become. */
function conversion(spec: Preprocessing, channel: number): (value: number) => number {
  const [m = 0, s = 1] = [spec.mean[channel], spec.std[channel]];
  if (spec.dtype === 'float32') return (value) => (value - m) / s;
  const table = byteTable(spec, channel);
  return (value) => table[toByte(value)] ?? NaN;
}
