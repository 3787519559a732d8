/** Cases of Resize: both modes, every coordinate and nearest mode, up and down, by scales and by sizes. */
import type { CoordinateMode, NearestMode, OpAttributes } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

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
  const full = {
    mode: 'nearest',
    coordinateMode: 'half_pixel',
    nearestMode: 'round_prefer_floor',
    ...attributes,
  } as const;
  const how = 'scales' in by ? `scales ${by.scales.join(', ')}` : `sizes ${by.sizes.join(', ')}`;
  const modes = [full.mode, full.coordinateMode, ...(full.mode === 'nearest' ? [full.nearestMode] : [])];
  const spatial = shape.length - 2;
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
];

/** Three spatial dimensions: the reference has them, the GPU does not. */
export const resize3dCases: readonly OpCase<'Resize'>[] = [
  resizeCase([1, 2, 3, 4, 3], { scales: [2, 1.5, 1] }, { mode: 'linear' }),
  resizeCase([1, 2, 3, 4, 3], { sizes: [3, 5, 2] }, {}),
];
