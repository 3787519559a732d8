/** Resize and its ancestor Upsample, whose meaning changed with nearly every opset. */
import { tensorOf } from '../../../core/tensor.ts';
import type { CoordinateMode, NearestMode, OpAttributes } from '../../../ir/ops.ts';
import { range, sameArray } from '../../../util/arrays.ts';
import { aroundChannelsLast, spatialDims } from '../../lib/channels-first.ts';
import type { OnnxNode } from '../node.ts';

type ResizeAttributes = OpAttributes['Resize'];

/** The whole-tensor scales or sizes: a constant, or a value to slice. */
interface Target {
  readonly kind: 'scales' | 'sizes';
  readonly name: string;
  readonly values: readonly number[] | undefined;
}

const COORDINATES: readonly CoordinateMode[] = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
];

const NEAREST: readonly NearestMode[] = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'];

/** Upsample and Resize-10 map coordinates as x / scale. */
function asymmetric(n: OnnxNode, nearestMode: NearestMode): ResizeAttributes {
  const mode = n.attr.choice('mode', 'nearest', ['nearest', 'linear', 'bilinear']);
  return { mode: mode === 'nearest' ? mode : 'linear', coordinateMode: 'asymmetric', nearestMode };
}

export function upsample(n: OnnxNode): string {
  const attributes = asymmetric(n, 'floor');
  const scales = n.attr.floats('scales') ?? upsample1Scales(n);
  return resample(n, attributes, scales ? { kind: 'scales', name: '', values: scales } : scalesInput(n, 1));
}

/** Upsample-1 gives height and width apart. */
function upsample1Scales(n: OnnxNode): number[] | undefined {
  if (!n.attr.has('height_scale')) return undefined;
  return [1, 1, n.attr.float('height_scale', 1), n.attr.float('width_scale', 1)];
}

function scalesInput(n: OnnxNode, index: number): Target {
  const name = n.input(index);
  const constant = n.constantInput(index);
  return { kind: 'scales', name, values: constant ? Array.from(constant.data) : undefined };
}

/** Resize-10: nearest rounds down when it enlarges and up when it shrinks. */
function resize10(n: OnnxNode): string {
  const target = scalesInput(n, 1);
  const nearest = n.attr.choice('mode', 'nearest', ['nearest', 'linear', 'bilinear']) === 'nearest';
  const grows = target.values?.every((s) => s >= 1) ?? false;
  const shrinks = target.values?.every((s) => s <= 1) ?? false;
  if (nearest && !grows && !shrinks) n.refuse('nearest scales that are not all ≥ 1 or all ≤ 1 (opset 10)');
  return resample(n, asymmetric(n, grows || !nearest ? 'floor' : 'ceil'), target);
}

function resize11(n: OnnxNode): string {
  // `roi`, the extrapolation value and the cubic coefficient serve modes that are refused; with linear and nearest
  // the samples outside the image equal its edge, so excluding them changes nothing.
  n.attr.ignore('extrapolation_value', 'cubic_coeff_a', 'exclude_outside');
  n.optional(1);
  n.attr.only('antialias', 0);
  n.attr.choice('keep_aspect_ratio_policy', 'stretch', ['stretch']);
  const attributes = {
    mode: n.attr.choice('mode', 'nearest', ['nearest', 'linear'] as const),
    coordinateMode: n.attr.choice('coordinate_transformation_mode', 'half_pixel', COORDINATES),
    nearestMode: n.attr.choice('nearest_mode', 'round_prefer_floor', NEAREST),
  };
  return resample(n, attributes, target11(n), n.attr.ints('axes'));
}

/** `sizes` when it is given, else `scales`; exporters pass an empty `scales` beside `sizes`. */
function target11(n: OnnxNode): Target {
  const sizes = n.optional(3);
  const scales = n.optional(2);
  if (sizes === '') return scales === '' ? n.fail('neither scales nor sizes are given') : scalesInput(n, 2);
  const constant = n.constantInput(3);
  return { kind: 'sizes', name: sizes, values: constant ? Array.from(constant.data) : undefined };
}

function resample(n: OnnxNode, attributes: ResizeAttributes, target: Target, axes?: readonly number[]): string {
  const rank = axes ? n.rank(0) : (target.values?.length ?? n.rank(0));
  const dims = spatialDims(n, rank);
  const spatial = range(dims).map((i) => i + 2);
  const positive = axes?.map((a) => (a < 0 ? a + rank : a));
  if (positive && !sameArray(positive, spatial)) n.refuse(`axes = [${positive.join(', ')}]`);
  const { values } = target;
  if (values && !axes && target.kind === 'scales' && values[0] === 1 && values[1] !== 1 && values[rank - 1] === 1) {
    // The model keeps its channels last itself.
    return n.one('Resize', [n.input(0), targetInput(n, target, 1, dims), ''], attributes);
  }
  if (values && !axes && target.kind === 'scales' && (values[0] !== 1 || values[1] !== 1)) {
    n.refuse(`scales = [${values.join(', ')}]`);
  }
  const operand = targetInput(n, target, axes ? 0 : 2, dims);
  const inputs = target.kind === 'scales' ? [operand, ''] : ['', operand];
  return aroundChannelsLast(n, n.input(0), rank, (x) => n.main('Resize', [x, ...inputs], attributes));
}

/** Entries `from … from + dims` of the target, folded when they are constant. */
function targetInput(n: OnnxNode, target: Target, from: number, dims: number): string {
  if (target.values) {
    const part = target.values.slice(from, from + dims);
    if (part.length !== dims) n.fail(`${target.kind} = [${target.values.join(', ')}]`);
    const dtype = target.kind === 'scales' ? 'float32' : 'int64';
    return n.constant(tensorOf(dtype, [dims], part), target.kind);
  }
  if (from === 0) return target.name;
  const bounds = [n.ints([from]), n.ints([from + dims])];
  return n.one('Slice', [target.name, ...bounds], {});
}

export function resize(n: OnnxNode): string {
  return n.opset < 11 ? resize10(n) : resize11(n);
}
