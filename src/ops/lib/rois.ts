/** Regions of maps: what their operators have in common. */
import { ShapeError } from '../../core/errors.ts';
import { shapeText } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import type { Operand, Operands } from '../definition.ts';
import { operand, requireFloat } from './operands.ts';

/** The map `[N, H, W, C]` whose regions are taken. Throws ShapeError where it is none, or has no pixels. */
export function mapOperand(inputs: Operands, op: string): Operand {
  const x = operand(inputs, 0);
  requireFloat(x, op);
  if (x.shape.length !== 4) throw new ShapeError(`${op} needs a map [N, H, W, C], not ${shapeText(x.shape)}`);
  if (x.shape.slice(0, 3).includes(0)) throw new ShapeError(`${op} of a map without pixels: ${shapeText(x.shape)}`);
  return x;
}

/** The number of boxes in an input `[R, width]` of floats. Throws ShapeError where it has another shape or type. */
export function boxCount(inputs: Operands, index: number, width: number): number {
  const boxes = operand(inputs, index);
  requireFloat(boxes, 'boxes');
  const [count = 0, fields] = boxes.shape;
  if (boxes.shape.length !== 2 || fields !== width) {
    throw new ShapeError(`boxes must be [R, ${width}], not ${shapeText(boxes.shape)}`);
  }
  return count;
}

/** Checks that every box has the index of its image. */
export function requireImageIndices(inputs: Operands, index: number, count: number): void {
  const { dtype, shape } = operand(inputs, index);
  if ((dtype === 'int64' || dtype === 'int32') && shape.length === 1 && shape[0] === count) return;
  throw new ShapeError(`indices of images must be integers [${count}], one a box, not ${dtype} ${shapeText(shape)}`);
}

/** Throws ShapeError unless an attribute is an integer from `least` on. */
export function requireWhole(value: number, least: number, what: string): void {
  if (!Number.isInteger(value) || value < least)
    throw new ShapeError(`${what} must be an integer ≥ ${least}, not ${value}`);
}

/** Far more samples a bin and axis than networks take, which is 1 to 4; a number from a hostile file would hang a device. */
const MOST_SAMPLES = 128;

/** Throws ShapeError unless a grid of samples is an integer from `least` on, and one that can be walked through. */
export function requireSamples(samplingRatio: number, least: number): void {
  requireWhole(samplingRatio, least, 'samplingRatio');
  if (samplingRatio > MOST_SAMPLES)
    throw new ShapeError(`samplingRatio must be at most ${MOST_SAMPLES}, not ${samplingRatio}`);
}

/** The attributes that every pooling of boxes has. */
interface RoiOutput {
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly spatialScale: number;
}

/** Throws ShapeError unless there are bins, and the scale is finite. */
export function requireBins({ outputHeight, outputWidth, spatialScale }: RoiOutput): void {
  requireWhole(outputHeight, 1, 'outputHeight');
  requireWhole(outputWidth, 1, 'outputWidth');
  requireFinite(spatialScale, 'spatialScale');
}

/** The channels of each of so many groups of positions. Throws ShapeError where channels do not divide into them. */
export function channelsOfGroups(channels: number, height: number, width: number): number {
  if (channels % (height * width) === 0) return channels / (height * width);
  throw new ShapeError(`${channels} channels do not divide into ${height} × ${width} groups, one a position`);
}

/** Throws ShapeError unless an attribute is finite. */
export function requireFinite(value: number, what: string): void {
  if (!Number.isFinite(value)) throw new ShapeError(`${what} must be finite, not ${value}`);
}

/** Results go on as far as the boxes do, which all inputs with one entry a box must do alike. */
export function boundByBoxes(perBox: readonly number[]) {
  return (_node: unknown, input: number, axis: number, inputs: Operands): number | undefined => {
    const count = inputs[input]?.bounded?.count;
    const alike = perBox.every(
      (i) => !inputs[i] || (inputs[i].bounded?.axis === 0 && inputs[i].bounded.count === count),
    );
    return perBox.includes(input) && axis === 0 && alike ? 0 : undefined;
  };
}

/** The image that an index means: the nearest one that exists. */
export function imageOf(index: number, images: number): number {
  return Math.min(Math.max(Math.trunc(index) || 0, 0), images - 1);
}

/** Pixels `from` to before `to`. */
export interface PixelRun {
  readonly from: number;
  readonly to: number;
}

/** The pixel next to a coordinate that is scaled, halves away from zero; what is further out than `furthest` is as if it were there. */
export function pixelOf(coordinate: number, scale: number, furthest: number): number {
  const scaled = Math.fround(coordinate * Math.fround(scale));
  const size = Math.min(Math.abs(scaled), furthest);
  const whole = Math.trunc(size) + (size % 1 >= 0.5 ? 1 : 0);
  return Number.isNaN(scaled) ? NaN : Math.sign(scaled) * whole;
}

/**
 * The pixels of the bins that a span is divided into, divided exactly, as far as they lie before `limit` on the map: none where an end is
 * no number.
 */
export function wholeBins(start: number, size: number, bins: number, limit: number): PixelRun[] {
  const onMap = (v: number): number => Math.min(Math.max(v, 0), limit) || 0;
  return range(bins).map((i) => ({
    from: onMap(Math.floor((start * bins + i * size) / bins)),
    to: onMap(Math.ceil((start * bins + (i + 1) * size) / bins)),
  }));
}

/** One sample along an axis: its lower pixel, the next one, and how much of that it takes. */
export interface AxisSample {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** Where a position between pixels lies; undefined further out than `reach` from the middle of any, and for NaN. */
function axisSample(position: number, extent: number, reach = 1): AxisSample | undefined {
  if (!(position >= -reach && position <= extent - 1 + reach)) return undefined;
  const inside = Math.max(position, 0);
  const low = Math.floor(inside);
  if (low >= extent - 1) return { low: extent - 1, high: extent - 1, share: 0 };
  return { low, high: low + 1, share: Math.fround(inside - low) };
}

/** Samples of a bin along an axis, of which the first lies `phase` of their width behind its start. */
export interface BinSampling {
  readonly grid: number;
  readonly phase: number;
  /** As `axisSample` has it. */
  readonly reach: number;
}

/** Boxes of this size have no end: kernels can still count with what is smaller. */
const ENDLESS = Math.fround(1e30);

/** Samples of a bin along an axis where they are as many as its pixels, rounded up; none of a box that has no size or no end. */
export function adaptiveGrid(size: number, bins: number): number {
  return size > 0 && size < ENDLESS ? Math.ceil(size / bins) : 0;
}

/** Samples behind this one are not looked at: a bin of as many is so wide that what lies on a map has no weight. */
const FURTHEST_SAMPLE = 2e9;

/** Samples on the map. Only those near it are looked at: a bin of a box without bounds has more than can be counted. */
export function samplesFrom(
  start: number,
  bin: number,
  extent: number,
  { grid, phase, reach }: BinSampling,
): AxisSample[] {
  if (!Number.isFinite(start) || !Number.isFinite(bin)) return [];
  const ends = [-1, extent].map((end) => ((end - start) / bin) * grid).sort((a, b) => a - b);
  const first = bin === 0 ? 0 : Math.min(Math.max(0, Math.floor(at(ends, 0)) - 2), FURTHEST_SAMPLE);
  const last = Math.min(grid - 1, bin === 0 ? grid : Math.ceil(at(ends, 1)) + 2, FURTHEST_SAMPLE);
  const samples: AxisSample[] = [];
  for (let i = first; i <= last; i++) {
    const position = Math.fround(start + Math.fround(Math.fround((i + phase) * bin) / grid));
    const sample = axisSample(position, extent, reach);
    if (sample) samples.push(sample);
  }
  return samples;
}

/** The element of x at pixel and channel. */
export type Element = (row: number, column: number) => number;

/** The four neighbours of a sample with their weights, rows first. */
export function neighbours(
  y: AxisSample,
  x: AxisSample,
): readonly (readonly [row: number, column: number, w: number])[] {
  return [
    [y.low, x.low, (1 - y.share) * (1 - x.share)],
    [y.low, x.high, (1 - y.share) * x.share],
    [y.high, x.low, y.share * (1 - x.share)],
    [y.high, x.high, y.share * x.share],
  ];
}

/** Bilinear interpolation; neighbours without weight are not looked at, so that their being infinite changes nothing. */
export function interpolated(y: AxisSample, x: AxisSample, element: Element): number {
  return neighbours(y, x).reduce((sum, [row, column, w]) => (w === 0 ? sum : sum + w * element(row, column)), 0);
}

/** The extent of one axis of a box, in pixels of the map, in float32 as all runtimes have it. */
export function boxSpan(low: number, high: number, scale: number, offset: number): { start: number; size: number } {
  const [start, end] = [low, high].map((v) => Math.fround(Math.fround(v * scale) - offset)) as [number, number];
  return { start, size: Math.fround(end - start) };
}

/** All images' elements of a map: `(image, row, column, channel)`. */
export function mapElements({ shape, data }: { shape: readonly number[]; data: ArrayLike<number> }) {
  const [, h = 0, w = 0, c = 0] = shape;
  return (image: number, row: number, column: number, channel: number): number =>
    at(data, ((image * h + row) * w + column) * c + channel);
}
