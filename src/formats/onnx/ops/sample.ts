/** Resize and its ancestor Upsample, whose meaning changed with nearly every opset. */
import { tensorOf } from '../../../core/tensor.ts';
import type { CoordinateMode, NearestMode, OpAttributes } from '../../../ir/ops.ts';
import { PLAIN_RESIZE } from '../../../ir/shapes/resize.ts';
import type { OnnxNode } from '../node.ts';

type ResizeAttributes = OpAttributes['Resize'];

const COORDINATES: readonly CoordinateMode[] = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_half_pixel_for_nn',
  'tf_crop_and_resize',
];

const NEAREST: readonly NearestMode[] = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'];

const ASPECTS: readonly ResizeAttributes['aspect'][] = ['stretch', 'not_larger', 'not_smaller'];

/** Upsample and Resize-10 map coordinates as x / scale. */
function asymmetric(n: OnnxNode, nearestMode: NearestMode): ResizeAttributes {
  const given = n.attr.choice('mode', 'nearest', ['nearest', 'linear', 'bilinear', 'cubic']);
  const mode = given === 'bilinear' ? 'linear' : given;
  return { ...PLAIN_RESIZE, mode, coordinateMode: 'asymmetric', nearestMode };
}

/** Makes nothing smaller: a scale below 1 is an error, where scales are known here. */
export function upsample(n: OnnxNode): string {
  const scales = n.attr.floats('scales') ?? upsample1Scales(n);
  const known = scales ?? n.constantInput(1)?.data ?? [];
  if (known.some((scale) => scale < 1))
    n.fail(`scales [${known.join(', ')}]; from opset 10 on Resize takes less than 1`);
  const operand = scales ? n.constant(tensorOf('float32', [scales.length], scales), 'scales') : n.input(1);
  return n.one('Resize', [n.input(0), operand], asymmetric(n, 'floor'));
}

/** Upsample-1 gives height and width apart. */
function upsample1Scales(n: OnnxNode): number[] | undefined {
  if (!n.attr.has('height_scale')) return undefined;
  return [1, 1, n.attr.float('height_scale', 1), n.attr.float('width_scale', 1)];
}

/** Resize-10: nearest rounds down along axes that grow, and up along those that shrink. */
function resize10(n: OnnxNode): string {
  return n.one('Resize', [n.input(0), n.input(1)], asymmetric(n, 'floor_up_ceil_down'));
}

function resize11(n: OnnxNode): string {
  const attributes: ResizeAttributes = {
    axes: n.attr.ints('axes') ?? [],
    mode: n.attr.choice('mode', 'nearest', ['nearest', 'linear', 'cubic']),
    coordinateMode: n.attr.choice('coordinate_transformation_mode', 'half_pixel', COORDINATES),
    nearestMode: n.attr.choice('nearest_mode', 'round_prefer_floor', NEAREST),
    antialias: n.attr.flag('antialias', false),
    cubicCoeff: n.attr.float('cubic_coeff_a', -0.75),
    excludeOutside: n.attr.flag('exclude_outside', false),
    extrapolation: n.attr.float('extrapolation_value', 0),
    aspect: n.attr.choice('keep_aspect_ratio_policy', 'stretch', ASPECTS),
  };
  if (attributes.antialias && attributes.mode === 'nearest') n.fail('antialias of nearest neighbours');
  // `roi` serves one mode; exporters fill it in all, as they pass an empty `scales` beside `sizes`.
  const roi = n.optional(1);
  const scales = n.optional(2);
  const sizes = n.optional(3);
  if (scales === '' && sizes === '') n.fail('neither scales nor sizes are given');
  const crops = attributes.coordinateMode === 'tf_crop_and_resize';
  return n.one('Resize', [n.input(0), scales, sizes, crops ? roi : ''], attributes);
}

export function resize(n: OnnxNode): string {
  return n.opset < 11 ? resize10(n) : resize11(n);
}
