/** How a picture becomes the input of a model, by what is known of that input. */
import { InputError } from '../core/errors.ts';
import type { DType } from '../core/dtype.ts';
import { shapeText } from '../core/tensor.ts';
import { chosenOptions } from '../core/option-rules.ts';
import { PREPROCESSING, type Preprocessing } from './picture-spec.ts';

/** What is known of an input. */
export interface PictureInput {
  readonly name: string;
  readonly dtype: DType;
  /** Extents, or names of symbolic ones. */
  readonly shape: readonly (number | string)[];
  /** What its integers stand for, where the model says it: `(q − zeroPoint)·scale`. */
  readonly quantisation?: { readonly scale: number; readonly zeroPoint: number };
  /** What pixels become, where the model says it: `(pixel − mean) / std`, of all channels or of each. */
  readonly normalisation?: { readonly mean: readonly number[]; readonly std: readonly number[] };
  /** How a picture becomes the input, where the model says all of it; what is none is left aside. */
  readonly preparation?: Readonly<Record<string, unknown>>;
}

type Scale = Required<PictureInput>['quantisation'];
type Affine = Pick<Preprocessing, 'mean' | 'std'>;
type Triple = Affine['mean'];
type IntegerType = Exclude<Preprocessing['dtype'], 'float32'>;

/** ImageNet statistics in pixel units, as torchvision and most channels-first models use them. */
const IMAGENET: Affine = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] };

/**
 * The brightest pixel becomes 2.64 by them and the darkest -2.12, whichever the channel. A quantised input was calibrated with
 * some pictures, which had not all colours; and its range may be symmetric.
 */
const IMAGENET_RANGE = { brightest: [2.5, 2.8], darkest: [-2.8, -1.97] } as const;

/** Extent taken where the model leaves its picture size open. */
const USUAL_SIDE = 224;

/** What the darkest pixel is as an integer. */
const DARKEST: Readonly<Record<IntegerType, number>> = { int8: -128, uint8: 0, int32: 0 };

/**
 * The usual preprocessing, and what `differing` has otherwise. What the model says of it comes first. Without: floats,
 * three channels first, (pixel − mean) / std of ImageNet, as torchvision does; floats, channels last, pixel / 255, as TensorFlow
 * Hub defines, and so of one channel, which is grey; integers the pixel itself, in int8 less 128, unless they stand for the range
 * of ImageNet's statistics.
 *
 * Where integers stand for real numbers, `mean` and `std` are about these, the model's and `differing`'s, and what comes
 * out is about the integers; unless `differing` says an integer dtype, and so speaks of integers already. Throws
 * InputError when it is no input of a picture.
 */
export function guessPreprocessing(input: PictureInput, differing: Partial<Preprocessing> = {}): Preprocessing {
  const { name, shape } = input;
  const { layout, channels } = channelsOf(shape) ?? {};
  if (layout === undefined) {
    throw new InputError(
      `input "${name}" is ${shapeText(shape)}: neither axis 1 nor axis 3 of four has the 3 channels of a picture, or the 1 of grey`,
    );
  }
  const [height, width] = layout === 'nchw' ? shape.slice(2) : shape.slice(1, 3);
  const held = heldAs(input);
  const coloursFirst = layout === 'nchw' && channels === 3;
  const scale = held === 'int8' || held === 'uint8' ? input.quantisation : undefined;
  const spec: Preprocessing = {
    width: typeof width === 'number' ? width : USUAL_SIDE,
    height: typeof height === 'number' ? height : USUAL_SIDE,
    fit: 'cover',
    resize: { method: 'bilinear', alignCorners: false },
    channelOrder: 'rgb',
    ...(given(input, held, scale) ?? usual(held, coloursFirst, scale, imagenet(differing.channelOrder))),
    ...chosenOptions<Partial<Preprocessing>>(input.preparation, PREPROCESSING),
    layout,
    dtype: held,
    ...differing,
    ...(channels === 1 ? { channelOrder: 'grey' } : {}),
  };
  const speaksOfIntegers = differing.dtype !== undefined && differing.dtype !== 'float32';
  return scale && held !== 'float32' && !speaksOfIntegers
    ? { ...spec, ...inIntegers(spec, scale, held), dtype: held }
    : spec;
}

/**
 * How a picture becomes an input: as somebody who knows the model says, or else as `usual` says of its kind where the model itself
 * says nothing, or else as is usual for such an input; and what `differing` has otherwise. See `guessPreprocessing` for its mean
 * and std.
 */
export function preparedFor(
  input: PictureInput,
  known: Preprocessing | undefined,
  differing: Partial<Preprocessing>,
  usual?: Partial<Preprocessing>,
): Preprocessing {
  if (!known) return guessPreprocessing(input, { ...(usual && unsaid(input, usual)), ...differing });
  const ofReals = (differing.mean ?? differing.std) && !differing.dtype && input.quantisation;
  if (!ofReals) return { ...known, ...differing };
  const { mean: _mean, std: _std, dtype: _dtype, ...rest } = known;
  return guessPreprocessing(input, { ...rest, ...differing });
}

/** The one input of a model that takes a picture and nothing else. Throws InputError for others. */
export function onlyInput<Input extends Pick<PictureInput, 'name' | 'shape'>>(inputs: readonly Input[]): Input {
  const [input, ...more] = inputs;
  if (input && more.length === 0) return input;
  const list = inputs.map(({ name, shape }) => `"${name}" ${shapeText(shape)}`).join(', ');
  throw new InputError(`the model should take one picture; its inputs are ${list || 'none'}`, {
    hint: 'Use a Session, and feed them by name',
  });
}

/** What the input says nothing of: of extents, whatever it has as numbers. */
function unsaid(input: PictureInput, usual: Partial<Preprocessing>): Partial<Preprocessing> {
  const { normalisation, preparation, shape } = input;
  const fixed = shape.every((extent, axis) => axis === 0 || typeof extent === 'number');
  const said = [
    ...(normalisation ? ['mean', 'std'] : []),
    ...Object.keys(preparation ?? {}),
    ...(fixed ? ['width', 'height'] : []),
  ];
  return Object.fromEntries(Object.entries(usual).filter(([name]) => !said.includes(name)));
}

/** Extents of the pictures that an input of this shape takes, where it takes pictures and says them. */
export function statedSize(shape: PictureInput['shape']): Pick<Preprocessing, 'width' | 'height'> | undefined {
  const { layout } = channelsOf(shape) ?? {};
  if (layout === undefined) return undefined;
  const [height, width] = layout === 'nchw' ? shape.slice(2) : shape.slice(1, 3);
  return typeof width === 'number' && typeof height === 'number' ? { width, height } : undefined;
}

/** Where the channels are: three are looked for first. */
function channelsOf(shape: PictureInput['shape']): Channels | undefined {
  if (shape.length !== 4) return undefined;
  for (const channels of [3, 1] as const) {
    if (shape[1] === channels) return { layout: 'nchw', channels };
    if (shape[3] === channels) return { layout: 'nhwc', channels };
  }
  return undefined;
}

interface Channels {
  readonly layout: Preprocessing['layout'];
  readonly channels: 1 | 3;
}

function heldAs({ name, dtype }: PictureInput): Preprocessing['dtype'] {
  if (/^(bool|u?int16|uint(32|64))$/.test(dtype)) {
    throw new InputError(`input "${name}" holds ${dtype}, which no picture becomes`, {
      hint: 'Make the tensor yourself, and feed it to a Session',
    });
  }
  // What a caller without types leaves out is a float, too.
  if (dtype === 'int64') return 'int32';
  return dtype === 'int32' || dtype === 'int8' || dtype === 'uint8' ? dtype : 'float32';
}

/** The model's own, which is about real numbers: of integers nobody knows the meaning of it says nothing. */
function given(
  { normalisation }: PictureInput,
  held: Preprocessing['dtype'],
  scale: Scale | undefined,
): Affine | undefined {
  if (!normalisation || (held !== 'float32' && !scale)) return undefined;
  return { mean: triple(normalisation.mean), std: triple(normalisation.std) };
}

function triple([first = 0, second = first, third = second]: readonly number[]): Triple {
  return [first, second, third];
}

/** The statistics in the order of the channels. */
function imagenet(order: Preprocessing['channelOrder'] | undefined): Affine {
  const [mean, std] = [IMAGENET.mean, IMAGENET.std].map((rgb) => (order === 'bgr' ? rgb.toReversed() : rgb));
  return { mean: triple(mean ?? []), std: triple(std ?? []) };
}

function usual(
  held: Preprocessing['dtype'],
  coloursFirst: boolean,
  scale: Scale | undefined,
  statistics: Affine,
): Affine {
  if (held === 'float32') return coloursFirst ? statistics : { mean: [0, 0, 0], std: [255, 255, 255] };
  if (!scale) return thePixel(held);
  const reaches = ([low, high]: readonly [number, number], q: number): boolean => {
    const end = (q - scale.zeroPoint) * scale.scale;
    return low <= end && end <= high;
  };
  const [darkest, brightest] = [DARKEST[held], DARKEST[held] + 255];
  if (reaches(IMAGENET_RANGE.darkest, darkest) && reaches(IMAGENET_RANGE.brightest, brightest)) return statistics;
  // The real numbers that the pixels themselves stand for.
  return { mean: triple([scale.zeroPoint - DARKEST[held]]), std: triple([1 / scale.scale]) };
}

function thePixel(held: IntegerType): Affine {
  return { mean: triple([0 - DARKEST[held]]), std: [1, 1, 1] };
}

/**
 * The integers for real numbers: (pixel − mean)/std = (q − zeroPoint)·scale, solved for q. Where that is the pixel itself to
 * within a step at either end, it is the pixel: what tools feed such models, whose scales were rounded.
 */
function inIntegers({ mean, std }: Affine, { scale, zeroPoint }: Scale, held: IntegerType): Affine {
  const solved = {
    mean: std.map((s, i) => (mean[i] ?? 0) - zeroPoint * s * scale),
    std: std.map((s) => s * scale),
  };
  const steps = [0, 255].flatMap((pixel) =>
    solved.std.map((s, i) => (pixel - (solved.mean[i] ?? 0)) / s - (pixel + DARKEST[held])),
  );
  if (steps.every((off) => Math.abs(off) <= 1)) return thePixel(held);
  return { mean: triple(solved.mean), std: triple(solved.std) };
}
