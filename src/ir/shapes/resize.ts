/**
 * What Resize's attributes mean along one axis: which input elements an output element comes from, and in what share.
 *
 * Coordinates are computed in float32, as inference runtimes do: a model's nearest-neighbour ties fall where they fell
 * when it was exported. Both the reference and the kernels take their tables from here, so they cannot disagree.
 */
import { normalizeAxis } from '../../core/broadcast.ts';
import { isFloat, type DType } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { extremesOf } from '../../core/extremes.ts';
import { shapeText, type Shape } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import type { OpAttributes } from '../ops.ts';

type Attributes = OpAttributes['Resize'];

/** What a Resize is that says nothing of itself, by ONNX's defaults. */
export const PLAIN_RESIZE: Attributes = {
  axes: [],
  mode: 'nearest',
  coordinateMode: 'half_pixel',
  nearestMode: 'round_prefer_floor',
  antialias: false,
  cubicCoeff: -0.75,
  excludeOutside: false,
  extrapolation: 0,
  aspect: 'stretch',
};

/** One axis of a Resize. `scale` is given as the model gives it, or is output / input where it gives sizes. */
export interface ResizeAxis {
  /** The dimension. */
  readonly axis: number;
  readonly input: number;
  readonly output: number;
  readonly scale: number;
  /** Where the region to crop begins and ends: 0 is the first element, 1 the last. */
  readonly start: number;
  readonly end: number;
}

/** The elements of a Resize's further inputs, where they are given. */
export interface ResizeTargets {
  readonly scales?: readonly number[] | undefined;
  readonly sizes?: readonly number[] | undefined;
  readonly roi?: readonly number[] | undefined;
}

/**
 * Where the elements along an axis come from: output element i is the sum of `counts[i]` input elements from `firsts[i]`
 * on, with the weights from `i·window` on. Each count is at least 1.
 */
export interface ResizeTable {
  readonly firsts: Uint32Array;
  readonly counts: Uint32Array;
  readonly weights: Float32Array;
  /** Output elements that are the extrapolation value instead. */
  readonly outside: readonly number[];
}

/** What a Resize does along one axis that it changes. */
export interface ResizeStep extends ResizeAxis {
  /** The most input elements that an output element comes from. */
  readonly window: number;
  /** Input elements from where one output element comes from to where the next does. */
  readonly spacing: number;
  /** Made when it is first asked for: a file of a hundred bytes can name an axis of any length. */
  readonly table: ResizeTable;
  /** True when some output elements may lie outside the input. */
  readonly crops: boolean;
}

/** Output elements of an axis whose table may decide what is planned. */
const SHORT = 65536;

const f = Math.fround;

const NOTHING = new Float64Array();

/** The named axes of a Resize of `shape`. Throws ShapeError on targets that do not fit the axes, and on impossible ones. */
export function resizeAxes(attributes: Attributes, shape: Shape, { scales, sizes, roi }: ResizeTargets): ResizeAxis[] {
  const rank = shape.length;
  const axes = attributes.axes.length === 0 ? range(rank) : attributes.axes.map((axis) => normalizeAxis(axis, rank));
  if (new Set(axes).size !== axes.length) throw new ShapeError(`axes [${axes.join(', ')}] name one twice`);
  const given = scales ?? sizes;
  if (!given || (scales && sizes)) throw new ShapeError('Resize needs either scales or sizes');
  const what = scales ? 'scales' : 'sizes';
  if (given.length !== axes.length) {
    throw new ShapeError(`${given.length} ${what} for ${axes.length} dimensions of ${shapeText(shape)}`);
  }
  const isValid = (v: number): boolean => Number.isFinite(v) && (scales ? v > 0 : v >= 0);
  if (!given.every(isValid)) throw new ShapeError(`Resize by [${given.join(', ')}] is not defined`);
  const crops = attributes.coordinateMode === 'tf_crop_and_resize';
  if (crops && roi?.length !== 2 * axes.length) {
    throw new ShapeError(`tf_crop_and_resize needs ${2 * axes.length} entries of roi, not ${roi?.length ?? 0}`);
  }
  const extents = axes.map((axis, i) => extentOf(at(shape, axis), at(given, i), what));
  const kept = sizes && keptScale(attributes.aspect, extents);
  return axes.map((axis, i): ResizeAxis => {
    const input = at(shape, axis);
    const extent = kept === undefined ? at(extents, i) : { output: Math.floor(f(input * kept) + 0.5), scale: kept };
    if (input === 0 && extent.output > 0) {
      throw new ShapeError(`Resize from 0 to ${extent.output} elements is not defined`);
    }
    return { axis, input, ...extent, start: f(roi?.[i] ?? 0), end: f(roi?.[i + axes.length] ?? 1) };
  });
}

type Extent = Pick<ResizeAxis, 'output' | 'scale'>;

/** A scale gives floor(input·scale) elements, in float32. */
function extentOf(input: number, given: number, what: 'scales' | 'sizes'): Extent {
  if (what === 'scales') return { output: Math.floor(f(input * f(given))), scale: f(given) };
  return { output: given, scale: input === 0 ? 1 : f(given / input) };
}

/** The one scale of all axes that keeps the proportions of the input. */
function keptScale(aspect: Attributes['aspect'], extents: readonly Extent[]): number | undefined {
  if (aspect === 'stretch') return undefined;
  const scales = extents.map(({ scale }) => scale);
  return aspect === 'not_larger' ? Math.min(...scales) : Math.max(...scales);
}

/** The axes that a Resize changes, the last first, and how. Throws ShapeError on a crop to more elements than is sensible. */
export function resizeSteps(attributes: Attributes, shape: Shape, targets: ResizeTargets): ResizeStep[] {
  return resizeAxes(attributes, shape, targets)
    .map((axis) => stepOf(attributes, axis))
    .filter((step) => !keepsAll(attributes, step))
    .sort((a, b) => b.axis - a.axis);
}

function stepOf(attributes: Attributes, axis: ResizeAxis): ResizeStep {
  const crops = attributes.coordinateMode === 'tf_crop_and_resize';
  if (crops && axis.output > SHORT) throw new ShapeError(`a crop of ${axis.output} elements is longer than ${SHORT}`);
  const place = (i: number): number => coordinate(i, axis, attributes.coordinateMode);
  let made: ResizeTable | undefined;
  return {
    ...axis,
    crops,
    window: resizeReach(attributes, axis).window,
    spacing: axis.output > 1 ? Math.abs(place(1) - place(0)) : 0,
    get table() {
      return (made ??= resizeTable(attributes, axis));
    },
  };
}

/** True when nothing changes, as far as that can be told without a long table: what is kept then is copied. */
function keepsAll({ coordinateMode }: Attributes, step: ResizeStep): boolean {
  if (step.input !== step.output) return false;
  if (step.scale === 1 && !step.crops && coordinateMode !== 'tf_half_pixel_for_nn') return true;
  if (step.output > SHORT) return false;
  const { firsts, counts, outside } = step.table;
  return outside.length === 0 && firsts.every((first, i) => first === i && counts[i] === 1);
}

/** The input coordinate of an output element, not yet clamped. */
function coordinate(i: number, { input, output, scale, start, end }: ResizeAxis, mode: Attributes['coordinateMode']) {
  if (mode === 'tf_crop_and_resize') {
    const last = input - 1;
    if (output === 1) return f(0.5 * f(start + end) * last);
    return f(f(start * last) + f(f(f(i * f(end - start)) * last) / (output - 1)));
  }
  // By the formulas a scale of 1 changes nothing, but for tf_half_pixel_for_nn, which means no shift by it.
  if (scale === 1) return i;
  switch (mode) {
    case 'half_pixel':
      return f(f(f(i + 0.5) / scale) - 0.5);
    case 'pytorch_half_pixel':
      return output > 1 ? f(f(f(i + 0.5) / scale) - 0.5) : 0;
    case 'align_corners':
      return output === 1 ? 0 : f(f(i * (input - 1)) / (output - 1));
    case 'asymmetric':
      return f(i / scale);
    case 'tf_half_pixel_for_nn':
      return f(f(i + 0.5) / scale);
    case 'half_pixel_symmetric': {
      // The exact (fractional) output extent, centred on the whole one.
      const adjustment = f(output / f(scale * input));
      return f(f((input / 2) * f(1 - adjustment)) + (i + 0.5) / scale - 0.5);
    }
  }
}

/** A coordinate this close to the middle between two elements is taken to lie there: float32 misses it by as much. */
const TIE = 1e-6;

/** Rounds a coordinate to an element. */
function nearest(x: number, mode: Attributes['nearestMode'], scale: number): number {
  switch (mode) {
    case 'round_prefer_floor':
      return Math.ceil(x - 0.5 - TIE);
    case 'round_prefer_ceil':
      return Math.floor(x + 0.5 + TIE);
    case 'floor':
      return Math.floor(x);
    case 'ceil':
      return Math.ceil(x);
    case 'floor_up_ceil_down':
      return scale < 1 ? Math.ceil(x) : Math.floor(x);
  }
}

/** The triangle of linear interpolation, or the cubic convolution of R. Keys (1981) with parameter `a`. */
function filterAt(distance: number, { mode, cubicCoeff: a }: Attributes): number {
  const x = Math.abs(distance);
  if (mode === 'linear') return Math.max(0, 1 - x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/** How far a filter is stretched, how far it reaches, and the most input elements that an output element comes from. */
export function resizeReach(
  { antialias, mode }: Attributes,
  { input, scale }: ResizeAxis,
): { readonly stretch: number; readonly reach: number; readonly window: number } {
  const stretch = antialias && scale < 1 ? 1 / scale : 1;
  const reach = mode === 'nearest' ? 0.5 : mode === 'linear' ? stretch : 2 * stretch;
  return { stretch, reach, window: Math.min(input, Math.ceil(2 * reach)) };
}

/** The table of one axis. Elements outside the input are its first and last, unless they are excluded. */
function resizeTable(attributes: Attributes, axis: ResizeAxis): ResizeTable {
  const { input, output, scale } = axis;
  const { stretch, reach, window } = resizeReach(attributes, axis);
  const firsts = new Uint32Array(output);
  const counts = new Uint32Array(output).fill(1);
  const weights = new Float32Array(output * window);
  const outside: number[] = [];
  const clamp = (v: number): number => Math.min(input - 1, Math.max(0, v));
  for (let i = 0; i < output; i++) {
    const x = coordinate(i, axis, attributes.coordinateMode);
    const isOutside = attributes.coordinateMode === 'tf_crop_and_resize' && !(x >= 0 && x <= input - 1);
    if (isOutside) outside.push(i);
    const shares =
      attributes.mode === 'nearest' || isOutside ? NOTHING : sharesAt(x, reach, stretch, input, attributes);
    const first = shares.findIndex((share) => share !== 0);
    if (first < 0) {
      firsts[i] = isOutside ? 0 : clamp(nearest(x, attributes.nearestMode, scale));
      weights[i * window] = 1;
      continue;
    }
    const used = shares.subarray(first, shares.findLastIndex((share) => share !== 0) + 1);
    firsts[i] = clamp(Math.floor(x - reach) + 1) + first;
    counts[i] = used.length;
    weights.set(used, i * window);
  }
  return { firsts, counts, weights, outside };
}

/** Weights of the input elements less than `reach` from x, which add up to 1; empty where none has any. */
function sharesAt(x: number, reach: number, stretch: number, input: number, attributes: Attributes): Float64Array {
  const clamp = (v: number): number => Math.min(input - 1, Math.max(0, v));
  const [from, to] = [Math.floor(x - reach) + 1, Math.ceil(x + reach) - 1];
  const first = clamp(from);
  const shares = new Float64Array(clamp(to) - first + 1);
  let total = 0;
  for (let i = from; i <= to; i++) {
    if (attributes.excludeOutside && i !== clamp(i)) continue;
    const share = filterAt((i - x) / stretch, attributes);
    shares[clamp(i) - first] = (shares[clamp(i) - first] ?? 0) + share;
    total += share;
  }
  return total === 0 ? NOTHING : shares.map((share) => share / total);
}

/** How far a sum moves away from zero before it loses its fraction, to be an integer. */
export function integerBias({ antialias }: Attributes): number {
  // onnxruntime rounds where it filters, and else cuts off; what float32 leaves just short of a step is meant to take it.
  return (antialias ? 0.5 : 0) + 1e-4;
}

/** What a sum, or the extrapolation value, becomes in a tensor of this type: integers saturate. */
export function resizedElement(attributes: Attributes, dtype: DType): (v: number) => number {
  if (isFloat(dtype)) return (v) => v;
  const [low, high] = extremesOf(dtype);
  const bias = integerBias(attributes);
  return (v) => (Number.isNaN(v) ? 0 : Math.min(high, Math.max(low, Math.trunc(v + Math.sign(v) * bias))));
}
