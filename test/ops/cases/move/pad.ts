/** Cases of the Pad operator: all modes, asymmetric and negative pads, with and without a value. */
import type { Shape } from '../../../../src/core/tensor.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

type Mode = OpCase<'Pad'>['attributes']['mode'];

const pad = (shape: Shape, pads: readonly number[], mode: Mode, fill?: CaseInput): OpCase<'Pad'> => ({
  name: `${mode} [${shape.join(', ')}] by [${pads.join(', ')}]${fill ? ` with ${fill.dtype ?? 'float32'} ${fill.values}` : ''}`,
  op: 'Pad',
  inputs: [
    { dtype: fill?.dtype ?? 'float32', shape, low: 1, high: 100 },
    { dtype: 'int64', shape: [pads.length], values: pads, constant: true },
    fill,
  ],
  attributes: { mode },
});

const fill = (value: number): CaseInput => ({ shape: [], values: [value], constant: true });

const ONCE = 'onnxruntime goes around once, and reads what is not there';

export const padCases: readonly OpCase<'Pad'>[] = [
  pad([5], [2, 3], 'constant'),
  pad([5], [2, 3], 'reflect'),
  pad([5], [2, 3], 'edge'),
  pad([5], [-1, 2], 'constant', fill(1.5)),
  pad([5], [-2, -1], 'constant'),
  pad([5], [-1, 2], 'reflect'),
  pad([5], [3, -1], 'edge'),
  pad([1, 3, 5, 7], [0, 1, 2, 0, 0, 3, 1, 0], 'constant', fill(-2.5)),
  pad([1, 3, 5, 7], [0, 1, 2, 0, 0, 2, 1, 0], 'reflect'),
  pad([1, 3, 5, 7], [0, 1, 2, 0, 0, 3, 1, 0], 'edge'),
  pad([2, 3, 5, 8], [0, 1, 1, 0, 0, 0, 2, 0], 'constant', fill(9)),
  pad([2, 3, 5, 8], [0, 1, 1, 0, 0, 0, 2, 0], 'reflect'),
  pad([2, 3, 5, 8], [0, 1, 1, 0, 0, 0, 2, 0], 'edge'),
  pad([2, 3, 8], [0, 0, 4, 0, 0, 8], 'constant'),
  pad([2, 3, 8], [1, 0, -4, 0, 1, 8], 'constant'),
  pad([2, 3, 8], [0, 0, 4, 0, 0, 4], 'edge'),
  pad([2, 3, 2, 3, 2, 3], [1, 0, 1, 0, 0, 2, 0, 1, 0, 1, 1, 0], 'constant', fill(3)),
  pad([2, 3, 2, 3, 2, 3], [1, 0, 1, 0, 0, 2, 0, 1, 0, 1, 1, 0], 'reflect'),
  pad([2, 3, 2, 3, 2, 3], [1, 0, 1, 0, 0, 2, 0, 1, 0, 1, 1, 0], 'edge'),
  pad([3, 5], [0, 0, 0, 0], 'constant'),
  pad([0, 3], [1, 0, 2, 0], 'constant', fill(7)),
  { ...pad([], [], 'constant'), noOracle: 'onnxruntime refuses scalars' },
  pad([3, 5], [1, 0, 0, 1], 'constant', { dtype: 'int32', shape: [1], values: [-7], constant: true }),
  {
    ...pad([3, 5], [1, 0, 0, 1], 'constant', fill(4)),
    name: 'value that is not constant',
    inputs: [
      { shape: [3, 5] },
      { dtype: 'int64', shape: [4], values: [1, 0, 0, 1], constant: true },
      { shape: [], values: [4] },
    ],
  },
  pad([3, 5], [1, 0, 0, 1], 'constant', fill(-Infinity)),
  pad([5], [2, 3], 'wrap'),
  { ...pad([5], [12, 7], 'wrap'), noOracle: ONCE },
  pad([5], [-1, -2], 'wrap'),
  { ...pad([1, 3, 5, 7], [0, 4, 2, 0, 0, 2, 11, 0], 'wrap'), noOracle: ONCE },
  pad([2, 3, 8], [0, 0, 4, 0, 0, 4], 'wrap'),
  pad([2, 3, 8], [0, 1, 0, 1, 0, 0], 'wrap'),
];
