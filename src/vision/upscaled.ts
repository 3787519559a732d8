/** An enlarged picture as it comes into being: parts of the picture as inputs of a network, and its outputs as parts of the result. */
import { InputError } from '../core/errors.ts';
import { tensor, type Tensor } from '../core/tensor.ts';
import { at } from '../util/arrays.ts';
import { cubicRows, type CubicRows } from './cubic-rows.ts';
import { realLuma } from './luma.ts';
import { inputShape, type Preprocessing } from './picture-spec.ts';
import { checkExtent, type Pixels } from './pixels.ts';
import { shiftOf, type AxisTile, type Scaling } from './scaling.ts';

/** A part of a picture. */
export interface PictureTile {
  readonly columns: AxisTile;
  readonly rows: AxisTile;
}

/** Which of a pixel's bytes each channel of the input is made of; grey is made of them all. */
const SOURCES = { rgb: [0, 1, 2], bgr: [2, 1, 0], grey: [0] } as const;

/** The input for a part of a picture: (pixel − mean) / std of each channel; the picture's edges go on beyond it. */
export function tileInput(
  { width, height, data }: Pixels,
  { columns, rows }: PictureTile,
  given: Preprocessing,
): Tensor {
  const spec = { ...given, width: columns.seen, height: rows.seen };
  const sources = SOURCES[spec.channelOrder];
  const [step, plane] = strides(spec.layout, sources.length, columns.seen * rows.seen);
  const input = new Float32Array(columns.seen * rows.seen * sources.length);
  for (let j = 0, to = 0; j < rows.seen; j++) {
    const row = Math.min(height - 1, Math.max(0, rows.from + j)) * width;
    for (let i = 0; i < columns.seen; i++, to += step) {
      const pixel = 4 * (row + Math.min(width - 1, Math.max(0, columns.from + i)));
      sources.forEach((source, c) => {
        const value =
          spec.channelOrder === 'grey'
            ? realLuma(data[pixel] ?? 0, data[pixel + 1] ?? 0, data[pixel + 2] ?? 0)
            : (data[pixel + source] ?? 0);
        input[to + c * plane] = (value - at(spec.mean, c)) / at(spec.std, c);
      });
    }
  }
  return tensor('float32', inputShape(spec), input);
}

/** Elements from one pixel to the next, and from one channel to the next. */
function strides(layout: Preprocessing['layout'], channels: number, pixels: number): readonly [number, number] {
  return layout === 'nchw' ? [1, pixels] : [channels, 1];
}

/**
 * The result. Alpha is enlarged by cubic convolution; so are the colours, of a network that makes grey, whose luma the result gets.
 */
export class UpscaledPicture {
  readonly #scaling: Scaling;
  readonly #spec: Preprocessing;
  readonly #pixels: Pixels & { readonly data: Uint8ClampedArray };
  /** Rows of what the network does not make; undefined where it makes all. */
  readonly #rest: CubicRows | undefined;

  /** Throws InputError where the result would be too large. */
  constructor(picture: Pixels, spec: Preprocessing, scaling: Scaling) {
    const [width, height] = [picture.width * scaling.factor, picture.height * scaling.factor];
    checkExtent(width, height);
    this.#scaling = scaling;
    this.#spec = spec;
    this.#pixels = { width, height, data: new Uint8ClampedArray(4 * width * height).fill(255) };
    const opaque = picture.data.every((byte, i) => i % 4 !== 3 || byte === 255);
    if (opaque && spec.channelOrder !== 'grey') return;
    this.#rest = cubicRows(picture, scaling.factor, shiftOf(scaling));
  }

  /** Takes over the output for a part. Throws InputError for one that holds no finite numbers. */
  paste({ shape, data }: Tensor, { columns, rows }: PictureTile): void {
    const { channelOrder, mean, std } = this.#spec;
    const { layout } = this.#scaling;
    const { data: bytes, width: across } = this.#pixels;
    const [height = 0, width = 0] = layout === 'nchw' ? shape.slice(2) : shape.slice(1);
    const sources = SOURCES[channelOrder];
    const [step, plane] = strides(layout, sources.length, width * height);
    const made = (at: number, c: number): number => finite(data[at + c * plane]) * (std[c] ?? 1) + (mean[c] ?? 0);
    for (let y = rows.first; y < rows.end; y++) {
      const rest = this.#rest?.(y, columns.first, columns.end);
      let from = ((rows.skip + y - rows.first) * width + columns.skip) * step;
      for (let x = columns.first; x < columns.end; x++, from += step) {
        const to = 4 * (y * across + x);
        const pixel = rest?.subarray(4 * (x - columns.first), 4 * (x - columns.first + 1));
        if (pixel) bytes[to + 3] = pixel[3] ?? 255;
        if (pixel && channelOrder === 'grey') setLuma(bytes, to, pixel, made(from, 0));
        else sources.forEach((source, c) => (bytes[to + source] = made(from, c)));
      }
    }
  }

  /** The pixels, once all parts were taken over. */
  get pixels(): Pixels {
    return this.#pixels;
  }
}

function finite(value: number | undefined): number {
  if (Number.isFinite(value)) return Number(value);
  throw new InputError(`the network gives ${value} where colours were expected`);
}

/** Sets a colour with another luma: what blue and red have more than it stays. */
function setLuma(bytes: Uint8ClampedArray, to: number, colour: Float32Array, luma: number): void {
  const [red = 0, green = 0, blue = 0] = colour;
  const brighter = luma - realLuma(red, green, blue);
  for (let c = 0; c < 3; c++) bytes[to + c] = (colour[c] ?? 0) + brighter;
}
