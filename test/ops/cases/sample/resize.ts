/** Cases of Resize: both modes, every coordinate and nearest mode, up and down, by scales and by sizes. */
import type { CoordinateMode, NearestMode, OpAttributes } from '../../../../src/ir/ops.ts';
import { PLAIN_RESIZE } from '../../../../src/ir/shapes/resize.ts';
import { range } from '../../../../src/util/arrays.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

const COORDINATES: readonly CoordinateMode[] = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
];
const NEAREST: readonly NearestMode[] = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'];

type By = { readonly scales: readonly number[] } | { readonly sizes: readonly number[] };

function resizeCase(shape: readonly number[], by: By, attributes: Partial<OpAttributes['Resize']>): OpCase<'Resize'> {
  const spatial = shape.length - 2;
  const full = { ...PLAIN_RESIZE, axes: range(spatial).map((i) => i + 1), ...attributes };
  const how = 'scales' in by ? `scales ${by.scales.join(', ')}` : `sizes ${by.sizes.join(', ')}`;
  const modes = [full.mode, full.coordinateMode, ...(full.mode === 'nearest' ? [full.nearestMode] : [])];
  return {
    name: `[${shape.join(', ')}] ${how}, ${modes.join(', ')}`,
    op: 'Resize',
    inputs: [
      { shape },
      'scales' in by ? { shape: [spatial], values: by.scales, constant: true } : undefined,
      'sizes' in by ? { dtype: 'int64', shape: [spatial], values: by.sizes, constant: true } : undefined,
    ],
    attributes: full,
  };
}

export const resizeCases: readonly OpCase<'Resize'>[] = [
  ...COORDINATES.flatMap((coordinateMode) => [
    ...NEAREST.map((nearestMode) => resizeCase([1, 5, 4, 3], { scales: [1.5, 2.25] }, { coordinateMode, nearestMode })),
    resizeCase([1, 7, 6, 4], { sizes: [3, 4] }, { coordinateMode }),
    resizeCase([2, 3, 5, 4], { scales: [2, 2] }, { coordinateMode, mode: 'linear' }),
    resizeCase([1, 7, 9, 3], { scales: [0.6, 0.5] }, { coordinateMode, mode: 'linear' }),
    resizeCase([1, 5, 4, 4], { sizes: [8, 1] }, { coordinateMode, mode: 'linear' }),
  ]),
  resizeCase([1, 4, 6, 8], { scales: [2, 2] }, { coordinateMode: 'asymmetric', nearestMode: 'floor' }),
  resizeCase([1, 1, 1, 5], { scales: [3, 3] }, { mode: 'linear' }),
  resizeCase([1, 10, 10, 2], { scales: [0.7, 0.7] }, {}),
  resizeCase([1, 5, 5, 4], { scales: [1, 1] }, { mode: 'linear' }),
  resizeCase([2, 7, 3], { scales: [2.5] }, { mode: 'linear' }),
  resizeCase([1, 6, 4], { sizes: [4] }, {}),
  resizeCase([1, 2, 3, 4, 3], { scales: [2, 1.5, 1] }, { mode: 'linear' }),
  resizeCase([1, 2, 3, 4, 3], { sizes: [3, 5, 2] }, {}),
];

type Targets = By & { readonly roi?: readonly number[] };

function list(values: readonly number[], dtype: 'float32' | 'int64'): CaseInput {
  return { dtype, shape: [values.length], values, constant: true };
}

/** A Resize of any axes; all unless `axes` says which. */
function anyCase(
  x: CaseInput,
  { roi, ...by }: Targets,
  attributes: Partial<OpAttributes['Resize']>,
  noOracle?: string,
): OpCase<'Resize'> {
  const said = Object.entries({ ...by, roi, ...attributes }).flatMap(([name, v]) =>
    v === undefined ? [] : [`${name} ${String(v)}`],
  );
  return {
    name: `${x.dtype ?? 'float32'} [${x.shape.join(', ')}], ${said.join(', ')}`,
    op: 'Resize',
    inputs: [
      x,
      'scales' in by ? list(by.scales, 'float32') : undefined,
      'sizes' in by ? list(by.sizes, 'int64') : undefined,
      roi ? list(roi, 'float32') : undefined,
    ],
    attributes: { ...PLAIN_RESIZE, ...attributes },
    ...(noOracle === undefined ? {} : { noOracle }),
  };
}

const FEW_AXES = 'onnxruntime interpolates the last two or three axes only';
const INTEGERS = 'onnxruntime has no cubic integers, and cuts off what float32 leaves just below an integer';

/** Axes: one, some, all, those of channels-first images, and what runtimes refuse. */
export const resizeAxesCases: readonly OpCase<'Resize'>[] = [
  anyCase({ shape: [5] }, { sizes: [8] }, {}),
  anyCase({ shape: [7] }, { scales: [0.5] }, { mode: 'linear' }, FEW_AXES),
  anyCase({ shape: [3, 5] }, { scales: [2, 1.5] }, { mode: 'linear' }),
  anyCase({ shape: [2, 3, 4] }, { sizes: [3, 2, 5] }, { mode: 'linear' }),
  anyCase({ shape: [2, 3, 4, 4] }, { sizes: [2, 3, 7, 5] }, { mode: 'linear' }),
  anyCase({ shape: [2, 3, 4, 5] }, { scales: [1, 1, 2, 2] }, { mode: 'linear', coordinateMode: 'align_corners' }),
  anyCase({ shape: [1, 2, 4, 8] }, { scales: [1, 1, 2, 2] }, { coordinateMode: 'asymmetric', nearestMode: 'floor' }),
  anyCase({ shape: [2, 3, 4, 5] }, { sizes: [3, 6, 2, 10] }, { nearestMode: 'ceil' }),
  anyCase({ shape: [2, 3, 4, 4] }, { sizes: [3, 6, 2, 8] }, { mode: 'linear' }, FEW_AXES),
  anyCase({ shape: [2, 3, 4, 8] }, { scales: [2, 2] }, { axes: [-1, 1] }),
  anyCase({ shape: [2, 3, 4, 8] }, { scales: [2, 0.5] }, { axes: [3, 0], mode: 'linear' }, FEW_AXES),
  anyCase({ shape: [1, 3, 4, 8] }, { sizes: [6] }, { axes: [3], mode: 'linear' }),
  anyCase({ shape: [1, 3, 4, 8] }, { sizes: [7] }, { axes: [2], mode: 'linear' }),
  anyCase({ shape: [1, 4, 5, 3] }, { sizes: [1, 7, 9, 3] }, { mode: 'linear' }),
  anyCase({ shape: [1, 4, 5, 4] }, { scales: [1, 1.5, 1.5, 1] }, { mode: 'linear', coordinateMode: 'align_corners' }),
  anyCase({ shape: [1, 2, 3, 4, 3] }, { scales: [1, 1, 2, 1.5, 1] }, { mode: 'linear' }),
  anyCase({ shape: [2, 2, 3, 4, 3] }, { sizes: [2, 2, 3, 5, 2] }, {}),
  anyCase({ shape: [1, 2, 3, 4, 4] }, { scales: [2, 1.5, 1] }, { axes: [1, 2, 3], mode: 'linear' }),
  anyCase({ shape: [2, 3, 3, 2, 2, 2] }, { sizes: [3, 2, 1, 2, 4, 2] }, {}),
  anyCase(
    { shape: [2, 3, 4] },
    { scales: [1.2, 1.1, 1] },
    { coordinateMode: 'asymmetric', nearestMode: 'floor' },
    'onnxruntime copies where no extent changes',
  ),
  anyCase({ shape: [0, 3, 4] }, { scales: [2, 2, 2] }, {}),
  anyCase({ shape: [2, 3, 4] }, { scales: [1, 0.2, 2] }, {}),
];

/** Filters wider than two elements: cubic, and antialias. */
export const resizeFilterCases: readonly OpCase<'Resize'>[] = [
  ...COORDINATES.flatMap((coordinateMode) => [
    anyCase({ shape: [1, 2, 5, 4] }, { scales: [1, 1, 1.5, 2.25] }, { coordinateMode, mode: 'cubic' }),
    anyCase({ shape: [1, 2, 7, 6] }, { sizes: [1, 2, 3, 4] }, { coordinateMode, mode: 'cubic', excludeOutside: true }),
  ]),
  anyCase({ shape: [4, 5] }, { sizes: [7, 3] }, { mode: 'cubic', cubicCoeff: -0.5 }),
  anyCase(
    { shape: [1, 5, 4, 4] },
    { scales: [2, 2] },
    { axes: [1, 2], mode: 'cubic', cubicCoeff: -0.5, excludeOutside: true },
  ),
  anyCase({ shape: [1, 1, 1, 1] }, { scales: [1, 1, 3, 3] }, { mode: 'cubic' }),
  // Rows of more than a workgroup.
  anyCase({ shape: [2, 5, 33, 8] }, { sizes: [7, 35] }, { axes: [1, 2], mode: 'cubic' }),
  anyCase({ shape: [2, 3, 4, 4] }, { sizes: [3, 6, 2, 8] }, { mode: 'cubic' }, FEW_AXES),
  ...(['linear', 'cubic'] as const).flatMap((mode) =>
    [false, true].flatMap((excludeOutside) => [
      anyCase({ shape: [1, 2, 9, 8] }, { scales: [1, 1, 0.4, 0.5] }, { mode, excludeOutside, antialias: true }),
      anyCase({ shape: [1, 2, 7, 5] }, { sizes: [1, 2, 3, 8] }, { mode, excludeOutside, antialias: true }),
    ]),
  ),
  anyCase({ shape: [1, 9, 7, 4] }, { sizes: [4, 3] }, { axes: [1, 2], mode: 'linear', antialias: true }),
  // Results that do not go into fours, of pictures with one channel and with three; many neighbours and few.
  anyCase({ shape: [1, 37, 23, 3] }, { sizes: [17, 7] }, { axes: [1, 2], mode: 'linear', antialias: true }),
  anyCase({ shape: [3, 17, 35, 1] }, { sizes: [5, 40] }, { axes: [1, 2], mode: 'cubic', antialias: true }),
  anyCase({ shape: [2, 40, 3] }, { sizes: [5] }, { axes: [1], mode: 'cubic' }, FEW_AXES),
  anyCase(
    { shape: [1, 5, 7, 3] },
    { scales: [2, 3] },
    { axes: [1, 2], mode: 'cubic', coordinateMode: 'align_corners' },
  ),
  anyCase(
    { shape: [1, 1, 9], values: [1, 2, 3, 4, Infinity, 6, 7, 8, 9] },
    { sizes: [5] },
    { axes: [2], mode: 'cubic', coordinateMode: 'align_corners', antialias: true },
    'onnxruntime multiplies infinite elements by the zeros between weights',
  ),
  anyCase(
    { shape: [1, 2, 9, 7] },
    { sizes: [1, 2, 2, 3] },
    { mode: 'cubic', antialias: true, coordinateMode: 'align_corners' },
  ),
];

const ROI = [0, 0, 0.1, -0.2, 1, 1, 0.8, 1.3];

/** Regions, proportions and the older meanings. */
export const resizeRegionCases: readonly OpCase<'Resize'>[] = [
  ...(['nearest', 'linear', 'cubic'] as const).flatMap((mode) => [
    anyCase(
      { shape: [2, 2, 5, 6] },
      { sizes: [2, 2, 4, 7], roi: ROI },
      { mode, coordinateMode: 'tf_crop_and_resize', extrapolation: 10 },
    ),
    anyCase(
      { shape: [1, 2, 5, 4] },
      { sizes: [1, 3], roi: [0.2, 0.3, 0.9, 0.6] },
      { axes: [2, 3], mode, coordinateMode: 'tf_crop_and_resize' },
    ),
  ]),
  anyCase(
    { shape: [1, 5, 6, 4] },
    { scales: [0.8, 1.5], roi: [-0.5, 0.1, 1.5, 1.1] },
    { axes: [1, 2], mode: 'linear', coordinateMode: 'tf_crop_and_resize', extrapolation: Infinity },
  ),
  anyCase(
    { shape: [5, 6], dtype: 'uint8', low: 0, high: 255 },
    { sizes: [4, 7], roi: [0.1, -0.2, 0.8, 1.3] },
    { coordinateMode: 'tf_crop_and_resize', extrapolation: 7 },
  ),
  ...(['not_larger', 'not_smaller'] as const).flatMap((aspect) => [
    anyCase({ shape: [1, 2, 5, 8] }, { sizes: [7, 9] }, { axes: [2, 3], mode: 'linear', aspect }),
    anyCase({ shape: [1, 2, 7, 3] }, { sizes: [6, 2] }, { axes: [2, 3], aspect }),
  ]),
  ...(['nearest', 'linear'] as const).map((mode) =>
    anyCase({ shape: [1, 2, 5, 4] }, { scales: [1, 1, 0.6, 2.25] }, { mode, coordinateMode: 'tf_half_pixel_for_nn' }),
  ),
  anyCase(
    { shape: [1, 2, 5, 4] },
    { scales: [1, 1, 0.6, 2.25] },
    { coordinateMode: 'asymmetric', nearestMode: 'floor_up_ceil_down' },
    'from opset 11 on one mode serves all axes',
  ),
];

const SPECIALS = [NaN, 1, Infinity, 2, -1, -Infinity, 3, 4, 5, 6, NaN, 8];
const TIMES_ZERO = 'onnxruntime multiplies infinite elements by zero';

/** Integers: moved by their bits, interpolated as floats; and what is not finite. */
export const resizeElementCases: readonly OpCase<'Resize'>[] = [
  ...(['int32', 'uint8', 'int8'] as const).flatMap((dtype) => [
    anyCase({ dtype, shape: [1, 2, 4, 5], low: -90, high: 90 }, { scales: [1, 1, 2, 2] }, {}),
    anyCase({ dtype, shape: [1, 2, 4, 5], low: 0, high: 100 }, { scales: [1, 1, 2, 4] }, { mode: 'linear' }),
    anyCase({ dtype, shape: [1, 4, 4, 4], low: -99, high: 99 }, { sizes: [1, 4, 7, 5] }, { mode: 'linear' }, INTEGERS),
    anyCase({ dtype, shape: [6, 8], low: -128, high: 127 }, { sizes: [9, 5] }, { mode: 'cubic' }, INTEGERS),
    anyCase(
      { dtype, shape: [9, 8], low: 0, high: 127 },
      { sizes: [4, 5] },
      { mode: 'linear', antialias: true },
      INTEGERS,
    ),
  ]),
  anyCase(
    { dtype: 'bool', shape: [1, 2, 4, 5], low: 0, high: 2 },
    { scales: [1, 1, 2, 3] },
    {},
    'onnxruntime has none',
  ),
  anyCase(
    { dtype: 'uint32', shape: [3, 4], low: 0, high: 9 },
    { sizes: [5, 4] },
    { mode: 'linear' },
    'onnxruntime has none',
  ),
  // Elements without weight have no part in a sum, be they infinite or not a number.
  ...(['nearest', 'linear', 'cubic'] as const).flatMap((mode) => [
    anyCase(
      { shape: [3, 4], values: SPECIALS },
      { scales: [2, 2] },
      { mode, coordinateMode: 'asymmetric' },
      TIMES_ZERO,
    ),
    anyCase(
      { shape: [3, 4], values: SPECIALS },
      { sizes: [5, 3] },
      { mode, coordinateMode: 'align_corners' },
      TIMES_ZERO,
    ),
  ]),
];
