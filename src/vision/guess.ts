/** How a picture becomes the input of a model that says nothing but its input's shape. */
import { InputError } from '../core/errors.ts';
import type { DType } from '../core/dtype.ts';
import { shapeText } from '../core/tensor.ts';
import type { Preprocessing } from './picture-spec.ts';

/** What is known of an input. */
export interface PictureInput {
  readonly name: string;
  readonly dtype: DType;
  /** Extents, or names of symbolic ones. */
  readonly shape: readonly (number | string)[];
}

/** ImageNet statistics in pixel units, as torchvision and most channels-first models use them. */
const IMAGENET_MEAN = [123.675, 116.28, 103.53] as const;
const IMAGENET_STD = [58.395, 57.12, 57.375] as const;

/** Extent taken where the model leaves its picture size open. */
const USUAL_SIDE = 224;

/**
 * The usual preprocessing. Channels first: (pixel − mean) / std of ImageNet, as torchvision does. Channels last:
 * pixel / 255, as TensorFlow Hub defines. Integers: the pixel itself. Throws InputError when it is no input of a picture.
 */
export function guessPreprocessing({ name, dtype, shape }: PictureInput): Preprocessing {
  const layout = shape.length !== 4 ? undefined : shape[1] === 3 ? 'nchw' : shape[3] === 3 ? 'nhwc' : undefined;
  if (layout === undefined) {
    throw new InputError(
      `input "${name}" is ${shapeText(shape)}: neither axis 1 nor axis 3 of four has the 3 channels of a picture`,
    );
  }
  const [height, width] = layout === 'nchw' ? shape.slice(2) : shape.slice(1, 3);
  const float = dtype === 'float32' || dtype === 'float16';
  const imagenet = float && layout === 'nchw';
  return {
    width: typeof width === 'number' ? width : USUAL_SIDE,
    height: typeof height === 'number' ? height : USUAL_SIDE,
    fit: 'cover',
    resize: { method: 'bilinear', alignCorners: false },
    channelOrder: 'rgb',
    mean: imagenet ? IMAGENET_MEAN : [0, 0, 0],
    std: imagenet ? IMAGENET_STD : float ? [255, 255, 255] : [1, 1, 1],
    layout,
    dtype: dtype === 'uint8' || dtype === 'int32' ? dtype : 'float32',
  };
}
