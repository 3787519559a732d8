/** From a network's map of how much of each pixel is foreground to one of the picture's own pixels, and back. */
import { InputError } from '../core/errors.ts';
import { tensor, type Tensor } from '../core/tensor.ts';
import { at } from '../util/arrays.ts';
import { checkExtent } from './pixels.ts';
import { pictureMap, type PictureSize, type Preprocessing } from './picture-spec.ts';

/** How much of each pixel of a picture belongs to the foreground. */
export interface Matte {
  /** Extents of the picture. */
  readonly width: number;
  readonly height: number;
  /** A number a pixel, by rows from the top: 0 is background, 1 foreground. */
  readonly data: Float32Array;
}

/** How far numbers may lie outside 0…1 by rounding. */
const SLACK = 1e-3;

/**
 * A network's map `[h, w]` of the input that `spec` makes, in the pixels of the picture: interpolated bilinearly, the border of the
 * input left out. Throws InputError for a map that has NaN or what lies outside 0…1, and where the input shows a part of the
 * picture only.
 */
export function matteOf(map: Tensor, picture: PictureSize, spec: Preprocessing): Matte {
  requireUnit(map);
  requireWholePicture(picture, spec);
  const { width, height } = picture;
  return { width, height, data: mapWithin(map, { x: 0, y: 0, width, height }, picture, spec) };
}

/** A rectangle of pixels. */
interface PixelWindow extends PictureSize {
  readonly x: number;
  readonly y: number;
}

/** A network's map `[h, w]` of the input that `spec` makes, interpolated bilinearly to some of the pixels of the picture, by rows. */
export function mapWithin(map: Tensor, window: PixelWindow, picture: PictureSize, spec: Preprocessing): Float32Array {
  const [height = 0, width = 0] = map.shape;
  const { scaleX, scaleY, offsetX, offsetY } = pictureMap(picture, spec);
  const [left, top] = [offsetX + scaleX * window.x, offsetY + scaleY * window.y];
  const columns = places(window.width, width, { scale: scaleX, offset: left, extent: spec.width });
  const rows = places(window.height, height, { scale: scaleY, offset: top, extent: spec.height });
  return interpolated(map, rows, columns);
}

/** Throws InputError where a picture is not shown to the network as a whole: of the rest of it nothing would be known. */
export function requireWholePicture(picture: PictureSize, spec: Preprocessing): void {
  const { offsetX, offsetY } = pictureMap(picture, spec);
  // Less than a pixel is rounding.
  if (offsetX > -1 && offsetY > -1) return;
  throw new InputError(`the network sees the middle of a picture of ${picture.width}x${picture.height} pixels only`, {
    hint: 'Give the preprocessing the fit stretch, or contain, which pads',
  });
}

/**
 * A matte as the network's input shows the picture: `[1, height, width, 1]`, or `[1, 1, height, width]` where channels come
 * first; 0 in the border. Throws InputError for a matte that is none.
 */
export function maskInput(matte: Matte, spec: Preprocessing): Tensor {
  checkMatte(matte);
  const { scaleX, scaleY, offsetX, offsetY } = pictureMap(matte, spec);
  const map = tensor('float32', [matte.height, matte.width], matte.data);
  const columns = places(spec.width, matte.width, back(scaleX, offsetX, matte.width));
  const rows = places(spec.height, matte.height, back(scaleY, offsetY, matte.height));
  const data = interpolated(map, rows, columns);
  for (let y = 0; y < spec.height; y++) {
    for (let x = 0; x < spec.width; x++) {
      if (!at(rows.inside, y) || !at(columns.inside, x)) data[y * spec.width + x] = 0;
    }
  }
  const plane = [spec.height, spec.width];
  return tensor('float32', spec.layout === 'nchw' ? [1, 1, ...plane] : [1, ...plane, 1], data);
}

/** Throws InputError for what is no matte. */
export function checkMatte({ width, height, data }: Matte): void {
  checkExtent(width, height, 'a matte');
  if (data?.length === width * height) return;
  throw new InputError(`a matte of ${width}x${height} has ${width * height} numbers, not ${data?.length ?? 'others'}`);
}

/** The inverse of a map. */
function back(scale: number, offset: number, extent: number): Way {
  return { scale: 1 / scale, offset: -offset / scale, extent };
}

/** From pixels to the pixels of another raster: `offset + scale · x`; that one has `extent` of them. */
interface Way {
  readonly scale: number;
  readonly offset: number;
  readonly extent: number;
}

/** For each pixel of an extent: the cell before it, the share of the next one, and whether it lies on the other raster. */
interface Places {
  readonly lower: Int32Array;
  readonly share: Float32Array;
  readonly inside: Uint8Array;
}

/** Pixels and cells have their middles at halves; beyond the last cell's middle there is its value. */
function places(length: number, cells: number, { scale, offset, extent }: Way): Places {
  const found = { lower: new Int32Array(length), share: new Float32Array(length), inside: new Uint8Array(length) };
  for (let i = 0; i < length; i++) {
    const there = offset + scale * (i + 0.5);
    const place = Math.min(cells - 1, Math.max(0, (there * cells) / extent - 0.5));
    const lower = Math.min(Math.floor(place), Math.max(0, cells - 2));
    found.lower[i] = lower;
    found.share[i] = place - lower;
    found.inside[i] = there >= 0 && there <= extent ? 1 : 0;
  }
  return found;
}

/** Rows are mixed first: a row of the map is short. */
function interpolated({ shape, data }: Tensor, rows: Places, columns: Places): Float32Array {
  const [height = 0, width = 0] = shape;
  const { lower, share: shares } = columns;
  const [across, down] = [lower.length, rows.lower.length];
  const result = new Float32Array(across * down);
  // One more for the cell behind the last, which has no share.
  const row = new Float32Array(width + 1);
  for (let y = 0, to = 0; y < down; y++) {
    const [top, share] = [at(rows.lower, y) * width, at(rows.share, y)];
    const bottom = height > 1 ? top + width : top;
    for (let x = 0; x < width; x++) {
      const upper = data[top + x] ?? 0;
      row[x] = upper + ((data[bottom + x] ?? 0) - upper) * share;
    }
    for (let x = 0; x < across; x++, to++) {
      const cell = lower[x] ?? 0;
      const left = row[cell] ?? 0;
      result[to] = left + ((row[cell + 1] ?? 0) - left) * (shares[x] ?? 0);
    }
  }
  return result;
}

function requireUnit({ data }: Tensor): void {
  for (const value of data) {
    // NaN lies nowhere.
    if (value >= -SLACK && value <= 1 + SLACK) continue;
    throw new InputError(`the network's map holds ${value}, where numbers from 0 to 1 were expected`, {
      hint: "Say with the option decode what the map is: 'matte-logits' takes the sigmoid of it",
    });
  }
}
