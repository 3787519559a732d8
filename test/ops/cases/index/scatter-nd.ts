/** Cases of the ScatterND operator: elements, slices, each reduction, several slices to one place. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { ScatterReduction } from '../../../../src/ir/ops.ts';
import { product, range } from '../../../../src/util/arrays.ts';
import { floatTolerance } from '../../../helpers/close.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

const whole = (dtype: DType, shape: Shape): CaseInput => ({
  dtype,
  shape,
  low: dtype === 'uint8' || dtype === 'uint32' || dtype === 'bool' ? 0 : -4,
  high: dtype === 'bool' ? 2 : 5,
});

/** Rows of indices, the i-th of which goes to place `start + i · step` of those that they go into. */
function rowsOf(extents: Shape, rows: number, step: number): number[] {
  return range(rows).flatMap((i) => {
    let place = (i * step) % product(extents);
    return extents
      .toReversed()
      .map((extent) => {
        const index = place % extent;
        place = Math.floor(place / extent);
        return i % 3 === 1 ? index - extent : index;
      })
      .toReversed();
  });
}

function scatterND(
  x: Shape,
  lead: Shape,
  depth: number,
  {
    reduction = 'none',
    dtype = 'float32',
    step = 1,
  }: { reduction?: ScatterReduction; dtype?: DType; step?: number } = {},
): OpCase<'ScatterND'> {
  const values = rowsOf(x.slice(0, depth), product(lead), step);
  return {
    name: `${reduction} of ${dtype} [${x.join(', ')}] at [${[...lead, depth].join(', ')}] by ${step}`,
    op: 'ScatterND',
    inputs: [
      whole(dtype, x),
      { dtype: 'int64', shape: [...lead, depth], values },
      whole(dtype, [...lead, ...x.slice(depth)]),
    ],
    attributes: { reduction },
    // Only these compute, and round with each update.
    ...(reduction === 'add' || reduction === 'mul' ? { tolerance: floatTolerance() } : {}),
  };
}

export const scatterNDCases: readonly OpCase<'ScatterND'>[] = [
  scatterND([7], [5], 1),
  scatterND([1], [1], 1),
  scatterND([5, 7], [3], 1),
  scatterND([5, 7], [3, 3], 2, { step: 3 }),
  scatterND([5, 7], [], 1),
  scatterND([5, 7], [], 2),
  scatterND([3, 5, 7], [2, 3], 2, { step: 2 }),
  scatterND([2, 3, 5, 17], [5], 3, { step: 7 }),
  scatterND([3, 5], [0], 1),
  scatterND([3, 0], [2], 1),
  // The last of several stays: ONNX leaves that open, onnxruntime does so too.
  scatterND([5, 7], [17], 1, { step: 2 }),
  scatterND([3, 17], [400], 2, { step: 5 }),
  ...(['add', 'mul', 'max', 'min'] as const).flatMap((reduction) => [
    scatterND([5, 7], [17], 1, { reduction }),
    scatterND([3, 5], [2, 17], 2, { reduction, step: 4 }),
    scatterND([5, 3], [9], 1, { reduction, dtype: 'int32' }),
    scatterND([5, 3], [9], 1, { reduction, dtype: 'int64' }),
  ]),
  ...(['int32', 'int64', 'uint32', 'int16', 'int8', 'uint8', 'bool', 'float16'] as const).map((dtype) =>
    scatterND([5, 3], [3], 1, { dtype }),
  ),
  {
    name: 'what goes outside is left out',
    op: 'ScatterND',
    inputs: [
      { shape: [3, 5] },
      { dtype: 'int64', shape: [6, 2], values: [3, 0, -4, 1, 2147483647, 2, -2147483648, 3, 1, 5, 1, -5] },
      { shape: [6] },
    ],
    attributes: { reduction: 'add' },
    noOracle: 'onnxruntime refuses it while it runs',
  },
  {
    name: 'what goes outside is left out where it would replace',
    op: 'ScatterND',
    inputs: [
      { shape: [3, 5] },
      { dtype: 'int64', shape: [5, 1], values: [3, -4, 2147483647, -2147483648, 1] },
      { shape: [5, 5] },
    ],
    attributes: { reduction: 'none' },
    noOracle: 'onnxruntime refuses it while it runs',
  },
];
