/** Foregrounds cut out of pictures by an alpha matte, on nothing, a colour or another picture. */
import { InputError } from '../core/errors.ts';
import { requireOptions } from '../core/option-errors.ts';
import { plainPicture } from '../vision/plain-picture.ts';
import { checkPixels, type Pixels } from '../vision/pixels.ts';
import { preprocess } from '../vision/preprocess.ts';
import { rgbOf, type Colour } from './colours.ts';

/** How much of each pixel of a picture is foreground. */
export interface AlphaMatte {
  /** The picture's extents. */
  readonly width: number;
  readonly height: number;
  /** A number a pixel, by rows: 0 to 1, or as bytes 0 to 255. */
  readonly data: Float32Array | Uint8Array | Uint8ClampedArray;
}

/** Options of `cutOut`. */
export interface CutOutOptions {
  /** What is seen behind: a colour (`#rrggbb`), or a picture that covers the whole, its middle. Nothing unless given. */
  readonly background?: Colour | Pixels;
}

/**
 * The foreground of a picture: as much of each pixel as the matte says. Without a background what is left over is
 * transparent; a picture that is transparent itself stays so where it is, and the colours of transparent pixels are kept.
 * Throws InputError for a matte of other extents, for one with NaN, and for what is no colour and no picture.
 */
export function cutOut(picture: Pixels, matte: AlphaMatte, options: CutOutOptions = {}): Pixels {
  const { background } = requireOptions<CutOutOptions>('cutOut', options, { background: 'any' });
  checkPixels(picture);
  const { width, height } = picture;
  const alpha = alphaOf(matte, picture);
  const behind = background === undefined ? undefined : backdrop(background, picture);
  const data = new Uint8ClampedArray(picture.data.length);
  for (let i = 0; i < alpha.length; i++) {
    const share = ((alpha[i] ?? 0) * (picture.data[4 * i + 3] ?? 0)) / 255;
    for (let c = 0; c < 3; c++) {
      const value = picture.data[4 * i + c] ?? 0;
      // Clamped arrays round to the nearest byte.
      data[4 * i + c] = behind ? value * share + behind(i, c) * (1 - share) : value;
    }
    data[4 * i + 3] = behind ? 255 : share * 255;
  }
  return { width, height, data };
}

/** The matte from 0 to 1, checked. */
function alphaOf({ width, height, data }: AlphaMatte, picture: Pixels): Float32Array {
  if (width !== picture.width || height !== picture.height || data?.length !== width * height) {
    const given = `${width}x${height} with ${data?.length ?? 'no'} numbers`;
    throw new InputError(`a matte of ${picture.width}x${picture.height} is needed, as the picture is, not ${given}`);
  }
  const most = data instanceof Float32Array ? 1 : 255;
  const alpha = Float32Array.from(data, (value) => Math.min(1, Math.max(0, value / most)));
  const lost = alpha.findIndex(Number.isNaN);
  if (lost >= 0) throw new InputError(`pixel ${lost % width}, ${Math.floor(lost / width)} of the matte is NaN`);
  return alpha;
}

/** What lies behind a pixel, channel by channel. */
function backdrop(background: Colour | Pixels, { width, height }: Pixels): (pixel: number, channel: number) => number {
  if (typeof background === 'string') {
    if (!/^#[\da-f]{6}$/i.test(background)) {
      throw new InputError(`"${background as string}" is no colour`, { hint: 'Colours are written as #rrggbb' });
    }
    const colour = rgbOf(background);
    return (_, channel) => colour[channel] ?? 0;
  }
  const resize = { method: 'bilinear', antialias: true } as const;
  const { data } = preprocess(background, plainPicture(width, height, { fit: 'cover', resize }));
  return (pixel, channel) => data[3 * pixel + channel] ?? 0;
}
