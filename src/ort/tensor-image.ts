/** Pictures to tensors and back, as onnxruntime-common's Tensor does: `fromImage`, `toImageData`, `toDataURL`. */
import { InputError } from '../core/errors.ts';
import type { FromImageOptions, ImageFormat, PerChannel, TensorData, ToImageOptions } from './tensor-types.ts';

/** For each channel of a tensor, which of a pixel's four bytes it is. */
const CHANNELS: Readonly<Record<ImageFormat, readonly number[]>> = {
  RGB: [0, 1, 2],
  RGBA: [0, 1, 2, 3],
  BGR: [2, 1, 0],
  RBG: [0, 2, 1],
};

type Picture = ImageData | HTMLImageElement | ImageBitmap;

/**
 * Elements `[1, channels, height, width]` of a picture: (byte + bias) / mean. Rejects with InputError where there is no
 * canvas, or for options that onnxruntime-common has and does not implement either.
 */
export async function pictureElements(
  source: Picture | string,
  options: FromImageOptions = {},
): Promise<{ data: Float32Array; dims: number[] }> {
  const { tensorLayout = 'NCHW', dataType = 'float32', norm = {} } = options;
  if (tensorLayout !== 'NCHW' || dataType !== 'float32') {
    throw new InputError(`fromImage makes float32 tensors in NCHW, not ${dataType} in ${tensorLayout}`, {
      hint: 'Pass the picture to Session.run of tilewise, which takes any layout',
    });
  }
  const image = typeof source === 'string' ? await fetchPicture(source) : source;
  // What onnxruntime-web gives for an element that no format was asked for.
  const ofElement = typeof HTMLImageElement !== 'undefined' && image instanceof HTMLImageElement;
  const format = CHANNELS[options.tensorFormat ?? (ofElement ? 'RGBA' : 'RGB')];
  const { width, height, data: bytes } = pixelsOf(image, options);
  const plane = width * height;
  const data = new Float32Array(plane * format.length);
  format.forEach((channel, c) => {
    const [mean, bias] = [ofChannel(norm.mean, channel, 255), ofChannel(norm.bias, channel, 0)];
    for (let p = 0; p < plane; p++) data[c * plane + p] = ((bytes[p * 4 + channel] ?? 0) + bias) / mean;
  });
  return { data, dims: [1, format.length, height, width] };
}

/** A tensor of one picture as pixels: (element − bias) · mean, rounded and clamped to a byte. */
export function toImageData(dims: readonly number[], data: TensorData, options: ToImageOptions = {}): ImageData {
  const { format = 'RGB', tensorLayout = 'NCHW', norm = {} } = options;
  const last = tensorLayout === 'NHWC';
  const [, a = 0, b = 0, c = 0] = dims;
  const [channels, height, width] = last ? [c, a, b] : [a, b, c];
  if (dims.length !== 4 || dims[0] !== 1 || channels < 1 || channels > 4) {
    throw new InputError(`a tensor of shape [${dims.join(', ')}] is no picture in ${tensorLayout}`, {
      hint: last ? 'It has to be [1, height, width, channels]' : 'It has to be [1, channels, height, width]',
    });
  }
  if (typeof ImageData === 'undefined') {
    throw new InputError('there is no ImageData here to make', { hint: 'Use tensor.data; ImageData is of web pages' });
  }
  const picture = new ImageData(width, height);
  const plane = width * height;
  picture.data.fill(255);
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let k = 0; k < Math.max(3, channels); k++) {
      // One channel is grey.
      const from = channels < 3 ? 0 : k;
      const to = CHANNELS[format][k] ?? 3;
      const value = Number(data[last ? pixel * channels + from : from * plane + pixel]);
      picture.data[pixel * 4 + to] = (value - ofChannel(norm.bias, to, 0)) * ofChannel(norm.mean, to, 255);
    }
  }
  return picture;
}

/** The picture as the data URL of a PNG. Throws InputError outside a page. */
export function toDataUrl(picture: ImageData): string {
  if (typeof document === 'undefined') {
    throw new InputError('data URLs are made by a page’s canvas, and there is no page here', {
      hint: 'In a Worker, draw toImageData() on an OffscreenCanvas and use convertToBlob()',
    });
  }
  const canvas = document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
  return canvas.toDataURL();
}

function ofChannel(values: PerChannel | undefined, channel: number, missing: number): number {
  return typeof values === 'number' ? values : (values?.[channel] ?? missing);
}

async function fetchPicture(address: string): Promise<ImageBitmap> {
  requireCanvas();
  const response = await fetch(address);
  if (response.ok) return createImageBitmap(await response.blob());
  throw new InputError(`the picture ${address} answered ${response.status} ${response.statusText}`, {
    hint: 'Check the address',
  });
}

/** The picture's pixels, scaled when other extents are asked for: onnxruntime-web crops then, against its documentation. */
function pixelsOf(image: Picture, { resizedWidth, resizedHeight }: FromImageOptions): ImageData {
  const width = resizedWidth ?? image.width;
  const height = resizedHeight ?? image.height;
  const isPixels = 'data' in image;
  if (isPixels && width === image.width && height === image.height) return image;
  requireCanvas();
  const target = context(width, height);
  target.drawImage(isPixels ? canvasOf(image) : image, 0, 0, width, height);
  return target.getImageData(0, 0, width, height);
}

function canvasOf(pixels: ImageData): OffscreenCanvas {
  const drawn = context(pixels.width, pixels.height);
  drawn.putImageData(pixels, 0, 0);
  return drawn.canvas;
}

function context(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const found = new OffscreenCanvas(width, height).getContext('2d');
  if (found) return found;
  throw new InputError('this browser gives no 2D canvas to read the picture with', { hint: 'Pass ImageData' });
}

function requireCanvas(): void {
  if (typeof OffscreenCanvas !== 'undefined') return;
  throw new InputError('pictures are read through a canvas, and there is none here', {
    hint: 'In Node, decodeImage and preprocess of tilewise/node make tensors of pictures',
  });
}
