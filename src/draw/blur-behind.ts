/** The background of a picture, blurred: what is laid behind a foreground that is cut out. */
import { InputError } from '../core/errors.ts';
import { at, range } from '../util/arrays.ts';
import { checkMatte, type Matte } from '../vision/mattes.ts';
import { checkPixels, type Pixels } from '../vision/pixels.ts';

/** Numbers of a pixel: colours times the share of background, and that share. */
const WEIGHTED = 4;

/**
 * The picture blurred with a deviation of so many pixels, without the colours of the foreground, which would shine around it: the
 * mean of colours weighted by how much background a pixel is. Opaque, for the option `background` of `cutOut`.
 * Throws InputError for a matte of other extents, and a deviation that is not above 0 and at most the picture's longer side.
 */
export function blurBehind(picture: Pixels, matte: Matte, deviation: number): Pixels {
  checkPixels(picture);
  checkMatte(matte);
  const { width, height } = picture;
  if (matte.width !== width || matte.height !== height) {
    throw new InputError(`the matte is of ${matte.width}x${matte.height} pixels, the picture of ${width}x${height}`);
  }
  if (!(deviation > 0 && deviation <= Math.max(width, height))) {
    throw new InputError(`a blur of ${deviation} pixels is not above 0, or longer than the picture`);
  }
  let weighted = weightedColours(picture, matte);
  for (const radius of boxRadii(deviation)) {
    weighted = boxed(weighted, radius, { lines: height, length: width, lineStep: width, step: 1 });
    weighted = boxed(weighted, radius, { lines: width, length: height, lineStep: 1, step: width });
  }
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < data.length; i += WEIGHTED) {
    for (let c = 0; c < 3; c++) data[i + c] = at(weighted, i + c) / at(weighted, i + 3);
  }
  return { width, height, data };
}

function weightedColours({ width, height, data }: Pixels, matte: Matte): Float32Array<ArrayBuffer> {
  const weighted = new Float32Array(WEIGHTED * width * height);
  for (let i = 0; i < width * height; i++) {
    // Some of everything: in the middle of a foreground there is no background near.
    const weight = 1 - (matte.data[i] ?? 0) + 1e-4;
    for (let c = 0; c < 3; c++) weighted[WEIGHTED * i + c] = (data[4 * i + c] ?? 0) * weight;
    weighted[WEIGHTED * i + 3] = weight;
  }
  return weighted;
}

/** Three boxes that together are nearly a Gaussian: their variances, (2r + 1)² − 1 twelfths, sum to its own. */
function boxRadii(deviation: number): number[] {
  let left = deviation * deviation;
  return range(3).map((done) => {
    const side = Math.sqrt((12 * left) / (3 - done) + 1);
    const radius = Math.max(0, Math.round((side - 1) / 2));
    left = Math.max(0, left - ((2 * radius + 1) ** 2 - 1) / 12);
    return radius;
  });
}

/** Lines of pixels in an array: steps are in pixels. */
interface Lines {
  readonly lines: number;
  readonly length: number;
  readonly lineStep: number;
  readonly step: number;
}

/** Sums over 2r + 1 pixels of a line, as a mean; those beyond its ends count nothing, here or in the weights. */
function boxed(
  from: Float32Array,
  radius: number,
  { lines, length, lineStep, step }: Lines,
): Float32Array<ArrayBuffer> {
  const to = new Float32Array(from.length);
  for (let line = 0; line < lines; line++) {
    for (let c = 0; c < WEIGHTED; c++) {
      const index = (i: number): number => (line * lineStep + i * step) * WEIGHTED + c;
      let sum = 0;
      for (let i = 0; i < Math.min(radius, length); i++) sum += from[index(i)] ?? 0;
      for (let i = 0; i < length; i++) {
        if (i + radius < length) sum += from[index(i + radius)] ?? 0;
        if (i - radius - 1 >= 0) sum -= from[index(i - radius - 1)] ?? 0;
        to[index(i)] = sum / (2 * radius + 1);
      }
    }
  }
  return to;
}
