/** Pictures by their mattes: the foreground cut out, or laid over another background. */
import { InputError } from '../core/errors.ts';
import { at, range } from '../util/arrays.ts';
import { checkMatte, type Matte } from '../vision/mattes.ts';
import { checkPixels, type Pixels } from '../vision/pixels.ts';
import { plainPicture } from '../vision/plain-picture.ts';
import { preprocess } from '../vision/preprocess.ts';
import type { PictureSource } from './source.ts';
import { toPixels } from './to-pixels.ts';

/**
 * What is laid behind a foreground: a colour (red, green, blue, 0 to 255), a picture, scaled to cover, or the picture's own
 * background, blurred with a deviation of so many pixels.
 */
export type MatteBackground =
  readonly [red: number, green: number, blue: number] | { readonly picture: PictureSource } | { readonly blur: number };

/** Three numbers a pixel, 0 to 255. */
type Colours = ArrayLike<number>;

/** The picture with the matte as its alpha, times the alpha it has. Throws InputError for a matte of other extents. */
export function cutout(picture: PictureSource, matte: Matte): Pixels {
  const { width, height, data } = pixelsFor(picture, matte);
  const result = Uint8ClampedArray.from(data);
  for (let i = 0; i < matte.data.length; i++) result[4 * i + 3] = (data[4 * i + 3] ?? 0) * (matte.data[i] ?? 0);
  return { width, height, data: result };
}

/** The picture's foreground before another background, opaque. Throws InputError as `cutout` does, and for no background. */
export function composite(picture: PictureSource, matte: Matte, background: MatteBackground): Pixels {
  const pixels = pixelsFor(picture, matte);
  const { width, height, data } = pixels;
  const behind = backgroundColours(pixels, matte, background);
  const result = new Uint8ClampedArray(data.length);
  for (let i = 0; i < matte.data.length; i++) {
    const share = ((matte.data[i] ?? 0) * (data[4 * i + 3] ?? 0)) / 255;
    for (let c = 0; c < 3; c++) {
      const back = behind[3 * i + c] ?? 0;
      result[4 * i + c] = back + ((data[4 * i + c] ?? 0) - back) * share;
    }
    result[4 * i + 3] = 255;
  }
  return { width, height, data: result };
}

function pixelsFor(picture: PictureSource, matte: Matte): Pixels {
  checkMatte(matte);
  const pixels = toPixels(picture);
  checkPixels(pixels);
  if (pixels.width === matte.width && pixels.height === matte.height) return pixels;
  throw new InputError(
    `the matte is of a picture of ${matte.width}x${matte.height} pixels, not of ${pixels.width}x${pixels.height}`,
  );
}

function backgroundColours(pixels: Pixels, matte: Matte, background: MatteBackground): Colours {
  const { width, height } = pixels;
  if (Array.isArray(background)) return plain(background as readonly number[], width * height);
  if (typeof background === 'object' && 'picture' in background) {
    return preprocess(toPixels(background.picture), plainPicture(width, height, { fit: 'cover' })).data;
  }
  const blur = typeof background === 'object' && 'blur' in background ? background.blur : NaN;
  if (blur > 0 && blur <= Math.max(width, height)) return blurredBehind(pixels, matte, blur);
  throw new InputError('a background is [red, green, blue], { picture }, or { blur } with a deviation in pixels', {
    hint: 'A deviation is above 0 and no longer than the picture',
  });
}

function plain(colour: readonly number[], count: number): Colours {
  if (colour.length !== 3 || !colour.every((c) => c >= 0 && c <= 255)) {
    throw new InputError(`a colour is three numbers from 0 to 255, not ${colour.join(', ')}`);
  }
  const data = new Uint8Array(3 * count);
  for (let i = 0; i < count; i++) data.set(colour, 3 * i);
  return data;
}

/** Numbers of a pixel: colours times the share of background, and that share. */
const WEIGHTED = 4;

/**
 * The background's colours, blurred without those of the foreground, which would shine around it: a mean of colours weighted by
 * how much background a pixel is.
 */
function blurredBehind({ width, height, data }: Pixels, matte: Matte, deviation: number): Colours {
  let weighted = new Float32Array(WEIGHTED * width * height);
  for (let i = 0; i < width * height; i++) {
    // Some of everything: in the middle of a foreground there is no background near.
    const weight = 1 - (matte.data[i] ?? 0) + 1e-4;
    for (let c = 0; c < 3; c++) weighted[WEIGHTED * i + c] = (data[4 * i + c] ?? 0) * weight;
    weighted[WEIGHTED * i + 3] = weight;
  }
  for (const radius of boxRadii(deviation)) {
    weighted = boxed(weighted, radius, { lines: height, length: width, lineStep: width, step: 1 });
    weighted = boxed(weighted, radius, { lines: width, length: height, lineStep: 1, step: width });
  }
  return Float32Array.from({ length: 3 * width * height }, (_, k) => {
    const i = Math.floor(k / 3);
    return at(weighted, WEIGHTED * i + (k % 3)) / at(weighted, WEIGHTED * i + 3);
  });
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
