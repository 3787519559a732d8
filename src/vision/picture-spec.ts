/** How a picture becomes a network's input: scale, crop or pad, reorder channels, normalise, lay out. */
import { InputError } from '../core/errors.ts';
import { fitsOption, type OptionRules } from '../core/option-rules.ts';
import type { Shape } from '../core/tensor.ts';
import type { ScaledAxis, Resampling } from './axis-weights.ts';

export type { Pixels } from './pixels.ts';
export type { Resampling } from './axis-weights.ts';

type Triple = readonly [number, number, number];

/** How a picture becomes the input of a network. Plain data. */
export interface Preprocessing {
  /** Extents of the input, in pixels. */
  readonly width: number;
  readonly height: number;
  /** `stretch` ignores the aspect ratio, `cover` scales to cover and takes the centre, `contain` scales to fit and pads. */
  readonly fit: 'stretch' | 'cover' | 'contain';
  /**
   * `cover` only: scale the picture's shorter side to this many pixels before the centre is taken, as torchvision's
   * Resize(256), CenterCrop(224). Default: just enough to cover the input.
   */
  readonly shorterSide?: number;
  /** `contain` only: colour of the border, 0 to 255, in RGB. Default black. */
  readonly padding?: Triple;
  readonly resize: Resampling;
  /** `grey` is one channel, the luma of the colours: 0.299 of red, 0.587 of green, 0.114 of blue. */
  readonly channelOrder: 'rgb' | 'bgr' | 'grey';
  /** Per channel, in `channelOrder`: (value in 0…255 − mean) / std; of grey the first counts. */
  readonly mean: Triple;
  readonly std: Triple;
  /** `nhwc`: `[1, height, width, 3]`; `nchw`: `[1, 3, height, width]`; grey has 1 channel in place of 3. */
  readonly layout: 'nhwc' | 'nchw';
  /**
   * Of integers the picture is scaled to bytes first, as files of pictures hold it; each byte, normalised, is rounded to the
   * nearest integer, halves up, and clamped to the type. So the GPU gives what the CPU does, to the bit.
   */
  readonly dtype: 'float32' | 'int32' | 'int8' | 'uint8';
}

/** Where the picture lies in the input, to map results back onto it: input = offset + scale · picture, in pixels. */
export interface PictureMap {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

/** Extents of a picture, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Which pixels of the picture fill which part of the input; the rest of the input is border. */
export interface PicturePart {
  readonly columns: ScaledAxis;
  readonly rows: ScaledAxis;
  /** First column and row of the part within the input. */
  readonly left: number;
  readonly top: number;
}

/** Shape of the input that `preprocess` makes. */
export function inputShape({ layout, width, height, channelOrder }: Preprocessing): Shape {
  const channels = channelOrder === 'grey' ? 1 : 3;
  return layout === 'nchw' ? [1, channels, height, width] : [1, height, width, channels];
}

/** The part of the input that shows the picture, and the pixels it is computed from. */
export function visiblePart(picture: PictureSize, spec: Preprocessing): PicturePart {
  const { x, y } = windows(picture, spec);
  return { columns: visible(x), rows: visible(y), left: Math.max(0, -x.offset), top: Math.max(0, -y.offset) };
}

/** The map from the picture's pixel coordinates to those of the input that `preprocess` makes. */
export function pictureMap(picture: PictureSize, spec: Preprocessing): PictureMap {
  const { x, y } = windows(picture, spec);
  return {
    scaleX: x.scaled / x.source,
    scaleY: y.scaled / y.source,
    offsetX: 0 - x.offset,
    offsetY: 0 - y.offset,
  };
}

/** What its properties may be. */
export const PREPROCESSING: OptionRules<Preprocessing> = {
  width: 'count',
  height: 'count',
  fit: ['stretch', 'cover', 'contain'],
  shorterSide: 'count',
  padding: 'triple',
  resize: 'object',
  channelOrder: ['rgb', 'bgr', 'grey'],
  mean: 'triple',
  std: 'triple',
  layout: ['nhwc', 'nchw'],
  dtype: ['float32', 'int32', 'int8', 'uint8'],
};

const RESAMPLING: OptionRules<Resampling> = {
  method: ['bilinear', 'nearest', 'area'],
  alignCorners: 'boolean',
  halfPixel: 'boolean',
  antialias: 'boolean',
};

/** Throws InputError for a specification that is incomplete, or makes no sense. */
export function checkPreprocessing(spec: Preprocessing): void {
  requireComplete(spec);
  const { width, height, std, shorterSide, fit } = spec;
  if (std.includes(0)) throw new InputError(`std [${std.join(', ')}] must not be 0`);
  if (fit !== 'cover' || shorterSide === undefined) return;
  if (shorterSide < Math.max(width, height)) {
    throw new InputError(`a shorter side of ${shorterSide} does not cover an input of ${width}x${height} pixels`);
  }
}

/** Callers without types leave things out, and misspell others. */
function requireComplete(spec: Preprocessing | undefined): void {
  if (!spec) throw new InputError('a picture was given without its preprocessing', { hint: HINT });
  requireRules('preprocessing', spec, PREPROCESSING, ['shorterSide', 'padding']);
  requireRules('resize', spec.resize, RESAMPLING, ['alignCorners', 'halfPixel', 'antialias']);
}

function requireRules<T extends object>(
  what: string,
  given: T,
  rules: OptionRules<T>,
  optional: readonly (keyof T)[],
): void {
  const names = Object.keys(rules) as (keyof T & string)[];
  for (const name of names) {
    const [rule, value] = [rules[name], given[name]];
    if (fitsOption(rule, value) || (value === undefined && optional.includes(name))) continue;
    const words = typeof rule === 'string' ? HINT : `It is one of ${rule.join(', ')}`;
    throw new InputError(`${what} has the ${name} ${String(value)}`, { hint: words });
  }
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(rules, key))
      throw new InputError(`${what} has no ${key}`, { hint: `It has ${names.join(', ')}` });
  }
}

const HINT = 'guessPreprocessing(session.inputs[0]) gives what is usual for an input of its shape';

/** Both axes: extents after scaling, and the input's first pixel among them (negative where there is a border). */
function windows({ width, height }: PictureSize, spec: Preprocessing): { x: ScaledAxis; y: ScaledAxis } {
  const [scaledX, scaledY] = scaledExtents(width, height, spec);
  return {
    x: { source: width, scaled: scaledX, offset: centre(scaledX, spec.width), size: spec.width },
    y: { source: height, scaled: scaledY, offset: centre(scaledY, spec.height), size: spec.height },
  };
}

function scaledExtents(width: number, height: number, spec: Preprocessing): [number, number] {
  if (spec.fit === 'stretch') return [spec.width, spec.height];
  if (spec.fit === 'cover' && spec.shorterSide !== undefined) {
    const { shorterSide } = spec;
    const longer = (a: number, b: number): number => Math.floor((shorterSide * a) / b);
    return width <= height ? [shorterSide, longer(height, width)] : [longer(width, height), shorterSide];
  }
  const ratios = [spec.width / width, spec.height / height];
  const scale = spec.fit === 'cover' ? Math.max(...ratios) : Math.min(...ratios);
  const fitted = (extent: number, target: number): number => {
    const scaled = Math.max(1, Math.round(extent * scale));
    return spec.fit === 'cover' ? Math.max(target, scaled) : Math.min(target, scaled);
  };
  return [fitted(width, spec.width), fitted(height, spec.height)];
}

/** The part of the window that shows the picture rather than a border. */
function visible(axis: ScaledAxis): ScaledAxis {
  return { ...axis, offset: Math.max(0, axis.offset), size: Math.min(axis.size, axis.scaled) };
}

/** First pixel of the centre; half to even, as Python rounds: torchvision's CenterCrop depends on it. */
function centre(outer: number, inner: number): number {
  return outer >= inner ? halfToEven((outer - inner) / 2) : -Math.floor((inner - outer) / 2);
}

function halfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}
