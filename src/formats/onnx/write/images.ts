/** How operators on channels-last images are written: between Transposes, as ONNX images are channels-first. */
import type { NearestMode, NodeOf, PoolWindow, Window } from '../../../ir/ops.ts';
import { isFloat, type DType } from '../../../core/dtype.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { at, range, sameArray } from '../../../util/arrays.ts';
import { toFirst, toLast, weightsToFirst } from '../../lib/channels-first.ts';
import { permuted } from './constants.ts';
import { withActivation } from './elementwise.ts';
import type { OnnxAttributes } from './model.ts';
import { realWeights } from './quantise.ts';
import type { OnnxWriter } from './writer.ts';

const AUTO_PAD = { sameUpper: 'SAME_UPPER', sameLower: 'SAME_LOWER' } as const;

/** A window as ONNX attributes. */
export function windowAttributes(
  { padMode, pads, strides, dilations }: Window,
  kernel?: readonly number[],
): OnnxAttributes {
  return {
    ...(kernel ? { kernel_shape: { ints: kernel } } : {}),
    strides: { ints: strides },
    // Where they are 1 they are left out: onnxruntime hands those of an AveragePool on to an operator that has none.
    ...(dilations.some((d) => d !== 1) ? { dilations: { ints: dilations } } : {}),
    ...(padMode === 'explicit' ? { pads: { ints: pads } } : { auto_pad: { s: AUTO_PAD[padMode] } }),
  };
}

/** Runs `op` on the first input in channels-first layout; gives the channels-last result the name `output`, if any. */
export function writeSpatial(
  w: OnnxWriter,
  op: string,
  [x = '', ...others]: readonly string[],
  attributes: OnnxAttributes,
  output: string | undefined,
): string {
  const rank = w.rank(x);
  const y = w.emit(op, [w.transpose(x, toFirst(rank)), ...others], attributes);
  return w.transpose(y, toLast(rank), output);
}

/** Convolution: weights channels-first too, a scale before it, residual and activation behind. */
export function writeConv(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'Conv'>): void {
  const [x = '', weights = '', bias = '', residual = '', scale = '', weightScale = ''] = inputs;
  const [output = ''] = outputs;
  const rank = w.rank(weights);
  const window = windowAttributes(attributes, w.shape(weights)?.slice(0, -2));
  const image = w.transpose(scale ? w.emit('Mul', [x, scale]) : x, toFirst(rank));
  const real = realWeights(w, weights, weightScale, rank - 1);
  const operands = [image, w.transpose(real, weightsToFirst(rank)), bias];
  const convolve = (name: string | undefined): string => {
    return w.transpose(w.emit('Conv', operands, { ...window, group: { i: attributes.group } }), toLast(rank), name);
  };
  withActivation(w, attributes.activation, output, (name) =>
    residual ? w.emit('Add', [convolve(undefined), residual], {}, name) : convolve(name),
  );
}

/** Sums of a convolution of integers. */
export function writeConvInteger(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'ConvInteger'>): void {
  const [x = '', weights = '', zx = '', zw = ''] = inputs;
  const own = { ...windowAttributes(attributes, w.shape(weights)?.slice(0, -2)), group: { i: attributes.group } };
  const operands = [x, w.transpose(weights, weightsToFirst(w.rank(weights))), zx, zw];
  writeSpatial(w, 'ConvInteger', operands, own, outputs[0]);
}

/** Transposed convolution: weights `[C, M/group, …K]`. */
export function writeConvTranspose(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'ConvTranspose'>): void {
  const [x = '', weights = '', bias = ''] = inputs;
  const { strides, dilations, pads, autoPad, outputPads, outputShape, group, activation } = attributes;
  const kernel = w.shape(weights)?.slice(0, -2);
  const own: OnnxAttributes = {
    ...windowAttributes({ strides, dilations, pads, padMode: autoPad }, kernel),
    output_padding: { ints: outputPads },
    ...(outputShape.length > 0 ? { output_shape: { ints: outputShape } } : {}),
    group: { i: group },
  };
  withActivation(w, activation, outputs[0] ?? '', (name) =>
    writeSpatial(w, 'ConvTranspose', [x, transposedWeights(w, weights, group), bias], own, name),
  );
}

/** `[…K, C/group, M]` → `[C, M/group, …K]`. */
function transposedWeights(w: OnnxWriter, weights: string, group: number): string {
  const dims = w.rank(weights) - 2;
  const kernel = range(dims);
  if (group === 1) return w.transpose(weights, [dims, dims + 1, ...kernel]);
  const constant = w.constantLike(weights, (value) => regrouped(value, group));
  if (constant !== undefined) return constant;
  const kept = [...kernel.map(() => 0), 0];
  const grouped = w.reshape(weights, [...kept, group, -1]);
  const swapped = w.emit('Transpose', [grouped], { perm: { ints: [...kernel, dims + 2, dims + 1, dims] } });
  return w.emit('Transpose', [w.reshape(swapped, [...kept, -1])], { perm: { ints: [dims + 1, dims, ...kernel] } });
}

function regrouped({ dtype, shape, data }: Tensor, group: number): Tensor {
  const [kernel, inputs, outputs] = [shape.slice(0, -2), at(shape, shape.length - 2), at(shape, shape.length - 1)];
  const grouped = { dtype, shape: [...kernel, inputs, group, outputs / group], data };
  const dims = kernel.length;
  const moved = permuted(grouped, [dims + 1, dims, dims + 2, ...range(dims)]);
  return { ...moved, shape: [group * inputs, outputs / group, ...kernel] };
}

/** A pool with a window. */
export function writePool(
  w: OnnxWriter,
  { op, inputs, outputs, attributes }: NodeOf<'MaxPool' | 'AveragePool' | 'LpPool'>,
): void {
  const window: PoolWindow = attributes;
  refuseIntegers(w, op, inputs[0] ?? '', op === 'MaxPool' ? ['int8', 'uint8'] : []);
  const counts = 'countIncludePad' in attributes ? attributes.countIncludePad : undefined;
  const own: OnnxAttributes = {
    ...windowAttributes(window, window.kernel),
    ceil_mode: { i: window.ceilMode ? 1 : 0 },
    ...(counts === undefined ? {} : { count_include_pad: { i: counts ? 1 : 0 } }),
    ...('p' in attributes ? { p: { i: wholeOrder(w, attributes.p) } } : {}),
  };
  writeSpatial(w, op, inputs, own, outputs[0]);
}

/** ONNX has pools of floats, and of few integers. */
function refuseIntegers(w: OnnxWriter, op: string, x: string, taken: readonly DType[]): void {
  const dtype = w.dtype(x);
  if (!isFloat(dtype) && !taken.includes(dtype)) w.refuse(`a ${op} of ${dtype}`);
}

function wholeOrder(w: OnnxWriter, p: number): number {
  return Number.isInteger(p) ? p : w.refuse(`a norm of order ${p}`);
}

/** The second output of a MaxPool. */
export function writeArgMaxPool(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'ArgMaxPool'>): void {
  const [x = ''] = inputs;
  const rank = w.rank(x);
  const own: OnnxAttributes = {
    ...windowAttributes(attributes, attributes.kernel),
    ceil_mode: { i: attributes.ceilMode ? 1 : 0 },
    storage_order: { i: attributes.storageOrder === 'column' ? 1 : 0 },
  };
  const [largest, indices] = [w.unique('largest'), w.unique('indices')];
  w.many('MaxPool', [w.transpose(x, toFirst(rank))], own, [largest, indices], w.unique('MaxPool'));
  w.transpose(indices, toLast(rank), outputs[0]);
}

/** Resampling; of channels-last images between Transposes, as runtimes resample few axes but the last ones. */
export function writeResize(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'Resize'>): void {
  const [x = '', scales = '', sizes = '', roi = ''] = inputs;
  const { mode, axes, antialias, excludeOutside } = attributes;
  const own = (named: readonly number[]): OnnxAttributes => ({
    ...(named.length > 0 ? { axes: { ints: named } } : {}),
    mode: { s: mode },
    coordinate_transformation_mode: { s: attributes.coordinateMode },
    ...(mode === 'nearest' ? { nearest_mode: { s: nearestMode(w, attributes.nearestMode, scales) } } : {}),
    antialias: { i: antialias ? 1 : 0 },
    cubic_coeff_a: { f: attributes.cubicCoeff },
    exclude_outside: { i: excludeOutside && (mode === 'cubic' || antialias) ? 1 : 0 },
    extrapolation_value: { f: attributes.extrapolation },
    keep_aspect_ratio_policy: { s: attributes.aspect },
  });
  const rank = axes.length > 0 ? w.rank(x) : 0;
  const inner = range(Math.max(0, rank - 2)).map((i) => i + 1);
  if (inner.length > 0 && sameArray(axes, inner)) {
    writeSpatial(w, 'Resize', [x, roi, scales, sizes], own(axes.map((axis) => axis + 1)), outputs[0]);
  } else {
    w.emit('Resize', [x, roi, scales, sizes], own(axes), outputs[0]);
  }
}

/** From opset 11 on one mode serves all axes. */
function nearestMode(w: OnnxWriter, mode: NearestMode, scales: string): string {
  if (mode !== 'floor_up_ceil_down') return mode;
  const known = w.value(scales)?.data;
  if (known?.every((v) => v >= 1)) return 'floor';
  return known?.every((v) => v <= 1) ? 'ceil' : w.refuse('nearest mode of opset 10 by scales not all ≥ 1 or all ≤ 1');
}

/** Channel g·(C/groups)+i to i·groups+g: channels as a matrix, transposed; of an image that is channels-first anyway in that order. */
export function writeChannelShuffle(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'ChannelShuffle'>): void {
  const [x = ''] = inputs;
  const rank = w.rank(x);
  const [view, shape] = [w.view(x), w.shape(x)];
  const isFirst = view !== undefined && sameArray(view.perm, toLast(rank)) && shape !== undefined && !shape.includes(0);
  const source = isFirst ? view.source : x;
  const axis = isFirst ? 1 : rank - 1;
  const kept = isFirst ? shape.slice(1, -1) : [];
  const lead = range(axis).map(() => 0);
  const matrix = w.reshape(source, [...lead, attributes.groups, -1, ...kept]);
  const perm = [...range(axis), axis + 1, axis, ...kept.map((_, i) => axis + 2 + i)];
  const turned = w.emit('Transpose', [matrix], { perm: { ints: perm } });
  const shuffled = w.reshape(turned, [...lead, -1, ...kept], isFirst ? undefined : outputs[0]);
  if (isFirst) w.transpose(shuffled, toLast(rank), outputs[0]);
}

/** Sampling at the places of a grid, which is channels-last in ONNX too. */
export function writeGridSample(w: OnnxWriter, { op, inputs, outputs, attributes }: NodeOf<'GridSample'>): void {
  const own: OnnxAttributes = {
    mode: { s: attributes.mode },
    padding_mode: { s: attributes.padding },
    align_corners: { i: attributes.alignCorners ? 1 : 0 },
  };
  writeSpatial(w, op, inputs, own, outputs[0]);
}

/** The inverse of a pool. Beside given extents runtimes differ in what indices count in, so that nothing says it. */
export function writeMaxUnpool(w: OnnxWriter, { op, inputs, outputs, attributes }: NodeOf<'MaxUnpool'>): void {
  const [x = '', indices = '', extents = ''] = inputs;
  refuseIntegers(w, op, x, []);
  if (extents) w.refuse('a MaxUnpool to given extents');
  const own: OnnxAttributes = {
    kernel_shape: { ints: attributes.kernel },
    strides: { ints: attributes.strides },
    pads: { ints: attributes.pads },
  };
  writeSpatial(w, op, [x, w.transpose(indices, toFirst(w.rank(indices)))], own, outputs[0]);
}
