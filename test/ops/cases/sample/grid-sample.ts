/** Cases of GridSample: modes, paddings, edges, one to three dimensions, places beyond all edges and what is not finite. */
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

type How = OpAttributes['GridSample'];

const PLAIN: How = { mode: 'linear', padding: 'zeros', alignCorners: false };

function gridCase(
  shape: readonly number[],
  places: readonly number[],
  attributes: Partial<How>,
  more: { readonly x?: Partial<CaseInput>; readonly grid?: Partial<CaseInput>; readonly noOracle?: string } = {},
): OpCase<'GridSample'> {
  const how = { ...PLAIN, ...attributes };
  const { x, grid, noOracle } = more;
  const words = [how.mode, how.padding, ...(how.alignCorners ? ['corners'] : []), ...(grid?.values ? ['given'] : [])];
  return {
    name: `[${shape.join(', ')}] at [${places.join(', ')}], ${words.join(', ')}`,
    op: 'GridSample',
    inputs: [
      { shape, ...x },
      { shape: [shape[0] ?? 1, ...places, shape.length - 2], low: -1.7, high: 1.7, ...grid },
    ],
    attributes: how,
    ...(noOracle === undefined ? {} : { noOracle }),
  };
}

const MODES = ['nearest', 'linear', 'cubic'] as const;
const PADDINGS = ['zeros', 'border', 'reflection'] as const;
/** Both ends, the middle, beyond both ends, and between. */
const PLACES = [-1, -1, 0, 0, 1, 1, -1.25, 3.5, 0.5, -0.25, -7.3, 9.1];
const BEYOND = [NaN, 0, Infinity, -1, -Infinity, 1, 1e30, -1e30, 0.1, NaN];
const ONE_DIMENSION = 'onnxruntime samples pictures and volumes only';
const CUBIC_VOLUME = 'onnxruntime has no cubic volumes';
const UNDEFINED = 'onnxruntime turns what is not finite into whatever index the processor makes of it';
const TIMES_ZERO = 'onnxruntime multiplies infinite elements by zero';

export const gridSampleCases: readonly OpCase<'GridSample'>[] = [
  ...MODES.flatMap((mode) =>
    PADDINGS.flatMap((padding) => [
      gridCase([1, 5, 7, 3], [3, 4], { mode, padding }),
      gridCase([2, 3, 5, 8], [4, 3], { mode, padding, alignCorners: true }),
      gridCase([1, 4, 3, 4], [2, 3], { mode, padding, alignCorners: true }, { grid: { values: PLACES } }),
    ]),
  ),
  ...PADDINGS.flatMap((padding) => [
    gridCase([1, 1, 1, 5], [3, 3], { padding, alignCorners: true }),
    gridCase([1, 1, 17, 4], [1, 5], { padding, mode: 'cubic' }),
    gridCase([2, 3, 4, 5, 3], [2, 3, 2], { padding }),
    gridCase([1, 2, 1, 3, 4], [2, 1, 3], { padding, mode: 'nearest', alignCorners: true }),
    gridCase([1, 3, 4, 2, 4], [2, 2, 2], { padding, mode: 'cubic' }, { noOracle: CUBIC_VOLUME }),
    gridCase([2, 7, 3], [5], { padding }, { noOracle: ONE_DIMENSION }),
    gridCase([1, 3, 5, 4], [1, 5], { padding }, { grid: { values: BEYOND }, noOracle: UNDEFINED }),
    gridCase(
      [1, 3, 4, 1],
      [1, 5],
      { padding, alignCorners: true },
      {
        x: { values: [Infinity, 1, 2, NaN, 3, 4, 5, 6, -Infinity, 7, 8, 9] },
        grid: { values: [-1, -1, -1, 0, 0, 0, 1, 1, 0.5, 0.5] },
        noOracle: TIMES_ZERO,
      },
    ),
  ]),
  gridCase([1, 3, 3, 2], [0, 4], {}),
  gridCase([0, 3, 3, 2], [2, 4], {}, { noOracle: 'onnxruntime has none without images' }),
];
