/** From a picture to a network's input, on the host. */
import { tensor, type Tensor } from '../core/tensor.ts';
import { checkPixels, type Pixels } from './pixels.ts';
import { checkPreprocessing, inputShape, visiblePart, type Preprocessing } from './picture-spec.ts';
import { resample, type Resampled } from './resample.ts';

/** Makes the input tensor. Alpha is ignored. Throws InputError for pixels or a specification that make no sense. */
export function preprocess(pixels: Pixels, spec: Preprocessing): Tensor {
  checkPixels(pixels);
  checkPreprocessing(spec);
  const { columns, rows, left, top } = visiblePart(pixels, spec);
  return normalise(resample(pixels, columns, rows, spec.resize), left, top, spec);
}

function normalise(part: Resampled, left: number, top: number, spec: Preprocessing): Tensor {
  const { width, height, mean, std, layout, dtype } = spec;
  const plane = width * height;
  const count = plane * 3;
  const data =
    dtype === 'float32' ? new Float32Array(count) : dtype === 'int32' ? new Int32Array(count) : new Uint8Array(count);
  const source = spec.channelOrder === 'rgb' ? [0, 1, 2] : [2, 1, 0];
  const convert = dtype === 'float32' ? identity : dtype === 'int32' ? Math.round : toByte;
  for (let c = 0; c < 3; c++) {
    const [from = 0, m = 0, s = 1] = [source[c], mean[c], std[c]];
    const border = convert(((spec.padding?.[from] ?? 0) - m) / s);
    const [step, start] = layout === 'nchw' ? [1, c * plane] : [3, c];
    for (let p = 0; p < plane; p++) data[start + p * step] = border;
    for (let y = 0; y < part.height; y++) {
      for (let x = 0; x < part.width; x++) {
        const value = ((part.data[(y * part.width + x) * 3 + from] ?? 0) - m) / s;
        data[start + ((y + top) * width + x + left) * step] = convert(value);
      }
    }
  }
  return tensor(dtype, inputShape(spec), data);
}

function identity(value: number): number {
  return value;
}

function toByte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
